// The mark that editors put before a text in UTF-8. It is no part of what a file says.
#pragma once
#include <string>
#include <string_view>

namespace tunnelscope::config {

inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

inline void remove_byte_order_mark(std::string& text) {
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
}

}  // namespace tunnelscope::config
