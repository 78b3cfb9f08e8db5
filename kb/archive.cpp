// The knowledge base as bytes: fields in the order of kb/fields.hpp, lengths as 32 bits, no names, no versions,
// because writer and reader are always of the same build.
#include <cstring>

#include "kb/fields.hpp"
#include "kb/loader.hpp"

namespace tunnelscope::kb {
namespace {

template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class Writer {
 public:
  std::string take() { return std::move(bytes_); }

  template <Plain T>
  void operator()(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void operator()(const std::string& text) {
    count(text.size());
    bytes_ += text;
  }
  template <class T>
  void operator()(const std::vector<T>& items) {
    count(items.size());
    for (const T& item : items) (*this)(item);
  }
  template <class K, class T>
  void operator()(const std::map<K, T>& items) {
    count(items.size());
    for (const auto& [key, value] : items) {
      (*this)(key);
      (*this)(value);
    }
  }
  template <class T>
  void operator()(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  template <class T>
    requires std::is_class_v<T>
  void operator()(const T& value) {
    visit_fields(*this, value);
  }

 private:
  void count(std::size_t size) { (*this)(static_cast<std::uint32_t>(size)); }
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <Plain T>
  void operator()(T& value) {
    const std::string_view taken = take(sizeof value);
    std::memcpy(&value, taken.data(), taken.size());
  }
  void operator()(std::string& text) { text = take(count()); }
  template <class T>
  void operator()(std::vector<T>& items) {
    items.resize(count());
    for (T& item : items) (*this)(item);
  }
  template <class K, class T>
  void operator()(std::map<K, T>& items) {
    for (std::uint32_t left = count(); left > 0; --left) {
      K key;
      (*this)(key);
      (*this)(items[key]);
    }
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    bool present = false;
    (*this)(present);
    if (present) (*this)(value.emplace());
  }
  template <class T>
    requires std::is_class_v<T>
  void operator()(T& value) {
    visit_fields(*this, value);
  }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  std::uint32_t count() {
    std::uint32_t size = 0;
    (*this)(size);
    return size;
  }
  std::string_view bytes_;
};

}  // namespace

std::string to_archive(const Knowledge& knowledge) {
  Writer writer;
  writer(knowledge);
  return writer.take();
}

Knowledge from_archive(std::string_view archive) {
  Knowledge knowledge;
  Reader reader(archive);
  reader(knowledge);
  return knowledge;
}

}  // namespace tunnelscope::kb
