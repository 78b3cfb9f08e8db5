// One HTTP request at a time, by libcurl: bounded in time and size, no redirects, certificates verified, proxies as curl takes them from
// the environment. In: an HttpRequest. Out: the answer of the server, whatever its status, or why there is none.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "src/live/secret.hpp"

namespace tunnelscope::live {

// AWS Signature Version 4, made by libcurl over the method, the address, all headers and the body.
struct AwsSignature {
  std::string region, service;
  std::string key_id;
  Secret key;
};

struct HttpRequest {
  std::string method = "GET";          // GET, POST or PUT
  std::string url;                     // http or https
  std::vector<std::pair<std::string, Secret>> headers;
  std::string body;                    // of POST
  std::optional<AwsSignature> signature;
  std::chrono::milliseconds connect_timeout{5'000}, timeout{30'000};
  std::size_t most = std::size_t{1} << 20;  // bytes of the answer's body
  bool direct = false;                 // past all proxies: the instance's own metadata
  std::string ca_file;                 // certificates to trust instead of the system's; empty: the system's
};

struct HttpResponse {
  long status = 0;
  std::string body;
};

struct HttpFault {
  enum class Kind { Address, Unresolved, Refused, Certificate, TimedOut, TooLarge, Stopped, Other } kind = Kind::Other;
  std::string reason;  // in plain words, with the host's name; never a header or a body
};

// Keeps its connection for the next request. For one thread at a time.
class HttpClient {
 public:
  HttpClient();
  // `stop`, when it is set by another thread, ends the request soon; may be null.
  tl::expected<HttpResponse, HttpFault> send(const HttpRequest& request, const std::atomic<bool>* stop = nullptr);

 private:
  struct Close {
    void operator()(void* handle) const;
  };
  std::unique_ptr<void, Close> handle_;
};

}  // namespace tunnelscope::live
