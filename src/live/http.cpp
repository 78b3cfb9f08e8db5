#include "src/live/http.hpp"

#include <curl/curl.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <memory>
#include <mutex>

#include <fmt/format.h>

namespace tunnelscope::live {
namespace {

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// Headers may be secrets, and libcurl keeps copies of them in a list that is ours.
class Headers {
 public:
  ~Headers() {
    for (curl_slist* one = list_; one != nullptr; one = one->next) {
      std::string_view text(one->data);
      std::fill_n(static_cast<volatile char*>(one->data), text.size(), '\0');
    }
    curl_slist_free_all(list_);
  }
  Headers() = default;
  Headers(const Headers&) = delete;
  Headers& operator=(const Headers&) = delete;

  void add(const std::string& name, const Secret& value) {
    std::string line = value.empty() ? name + ":" : name + ": " + value.reveal();
    if (curl_slist* longer = curl_slist_append(list_, line.c_str()); longer != nullptr) list_ = longer;
    wipe(line);
  }
  curl_slist* list() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

struct Answer {
  std::string body;
  std::size_t most = 0;
  bool too_large = false;
};

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* to) {
  Answer& answer = *static_cast<Answer*>(to);
  if (answer.body.size() + size * count > answer.most) {
    answer.too_large = true;
    return 0;
  }
  answer.body.append(bytes, size * count);
  return size * count;
}

int has_been_stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stop)->load() ? 1 : 0;
}

void sign(CURL* handle, const AwsSignature& signature) {
  curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, ("aws:amz:" + signature.region + ":" + signature.service).c_str());
  curl_easy_setopt(handle, CURLOPT_USERNAME, signature.key_id.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, signature.key.reveal().c_str());
}

void bound(CURL* handle, const HttpRequest& request, const std::atomic<bool>* stop) {
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  if (stop == nullptr) return;
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, has_been_stopped);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, stop);
}

void describe(CURL* handle, const HttpRequest& request, const Headers& headers) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.list());
  if (request.method == "POST") {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.c_str());
  } else if (request.method != "GET") {
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  if (request.direct) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  if (!request.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, request.ca_file.c_str());
}

std::string host_of(const std::string& url) {
  const auto begin = url.find("://");
  if (begin == std::string::npos) return url;
  const auto end = url.find_first_of("/?#", begin + 3);
  const std::string authority = url.substr(begin + 3, end == std::string::npos ? end : end - begin - 3);
  const auto at = authority.rfind('@');
  return at == std::string::npos ? authority : authority.substr(at + 1);
}

// Where the connection of a request goes: to another port than the URL's, when a proxy stands between.
struct Way {
  std::string proxy;  // "10.0.0.1:3128"; empty: there is none
  unsigned port = 0;  // of the URL
};

unsigned port_of(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  char* port = nullptr;
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK || curl_url_get(parsed.get(), CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK) return 0;
  const std::string text(port);
  curl_free(port);
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string address_of(std::string_view host, std::string_view port) {
  return host.find(':') == std::string_view::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

curl_socket_t open_socket(void* to, curlsocktype, curl_sockaddr* address) {
  Way& way = *static_cast<Way*>(to);
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getnameinfo(&address->addr, address->addrlen, host.data(), host.size(), port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV) == 0 &&
      std::to_string(way.port) != port.data())
    way.proxy = address_of(host.data(), port.data());
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// The same of a connection that was kept open.
void note_kept(CURL* handle, Way& way) {
  long port = 0;
  char* host = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIMARY_PORT, &port);
  curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &host);
  if (way.proxy.empty() && port > 0 && host != nullptr && port != static_cast<long>(way.port)) way.proxy = address_of(host, std::to_string(port));
}

// `by_proxy`: the status with which a proxy answered CONNECT; 0: none was asked.
HttpFault fault_of(CURLcode code, const HttpRequest& request, bool too_large, long by_proxy, const std::string& proxy) {
  using Kind = HttpFault::Kind;
  const std::string host = host_of(request.url);
  if (too_large) return {Kind::TooLarge, fmt::format("{} answered with more than {} bytes", host, request.most)};
  if (by_proxy >= 300) return {Kind::Refused, fmt::format("the proxy refuses the way to {}: it answers {}", host, by_proxy)};
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return {Kind::Address, fmt::format("{} is no address of http or https", host)};
    case CURLE_COULDNT_RESOLVE_HOST: return {Kind::Unresolved, fmt::format("the name {} is not known", host)};
    case CURLE_COULDNT_RESOLVE_PROXY: return {Kind::Unresolved, "the proxy's name is not known"};
    case CURLE_COULDNT_CONNECT: return {Kind::Refused, proxy.empty() ? fmt::format("{} does not take connections", host) : fmt::format("the proxy {} on the way to {} does not take connections", proxy, host)};
    case CURLE_SSL_CACERT_BADFILE: return {Kind::Certificate, fmt::format("the certificates to trust cannot be read from {}", request.ca_file)};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR: return {Kind::Certificate, fmt::format("the certificate of {} is not trusted", host)};
    case CURLE_OPERATION_TIMEDOUT: return {Kind::TimedOut, proxy.empty() ? fmt::format("{} does not answer in time", host) : fmt::format("the proxy {} gives no answer of {} in time", proxy, host)};
    case CURLE_ABORTED_BY_CALLBACK: return {Kind::Stopped, "stopped"};
    default: return {Kind::Other, fmt::format("{}{}: {}", host, proxy.empty() ? "" : fmt::format(", by way of the proxy {}", proxy), curl_easy_strerror(code))};
  }
}

}  // namespace

void HttpClient::Close::operator()(void* handle) const { curl_easy_cleanup(handle); }

HttpClient::HttpClient() {
  start_curl();
  handle_.reset(curl_easy_init());
}

tl::expected<HttpResponse, HttpFault> HttpClient::send(const HttpRequest& request, const std::atomic<bool>* stop) {
  CURL* handle = handle_.get();
  if (handle == nullptr) return tl::unexpected(HttpFault{HttpFault::Kind::Other, "libcurl could not be started: is the package libcurl4 installed?"});
  Headers headers;
  for (const auto& [name, value] : request.headers) headers.add(name, value);
  Answer answer{{}, request.most, false};
  bound(handle, request, stop);
  describe(handle, request, headers);
  if (request.signature) sign(handle, *request.signature);
  Way way{"", port_of(request.url)};
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &way);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
  const CURLcode code = curl_easy_perform(handle);
  long status = 0, by_proxy = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &by_proxy);
  note_kept(handle, way);
  curl_easy_reset(handle);  // keeps the connection, forgets the rest
  if (code != CURLE_OK) return tl::unexpected(fault_of(code, request, answer.too_large, by_proxy, way.proxy));
  return HttpResponse{status, std::move(answer.body)};
}

}  // namespace tunnelscope::live
