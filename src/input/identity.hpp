// Which tunnel a text names: log stream names, resource ids, paths.
// In: text. Out: VPN id in lower case and outside address in canonical form, stored inline so that records need no memory.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace tunnelscope::input {

class Identity {
 public:
  std::string_view connection() const { return {connection_.data(), connection_length_}; }
  std::string_view outside_ip() const { return {ip_.data(), ip_length_}; }
  bool known() const { return connection_length_ != 0 || ip_length_ != 0; }

  bool set_connection(std::string_view id);  // false: not a VPN id
  bool set_outside_ip(std::string_view ip);  // false: not an address

 private:
  std::array<char, 24> connection_{};
  std::array<char, 46> ip_{};
  std::uint8_t connection_length_ = 0, ip_length_ = 0;
};

// The last "vpn-<8 to 17 hex>[-_]<address>" in the text; in a path "/" may stand between them too. Unknown: none.
Identity identity_in(std::string_view text);
Identity identity_in_path(std::string_view path);

// VPN_ID/OUTSIDE_IP, as --tunnel takes it; either half may be missing.
Identity identity_of_option(std::string_view option);

}  // namespace tunnelscope::input
