// Who may ask the server, and under which name. Pure. In: where it listens, its token, what a request says of where it comes from.
// Out: a refusal, or none.
//
// A page of somebody else in the user's browser can send requests here. It cannot read an answer, as none allows another origin; a name of
// its own that it points at this address (DNS rebinding) is refused, for the Host header then is that name; and what says that it comes from
// another site is refused as well. Beyond loopback each request must bring the token.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace tunnelscope::live {

// "127.0.0.1:4580", "[::1]:4580", "localhost:4580", "0.0.0.0:4580", "monitor.example.com:4580". Port 0: any that is free.
struct ListenAddress {
  std::string host;  // without brackets
  std::uint16_t port = 0;
  bool is_loopback() const;  // nobody but this machine reaches it. A name other than localhost is not taken for such
};
tl::expected<ListenAddress, std::string> listen_address(std::string_view text);

// What makes a token: long enough that nobody guesses it, and nothing in it that a header cannot carry.
tl::expected<void, std::string> check_token(std::string_view token);

struct Door {
  ListenAddress listen;
  std::string token;  // empty: none is asked for
};

// What a request says of itself; a header that is not there is empty.
struct Asker {
  std::vector<std::string> hosts;  // of all Host headers
  std::vector<std::string> origins;  // of all Origin headers
  std::string authorization, fetch_site, fetch_mode;
  std::string authority;           // of a target that is a whole URL
};

// What is asked for. A target may be a whole URL, as proxies are asked: its authority then is judged as the Host header is.
struct RequestTarget {
  std::string authority;  // empty: it is a path alone
  std::string path;       // decoded, without a query
};
// `target` as it was sent; `decoded`: the same before the query, decoded.
RequestTarget split_target(std::string_view target, std::string_view decoded);

// The lines of a request's head as they come: each behind the first begins with a name and a colon. What only some readers take for a header (a
// blank before the colon, a line that goes on in the next, one without a colon) would be one thing to a proxy and another one here.
class HeadLines {
 public:
  void see(char c);
  bool malformed() const { return malformed_; }

 private:
  bool in_first_ = true, in_name_ = false, ends_ = false, malformed_ = false;  // ends_: a \r has come where a name may begin
  std::size_t length_ = 0;                                                      // of the name so far
};

struct Refusal {
  int status = 0;      // 400, 401, 403 or 421
  std::string reason;  // without anything of the request
  bool operator==(const Refusal&) const = default;
};
std::optional<Refusal> refusal(const Door& door, const Asker& asker);

}  // namespace tunnelscope::live
