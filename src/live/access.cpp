#include "src/live/access.hpp"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace tunnelscope::live {
namespace {

constexpr std::size_t kShortestToken = 16;
constexpr std::size_t kLongestToken = 1024;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}
bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_loopback_name(const std::string& host) {
  if (host == "localhost") return true;
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) == 1) return IN6_IS_ADDR_LOOPBACK(&address);
  return is_ipv4(host) && host.starts_with("127.");
}

struct HostAndPort {
  std::string host;  // in lower case, without brackets
  std::string_view port;
  bool has_port = false;
};

// nullopt: it is not of the form NAME[:PORT] or [IPV6][:PORT].
std::optional<HostAndPort> split(std::string_view text) {
  std::string_view rest;
  HostAndPort parts;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    parts.host = lower(text.substr(1, end - 1));
    rest = text.substr(end + 1);
    if (!is_ipv6(parts.host)) return std::nullopt;
  } else {
    const std::size_t end = std::min(text.find(':'), text.size());
    parts.host = lower(text.substr(0, end));
    rest = text.substr(end);
  }
  if (parts.host.empty() || (!rest.empty() && rest.front() != ':')) return std::nullopt;
  parts.has_port = !rest.empty();
  if (parts.has_port) parts.port = rest.substr(1);
  return parts;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || stopped != text.data() + text.size()) return std::nullopt;
  return port;
}

// Behind a forwarded port or a proxy the port may be any. An address is no name that somebody could point elsewhere.
bool is_our_name(const ListenAddress& listen, std::string_view header) {
  const auto parts = split(header);
  if (!parts || (!parts->port.empty() && !port_of(parts->port))) return false;  // "NAME:" has the port of the scheme
  if (is_loopback_name(parts->host) || parts->host == lower(listen.host)) return true;
  return !listen.is_loopback() && (is_ipv4(parts->host) || is_ipv6(parts->host));
}

// Of the same site as the name under which the server was asked.
bool is_our_origin(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme) && lower(origin.substr(scheme.size())) == lower(host)) return true;
  }
  return false;
}

using Hash = std::array<unsigned char, EVP_MAX_MD_SIZE>;
Hash hash_of(std::string_view text) {
  Hash hash{};
  EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  return hash;
}

// RFC 9110, 5.6.2: a token.
bool is_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Takes as long whatever is compared.
bool is_same(std::string_view given, std::string_view token) {
  const Hash a = hash_of(given), b = hash_of(token);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.empty() || text.size() > 4 * kLongestToken) return "";
  std::string out(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return "";
  const auto padding = static_cast<std::size_t>(text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0);
  out.resize(static_cast<std::size_t>(length) - padding);
  return out;
}

// "Bearer TOKEN", or "Basic" with any name and the token as the password, which is what browsers can ask their user for.
bool carries(std::string_view authorization, std::string_view token) {
  const std::size_t blank = std::min(authorization.find(' '), authorization.size());
  const std::string scheme = lower(authorization.substr(0, blank));
  const std::string_view rest = authorization.substr(std::min(blank + 1, authorization.size()));
  if (scheme == "bearer") return is_same(rest, token);
  if (scheme != "basic") return false;
  const std::string pair = from_base64(rest);
  const std::size_t colon = pair.find(':');
  return colon != std::string::npos && is_same(std::string_view(pair).substr(colon + 1), token);
}

// A link on another site may lead here; what a page there fetches may not.
bool comes_from_elsewhere(const Asker& asker) {
  const bool elsewhere = asker.fetch_site == "cross-site" || asker.fetch_site == "same-site";
  return elsewhere && asker.fetch_mode != "navigate";
}

}  // namespace

bool ListenAddress::is_loopback() const { return is_loopback_name(lower(host)); }

void HeadLines::see(char c) {
  if (c == '\n') {
    malformed_ = malformed_ || (in_name_ && length_ > 0);
    in_first_ = ends_ = false;
    in_name_ = true;
    length_ = 0;
  } else if (in_name_ && c == '\r' && length_ == 0) {
    ends_ = true;
  } else if (in_name_ && c == ':') {
    malformed_ = malformed_ || length_ == 0 || ends_;
    in_name_ = false;
  } else if (in_name_) {
    malformed_ = malformed_ || ends_ || !is_of_name(c);
    ++length_;
  }
}

tl::expected<ListenAddress, std::string> listen_address(std::string_view text) {
  const auto parts = split(text);
  if (!parts || !parts->has_port) return tl::unexpected(std::string("is not of the form ADDRESS:PORT"));
  const auto port = port_of(parts->port);
  if (!port) return tl::unexpected(std::string("has no port from 0 to 65535"));
  return ListenAddress{parts->host, *port};
}

tl::expected<void, std::string> check_token(std::string_view token) {
  if (token.size() < kShortestToken) return tl::unexpected("is shorter than " + std::to_string(kShortestToken) + " characters");
  if (token.size() > kLongestToken) return tl::unexpected("is longer than " + std::to_string(kLongestToken) + " characters");
  const bool plain = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!plain) return tl::unexpected(std::string("holds blanks or characters outside ASCII"));
  return {};
}

RequestTarget split_target(std::string_view target, std::string_view decoded) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (lower(target.substr(0, scheme.size())) != scheme) continue;
    const std::string_view rest = target.substr(scheme.size());
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const std::size_t before = scheme.size() + authority.size();
    if (authority.empty() || !decoded.starts_with(target.substr(0, before))) return {"-", ""};  // with escapes: no name of ours
    const std::string_view path = decoded.substr(before);
    return {std::string(authority), path.empty() ? "/" : std::string(path)};
  }
  return {"", std::string(decoded)};
}

std::optional<Refusal> refusal(const Door& door, const Asker& asker) {
  if (asker.hosts.size() != 1) return Refusal{400, "a request needs one Host header"};
  if (!is_our_name(door.listen, asker.hosts[0])) return Refusal{421, "this server is not known by that name"};
  if (!asker.authority.empty() && !is_our_name(door.listen, asker.authority)) return Refusal{421, "this server is not known by that name"};
  if (asker.origins.size() > 1) return Refusal{400, "a request has one Origin header at most"};
  if (!asker.origins.empty() && !is_our_origin(asker.origins[0], asker.hosts[0])) return Refusal{403, "requests from other origins are refused"};
  if (comes_from_elsewhere(asker)) return Refusal{403, "requests from other sites are refused"};
  if (!door.token.empty() && !carries(asker.authorization, door.token)) return Refusal{401, "the token is missing or wrong"};
  return std::nullopt;
}

}  // namespace tunnelscope::live
