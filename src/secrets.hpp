// Pre-shared keys never leave this program, redacted or not: whatever looks like one in a text becomes [key removed].
// In: text of any kind. Out: the same text without the values that stand where keys stand: after `psk =`,
// `"PreSharedKey":`, `<pre_shared_key>`, `: PSK "..."`, `crypto isakmp key`, `set psksecret ENC`, and the like.
#pragma once
#include <string>
#include <string_view>

namespace tunnelscope::app {

inline constexpr std::string_view kKeyRemoved = "[key removed]";

std::string without_keys(std::string_view text);
void remove_keys(std::string& text);  // the same in place; a text without a word that announces keys is only looked at

}  // namespace tunnelscope::app
