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
  std::string_view outside_ip() const { return is_stream_ ? std::string_view() : end(); }
  std::string_view stream() const { return is_stream_ ? end() : std::string_view(); }
  bool known() const { return !is_stream_ && (connection_length_ != 0 || end_length_ != 0); }
  bool is_stream() const { return is_stream_; }  // it is not known, but told from others by the name of its stream

  bool set_connection(std::string_view id);  // false: not a VPN id
  bool set_outside_ip(std::string_view ip);  // false: not an address
  void set_stream(std::string_view name);    // of a long one the beginning and a number that depends on all of it

 private:
  std::string_view end() const { return {end_.data(), end_length_}; }

  std::array<char, 24> connection_{};
  std::array<char, 46> end_{};  // the address, or the name of the stream
  std::uint8_t connection_length_ = 0, end_length_ = 0;
  bool is_stream_ = false;
};

// The last "vpn-<8 to 17 hex>[-_]<address>" in the text; in a path "/" may stand between them too. Unknown: none. CloudWatch allows no
// colon in the name of a stream: the groups of an IPv6 address may be joined by "-", "_", "." or "%3A" instead.
Identity identity_in(std::string_view text);
Identity identity_in_path(std::string_view path);

// Of the name of a log stream, which is a whole one: as identity_in, or an address alone. Any other name tells its tunnel from others,
// whatever it calls it ("vpn-0a1b2c3d-tunnel1-IKE.log", "branch-2"); IKE and BGP of one tunnel share it.
Identity identity_of_stream(std::string_view name);

// VPN_ID/OUTSIDE_IP, as --tunnel takes it; either half may be missing.
Identity identity_of_option(std::string_view option);

}  // namespace tunnelscope::input
