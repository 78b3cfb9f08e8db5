// A text that must not be found in memory later: wiped when it goes. Never printed, never compared with operators that could log it.
#pragma once
#include <string>
#include <string_view>

namespace tunnelscope::live {

void wipe(std::string& text);  // overwrites the bytes, then empties it

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret& other) = default;
  Secret(Secret&& other) noexcept : text_(other.text_) { wipe(other.text_); }  // a copy: a short string would stay behind
  Secret& operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Secret() { wipe(text_); }

  bool empty() const { return text_.empty(); }
  const std::string& reveal() const { return text_; }
  bool operator==(const Secret& other) const { return text_ == other.text_; }

 private:
  std::string text_;
};

}  // namespace tunnelscope::live
