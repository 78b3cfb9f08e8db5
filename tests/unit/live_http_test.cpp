// What is said of a way that leads nowhere.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "src/live/http.hpp"

namespace tunnelscope::live {
namespace {

using std::chrono::milliseconds;

// Takes connections and says nothing; or takes none.
class Silent {
 public:
  explicit Silent(bool takes) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    bind(socket_, reinterpret_cast<sockaddr*>(&at), size);
    if (takes) listen(socket_, 8);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size);
    address_ = fmt::format("127.0.0.1:{}", ntohs(at.sin_port));
  }
  ~Silent() { close(socket_); }
  Silent(const Silent&) = delete;
  const std::string& address() const { return address_; }

 private:
  int socket_;
  std::string address_;
};

std::string fault_of(const std::string& url, const std::string& proxy) {
  setenv("HTTPS_PROXY", ("http://" + proxy).c_str(), 1);
  setenv("http_proxy", ("http://" + proxy).c_str(), 1);
  if (proxy.empty()) {
    unsetenv("HTTPS_PROXY");
    unsetenv("http_proxy");
  }
  HttpRequest request;
  request.url = url;
  request.connect_timeout = request.timeout = milliseconds(300);
  const auto response = HttpClient().send(request);
  unsetenv("HTTPS_PROXY");
  unsetenv("http_proxy");
  return response ? "" : response.error().reason;
}

TEST(HttpFault, NamesTheProxyThatStandsBetween) {
  const Silent hanging(true), closed(false);
  for (const std::string host : {"https://logs.example", "http://logs.example", "https://192.0.2.1"}) {
    const std::string name = host.substr(host.find("//") + 2);
    EXPECT_EQ(fault_of(host + "/", hanging.address()), fmt::format("the proxy {} gives no answer of {} in time", hanging.address(), name));
    EXPECT_EQ(fault_of(host + "/", closed.address()), fmt::format("the proxy {} on the way to {} does not take connections", closed.address(), name));
  }
}

TEST(HttpFault, NamesNoProxyWhereNoneStands) {
  const Silent hanging(true), closed(false);
  EXPECT_EQ(fault_of("http://" + hanging.address() + "/", ""), hanging.address() + " does not answer in time");
  EXPECT_EQ(fault_of("http://" + closed.address() + "/", ""), closed.address() + " does not take connections");
}

}  // namespace
}  // namespace tunnelscope::live
