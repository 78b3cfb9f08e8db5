#include "diag/config/secret.hpp"

#include <string_view>

namespace tunnelscope::diag::config {
namespace {

void overwrite(char* bytes, std::size_t size) {
  volatile char* at = bytes;
  for (std::size_t i = 0; i < size; ++i) at[i] = 0;
}

std::string_view without_trailing_space(const std::vector<char>& bytes) {
  std::string_view text(bytes.data(), bytes.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

}  // namespace

void wipe(std::string& bytes) {
  overwrite(bytes.data(), bytes.size());
  bytes.clear();
}

Secret::Secret(std::string&& bytes)
    : bytes_(new std::vector<char>(bytes.begin(), bytes.end()), [](std::vector<char>* kept) {
        overwrite(kept->data(), kept->size());
        delete kept;
      }) {
  wipe(bytes);
}

void Secret::replace_in(std::string& text, std::string_view shown) const {
  if (bytes_->empty()) return;
  const std::string_view key(bytes_->data(), bytes_->size());
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + shown.size())) text.replace(at, key.size(), shown);
}

bool Secret::same_but_for_trailing_space(const Secret& other) const {
  return without_trailing_space(*bytes_) == without_trailing_space(*other.bytes_);
}

}  // namespace tunnelscope::diag::config
