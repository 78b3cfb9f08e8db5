// A Site as an HTTP server of its own threads. In: where to listen, a site. Out: answers, until it is destroyed.
// What it costs is bounded: connections, streams, the size of a request and the time that a client may take. A client that waits is shut out
// for one that asks, so nobody keeps the others from /healthz; one that does not take its answer is cut off. The watch never waits for any.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "src/live/access.hpp"
#include "src/live/site.hpp"

namespace tunnelscope::live {

struct ServerLimits {
  std::size_t connections = 128, streams = 64;
  std::size_t request_bytes = 16 * 1024, headers = 64;          // of the request line and all headers
  std::chrono::milliseconds request_time{10'000};               // from its first byte to its last
  std::chrono::milliseconds idle{60'000};                       // between two requests
  std::chrono::milliseconds patience{20'000};                   // for an answer, or an event, to be taken
  std::chrono::milliseconds repeat{10'000};                     // between two events on a stream, at most
};

class Server {
 public:
  // The board and the site outlive it. Error: the reason, "address already in use".
  static tl::expected<std::unique_ptr<Server>, std::string> start(const Door& door, const Site& site, const ServerLimits& limits = {});
  ~Server();  // ends all connections
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:4580/"

 private:
  class Running;
  explicit Server(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace tunnelscope::live
