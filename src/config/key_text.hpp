// Pre-shared keys as strongSwan and Libreswan write them. In: the text behind quotes. Out: the bytes that the daemon uses. Every text
// that is given here is wiped.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/model.hpp"

namespace tunnelscope::config {

// "0x" and hex digits, "0s" and Base64, anything else as it stands. Empty: it claims an encoding that it does not have.
std::optional<diag::config::Secret> decoded_key(std::string&& text);
// As it stands, whatever it begins with.
diag::config::Secret literal_key(std::string&& text);

// What stands in the place of a key in a file that is shared without it: "****", "<removed>", "REDACTED", "${PSK}", "{{ psk }}". It is no
// key to compare with.
bool is_masked(std::string_view text);
inline constexpr const char* kMaskedKey = "it was taken out of the file";

// The same keys to all endpoints; unknown where that would be more than a machine holds.
void give_keys(std::vector<diag::config::Endpoint>& endpoints, const diag::config::Value<std::vector<diag::config::Key>>& keys);

}  // namespace tunnelscope::config
