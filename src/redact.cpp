// A scanner with one matcher per kind of identifier, tried at every place where a word may begin.
// Written out rather than as regular expressions: texts are hostile and long, and PCRE2 lives in rules/ alone.
#include "src/redact.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "diag/classify.hpp"
#include "src/vocabulary.hpp"

namespace tunnelscope::app {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80) != 0; }
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

constexpr std::size_t kPseudonymBytes = 5;  // one chance in a million that two of 1,000 addresses share theirs

// What a matcher found at a place: nothing when length is 0.
struct Found {
  std::size_t length = 0;         // of the text that is replaced
  std::string_view prefix = {};   // of the pseudonym
  std::string value = {};         // in canonical form
  std::size_t keep = 0;           // characters before it that stay
};

// The text, and a place in it at which a word begins.
struct Place {
  std::string_view text;
  std::size_t at;
  std::string_view rest() const { return text.substr(at); }
  char before() const { return at == 0 ? ' ' : text[at - 1]; }
  bool ends(std::size_t length) const { return at + length >= text.size() || !alnum(text[at + length]); }
};

std::size_t run(std::string_view text, bool (*test)(char)) {
  std::size_t n = 0;
  while (n < text.size() && test(text[n])) ++n;
  return n;
}

// Addresses that identify nobody: "any", loopback, and netmasks.
bool is_generic(std::string_view canonical) {
  return canonical == "0.0.0.0" || canonical == "::" || canonical == "::1" || canonical.starts_with("127.0.0.") ||
         canonical.starts_with("255.") || canonical == "169.254.0.0";
}

std::size_t dotted_length(std::string_view text, char separator) {
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t digits = run(text.substr(at), digit);
    if (digits == 0 || digits > 3) return 0;
    int value = 0;
    for (const char c : text.substr(at, digits)) value = value * 10 + (c - '0');
    if (value > 255) return 0;
    at += digits;
    if (part == 3) break;
    if (at >= text.size() || text[at] != separator) return 0;
    ++at;
  }
  return at;
}

std::string without_leading_zeros(std::string_view dotted, char separator) {
  std::string out;
  int value = 0;
  for (const char c : dotted) {
    if (c == separator) {
      out += fmt::format("{}.", value);
      value = 0;
    } else {
      value = value * 10 + (c - '0');
    }
  }
  return out + fmt::format("{}", value);
}

Found ipv4(const Place& p) {
  if (!digit(p.rest()[0])) return {};
  if (p.before() == '.' && p.at >= 2 && digit(p.text[p.at - 2])) return {};
  const std::size_t length = dotted_length(p.rest(), '.');
  const std::string_view after = p.rest().substr(length);
  if (length == 0 || (!after.empty() && digit(after[0]))) return {};
  if (after.size() >= 2 && after[0] == '.' && digit(after[1])) return {};  // a version, or an object id
  const std::string value = without_leading_zeros(p.rest().substr(0, length), '.');
  if (is_generic(value)) return {length};
  return {length, "ip-", value};
}

// ip-203-0-113-17, as host names at AWS spell it.
Found hyphenated_ipv4(const Place& p) {
  if (!lowered(p.rest().substr(0, 3)).starts_with("ip-")) return {};
  const std::size_t length = dotted_length(p.rest().substr(3), '-');
  if (length == 0 || !p.ends(3 + length)) return {};
  return {3 + length, "ip-", without_leading_zeros(p.rest().substr(3, length), '-')};
}

bool address_part(char c) { return hex(c) || c == ':' || c == '.'; }

Found ipv6(const Place& p) {
  if (!hex(p.rest()[0]) && p.rest()[0] != ':') return {};
  constexpr std::size_t kLongest = INET6_ADDRSTRLEN;
  const std::string_view token = p.rest().substr(0, std::min(run(p.rest(), address_part), kLongest));
  if (std::count(token.begin(), token.end(), ':') < 2) return {};
  for (std::size_t length = token.size(); length >= 3; --length) {
    if (!p.ends(length) && token.size() < kLongest) continue;
    std::array<char, kLongest + 1> text{};
    std::copy_n(token.begin(), length, text.begin());
    in6_addr address{};
    if (inet_pton(AF_INET6, text.data(), &address) != 1) continue;
    inet_ntop(AF_INET6, &address, text.data(), text.size());
    const std::string value = text.data();
    if (is_generic(value)) return {length};
    return {length, "ip-", value};
  }
  return {};
}

// vpn-0123456789abcdef0, cgw-..., and the other resources around a VPN.
Found aws_id(const Place& p) {
  // Pseudonyms have an x, or they would look like ids that could be looked up.
  constexpr std::array<std::string_view, 13> kPrefixes{
      "vpn-x", "cgw-x", "vgw-x",           "tgw-attach-x",      "tgw-rtb-x", "tgw-x", "eni-x",
      "vpc-x", "sg-x",  "cvpn-endpoint-x", "cvpn-connection-x", "subnet-x",  "rtb-x"};
  const std::string head = lowered(p.rest().substr(0, 16));
  for (const std::string_view prefix : kPrefixes) {
    const std::string_view kind = prefix.substr(0, prefix.size() - 2);
    if (!head.starts_with(kind) || p.rest().size() <= kind.size() || p.rest()[kind.size()] != '-') continue;
    const std::size_t digits = run(p.rest().substr(kind.size() + 1), hex);
    const std::size_t length = kind.size() + 1 + digits;
    if (digits < 8 || digits > 20 || !p.ends(length)) continue;
    return {length, prefix, lowered(p.rest().substr(0, length))};
  }
  return {};
}

// 8EE244A8-90C8-5AFF-8F83-9B7E8290E4A5: devices, sessions and users have such ids.
Found uuid(const Place& p) {
  constexpr std::array<std::size_t, 5> kGroups{8, 4, 4, 4, 12};
  std::size_t at = 0;
  for (const std::size_t digits : kGroups) {
    if (at > 0 && (at >= p.rest().size() || p.rest()[at++] != '-')) return {};
    if (run(p.rest().substr(at, digits), hex) != digits) return {};
    at += digits;
  }
  if (!p.ends(at)) return {};
  return {at, "id-", lowered(p.rest().substr(0, at))};
}

Found account(const Place& p) {
  const std::size_t digits = run(p.rest(), digit);
  if (digits != 12 || !p.ends(12)) return {};
  if (p.before() == '.' && p.at >= 2 && digit(p.text[p.at - 2])) return {};  // the fraction of a number
  return {12, "account-", std::string(p.rest().substr(0, 12))};
}

bool mail_part(char c) { return alnum(c) || std::strchr(".!#$%&'*+-/=?^_{|}~", c) != nullptr; }
bool domain_part(char c) { return alnum(c) || c == '-' || c == '.'; }

Found mail(const Place& p) {
  const std::string_view rest = p.rest();
  const std::size_t local = run(rest.substr(0, 128), [](char c) { return c != '\0' && mail_part(c); });
  if (local == 0 || local >= rest.size() || rest[local] != '@') return {};
  std::size_t domain = run(rest.substr(local + 1, 255), domain_part);
  while (domain > 0 && rest[local + domain] == '.') --domain;  // the full stop of a sentence
  if (domain == 0) return {};
  const std::size_t length = local + 1 + domain;
  return {length, "user-", lowered(rest.substr(0, length))};
}

// A value that a word announces: "SPI: c1234567", "user=joe", "CN=gw1".
struct Announced {
  std::string_view word;
  std::string_view prefix;
  std::string_view marks;   // at least one of these must follow
  bool (*part)(char);       // of the value
  std::size_t least;
};
bool name_part(char c) { return alnum(c) || std::strchr("._@\\$+-", c) != nullptr; }
bool dn_part(char c) { return c != ',' && c != '"' && c != '\'' && c != '/' && c != ';' && c != '<' && c != '>'; }
constexpr std::array<Announced, 23> kAnnounced{{{"spis", "spi-", " :=", hex, 3},
                                                {"spi", "spi-", " :=", hex, 3},
                                                {"username", "user-", " :=", name_part, 1},
                                                {"user_name", "user-", " :=", name_part, 1},
                                                {"user name", "user-", " :=", name_part, 1},
                                                {"user-name", "user-", " :=", name_part, 1},
                                                {"user id", "user-", ":=", name_part, 1},
                                                {"user_id", "user-", ":=", name_part, 1},
                                                {"userid", "user-", " :=", name_part, 1},
                                                {"user", "user-", " :=", name_part, 1},
                                                {"login", "user-", ":=", name_part, 1},
                                                {"account", "user-", ":=", name_part, 1},
                                                {"principal", "user-", " :=", name_part, 1},
                                                {"common name", "user-", " :=", name_part, 1},
                                                {"common_name", "user-", " :=", name_part, 1},
                                                {"identity", "user-", ":=", name_part, 1},
                                                {"eap-identity", "user-", " :=", name_part, 1},
                                                {"cn", "user-", "=", dn_part, 1},
                                                {"ou", "user-", "=", dn_part, 1},
                                                {"o", "user-", "=", dn_part, 1},
                                                {"uid", "user-", "=", dn_part, 1},
                                                {"/home", "user-", "/", name_part, 1},
                                                {"/users", "user-", "/", name_part, 1}}};

// After "user" and a mere blank these are prose, not names.
constexpr std::string_view kNoNames =
    " a account accounts agent and any are attributes auth authenticated authentication authorization authorized are at by "
    "certificate connected could data did disconnected does failed for from group groups had has id in interface is "
    "limit list logged login logout mismatch name names not of on or password permission pool profile rejected refused "
    "request session sessions space store the to traffic was were who with without ";
bool is_no_name(std::string_view word) {
  return kNoNames.find(fmt::format(" {} ", lowered(word))) != std::string_view::npos;
}

bool is_pseudonym(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) && run(text.substr(prefix.size()), hex) == 2 * kPseudonymBytes;
}

Found announced(const Place& p) {
  const std::string head = lowered(p.rest().substr(0, 16));
  for (const Announced& row : kAnnounced) {
    if (!head.starts_with(row.word)) continue;
    std::size_t at = row.word.size();
    bool marked = false, quoted = false, only_blank = true;
    while (at < p.rest().size() && std::strchr(" \"'([:=/", p.rest()[at]) != nullptr && at < row.word.size() + 4) {
      marked = marked || row.marks.find(p.rest()[at]) != std::string_view::npos;
      quoted = quoted || p.rest()[at] == '"' || p.rest()[at] == '\'';
      only_blank = only_blank && p.rest()[at] == ' ';
      ++at;
    }
    if (!marked && !quoted) continue;
    std::string_view value = p.rest().substr(at);
    if (row.part == hex && (value.starts_with("0x") || value.starts_with("0X"))) {
      at += 2;
      value.remove_prefix(2);
    }
    std::size_t length = run(value.substr(0, 256), row.part);
    while (length > 0 && (value[length - 1] == '.' || value[length - 1] == ' ')) --length;
    if (length < row.least || (row.part == hex && !Place{p.text, p.at + at}.ends(length) &&
                               (p.at + at + length >= p.text.size() || p.text[p.at + at + length] != '_'))) {
      continue;
    }
    if (row.part == name_part && only_blank && is_no_name(value.substr(0, length))) continue;
    const std::string_view after = value.substr(length);
    if (is_pseudonym(value, row.prefix) || (row.part == name_part && after.starts_with('='))) continue;
    return {length, row.prefix, lowered(value.substr(0, length)), at};
  }
  return {};
}

// Bare hexadecimal of the lengths that SPIs, cookies and hashes have.
Found bare_hex(const Place& p) {
  const std::string_view rest = p.rest();
  const std::size_t mark = rest.starts_with("0x") || rest.starts_with("0X") ? 2 : 0;
  const std::size_t digits = run(rest.substr(mark), hex);
  if (digits < 6) return {};
  const bool ends = p.ends(mark + digits);
  if (!ends) return {};
  const std::string value = lowered(rest.substr(mark, digits));
  const bool mixed = value.find_first_of("abcdef") != std::string::npos && value.find_first_of("0123456789") != std::string::npos;
  const bool known_length = digits == 8 || digits >= 16;
  if (mark == 0 && !(known_length && mixed)) return {};
  return {mark + digits, "spi-", value};
}

constexpr std::string_view kDigitMask = "<n>";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t found = std::min(text.find(from, at), text.size());
    out.append(text.substr(at, found - at));
    if (found < text.size()) out.append(to);
    at = found < text.size() ? found + from.size() : text.size() + 1;
  }
  return out;
}

// Hexadecimal of which a shape shows only the letters.
Found masked_hex(const Place& p) {
  const std::string_view rest = p.rest();
  std::size_t length = 0, letters = 0, masks = 0;
  while (length < rest.size()) {
    if (rest.substr(length).starts_with(kMaskedDigit)) {
      length += kMaskedDigit.size();
      ++masks;
    } else if (hex(rest[length])) {
      ++length;
      ++letters;
    } else {
      break;
    }
  }
  if (masks == 0 || letters < 2 || !p.ends(length)) return {};
  return {length, "spi-", lowered(rest.substr(0, length))};
}

// gw1.example.com: labels with dots, the last one letters; a file's name looks the same, hence only in log texts.
Found host(const Place& p) {
  if (!alnum(p.rest()[0]) || p.before() == '.' || p.before() == '@') return {};
  std::size_t length = run(p.rest().substr(0, 253), domain_part);
  while (length > 0 && (p.rest()[length - 1] == '.' || p.rest()[length - 1] == '-')) --length;
  const std::string_view name = p.rest().substr(0, length);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || name.find("..") != std::string_view::npos) return {};
  const std::string_view last = name.substr(dot + 1);
  const bool letters = std::all_of(last.begin(), last.end(), [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
  if (last.size() < 2 || !letters) return {};
  return {length, "host-", lowered(name)};
}

// What divides a text into words that may name something; "gw1/vpn0" are two, "fw-core1" is one.
bool is_word_part(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u > ' ' && std::string_view("\"'`()[]{}<>,;:=|/&").find(c) == std::string_view::npos;
}

// A mask of a shape, whose letters are no word.
constexpr std::array<std::string_view, 5> kMasks{"<ip>", "<hex>", "<id>", "<time>", "<text>"};
std::size_t mask_length(std::string_view text) {
  const auto mask = std::find_if(kMasks.begin(), kMasks.end(), [&](std::string_view m) { return text.starts_with(m); });
  return mask == kMasks.end() ? 0 : mask->size();
}
bool is_mask(std::string_view word) { return word.starts_with('<'); }

using Matcher = Found (*)(const Place&);
constexpr std::array<Matcher, 8> kMatchers{mail, aws_id, uuid, hyphenated_ipv4, ipv4, ipv6, account, announced};

bool may_begin(std::string_view text, std::size_t at) {
  if (at == 0 || text[at] == ':' || text[at] == '/') return true;
  const char before = text[at - 1];
  if (!alnum(before)) return true;
  return digit(text[at]) && !digit(before) && !hex(before);  // "cgw203.0.113.17"
}

Found first_match(const Place& place, bool hosts, bool with_announced = true) {
  for (const Matcher matcher : kMatchers) {
    if (matcher == announced && !with_announced) continue;
    if (Found found = matcher(place); found.length > 0) return found;
  }
  if (Found found = bare_hex(place); found.length > 0) return found;
  if (Found found = masked_hex(place); found.length > 0) return found;
  return hosts ? host(place) : Found{};
}

std::string hex_of(const unsigned char* bytes, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += fmt::format("{:02x}", bytes[i]);
  return out;
}

std::string hmac(std::string_view key, std::string_view value, std::size_t bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(value.data()),
       value.size(), out.data(), &length);
  return hex_of(out.data(), bytes);
}

// What a record writes where it has no name, and device types that are no names.
constexpr std::string_view kNobody = " - na n/a nil none null unknown true false android ios linux mac macos win windows ";

bool is_address(std::string_view text) {
  const Place place{text, 0};
  return ipv4(place).length == text.size() || ipv6(place).length == text.size();
}

// The part of a value that names something: without port, prefix length and brackets.
std::string_view name_in(std::string_view value) {
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  const std::size_t last = value.find_last_not_of("0123456789");
  const std::size_t digits = last == std::string_view::npos ? 0 : value.size() - last - 1;
  const bool suffixed = digits > 0 && digits <= 5 && last > 0;
  const bool port = suffixed && value[last] == ':' && (value[last - 1] == ']' || value.find(':') == last);
  if (port || (suffixed && value[last] == '/' && is_address(value.substr(0, last)))) value = value.substr(0, last);
  if (value.size() > 2 && value.front() == '[' && value.back() == ']') value = value.substr(1, value.size() - 2);
  return value;
}

constexpr std::size_t kLeastKey = 16;
constexpr std::size_t kMostKey = 4096;

tl::expected<std::string, UsageError> key_from(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return tl::unexpected(UsageError{fmt::format("the redaction key {} cannot be read: {}", path, std::strerror(errno)), ""});
  }
  std::string key(kMostKey, '\0');
  file.read(key.data(), static_cast<std::streamsize>(key.size()));
  key.resize(static_cast<std::size_t>(file.gcount()));
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  if (key.size() < kLeastKey) {
    return tl::unexpected(UsageError{fmt::format("the redaction key {} is shorter than {} bytes", path, kLeastKey),
                                     fmt::format("openssl rand -hex 32 > {}", path)});
  }
  return key;
}

tl::expected<std::string, UsageError> made_here(const Environment& environment) {
  namespace fs = std::filesystem;
  const std::string state = environment("XDG_STATE_HOME"), home = environment("HOME");
  const std::string hint = "name a key with --redact-key FILE";
  if (state.empty() && home.empty()) {
    return tl::unexpected(UsageError{"no place for a redaction key: neither HOME nor XDG_STATE_HOME is set", hint});
  }
  const fs::path folder = (state.empty() ? fs::path(home) / ".local/state" : fs::path(state)) / "tunnelscope";
  const std::string path = folder / "redact.key";
  std::error_code error;
  if (fs::exists(path, error)) return key_from(path);
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  std::array<unsigned char, 32> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    return tl::unexpected(UsageError{"no random numbers for a redaction key", hint});
  }
  const std::string text = hex_of(random.data(), random.size()) + "\n";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return key_from(path);  // another run was faster
  const bool written = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int reason = errno;
  if (file >= 0) close(file);
  if (!written) {
    return tl::unexpected(UsageError{fmt::format("the redaction key {} cannot be made: {}", path, std::strerror(reason)), hint});
  }
  return key_from(path);
}

}  // namespace

std::string Redactor::text(std::string_view text) const { return replace(text, {}, names_); }
std::string Redactor::message(std::string_view text) const { return replace(text, {.hosts = true}, names_); }
std::string Redactor::sentence(std::string_view text, Hosts hosts) const {
  return replace(text, {.hosts = hosts == Hosts::Go, .announced = false}, names_);
}
std::string Redactor::unknown_message(std::string_view text) const {
  return replace(text, {.hosts = true, .only_known_words = true}, names_);
}
std::string Redactor::unknown_shape(std::string_view text) const {
  const std::string masked = replaced(text, kDigitMask, kMaskedDigit);
  return replaced(replace(masked, {.hosts = true, .only_known_words = true}, shapes_), kMaskedDigit, kDigitMask);
}
std::string Redactor::masked(std::string_view text) const { return replace(text, {.hosts = true, .as = As::Mask}, names_); }
std::string Redactor::fingerprint(std::string_view fingerprint) const {
  return hmac(key_, fmt::format("fingerprint:{}", fingerprint), 8);
}

std::string Redactor::pseudonym(std::string_view prefix, std::string_view value) const {
  return fmt::format("{}{}", prefix, hmac(key_, fmt::format("{}:{}", prefix, value), kPseudonymBytes));
}

void Redactor::keep(std::string_view value) {
  for (const Matcher matcher : {Matcher(aws_id), Matcher(ipv4), Matcher(ipv6)}) {
    const Found found = value.empty() ? Found{} : matcher({value, 0});
    if (found.length == value.size() && !found.value.empty()) kept_.insert(found.value);
  }
}

void Redactor::know(std::string_view value, std::string_view prefix) {
  const std::string_view name = name_in(value);
  if (name.empty() || name.size() > KnownNames::kLongest || names_nobody(name)) return;
  const std::string replacement = pseudonym_of(name, prefix);
  names_.add(name, replacement);
  const std::string shape = replaced(diag::shape_of(name), kDigitMask, kMaskedDigit);
  const bool letters = std::any_of(shape.begin(), shape.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
  if (letters && shape.find('<') == std::string::npos) shapes_.add(shape, replacement);
}

void Redactor::know_client(std::string_view value) {
  if (slash_between_known(value) != std::string_view::npos) return;
  const std::size_t slash = value.find('/');
  const bool pair = slash != std::string_view::npos && value.find('/', slash + 1) == std::string_view::npos;
  know(value.substr(0, pair ? slash : value.size()), pair ? "user-" : "client-");
  if (pair) know(value.substr(slash + 1), "device-");
}

std::size_t Redactor::slash_between_known(std::string_view value) const {
  const auto known = [this](std::string_view part) {
    return !part.empty() && (names_.replacement_of(part) != nullptr || names_nobody(part));
  };
  std::size_t slash = value.find('/');
  while (slash != std::string_view::npos && !(known(value.substr(0, slash)) && known(value.substr(slash + 1)))) {
    slash = value.find('/', slash + 1);
  }
  return slash;
}

std::string Redactor::name(std::string_view value, std::string_view prefix) const {
  const std::string_view name = name_in(value);
  if (name.empty() || names_nobody(name)) return std::string(value);
  if (const std::size_t slash = slash_between_known(value);
      slash != std::string_view::npos && names_.replacement_of(name) == nullptr) {
    return fmt::format("{}/{}", this->name(value.substr(0, slash), prefix), this->name(value.substr(slash + 1), prefix));
  }
  const std::string* const known = names_.replacement_of(name);
  const auto at = static_cast<std::size_t>(name.data() - value.data());
  return fmt::format("{}{}{}", value.substr(0, at), known != nullptr ? *known : pseudonym_of(name, prefix),
                     value.substr(at + name.size()));
}

bool Redactor::names_nobody(std::string_view name) const {
  const Found found = first_match({name, 0}, true);
  const bool generic = found.length == name.size() && (found.prefix.empty() || is_kept(found.value));
  return generic || kNobody.find(fmt::format(" {} ", lowered(name))) != std::string_view::npos;
}

// As in free text, where the value stands for itself there.
std::string Redactor::pseudonym_of(std::string_view name, std::string_view prefix) const {
  const Found found = first_match({name, 0}, true);
  const bool same = found.length == name.size() && found.keep == 0 && found.prefix != "spi-";
  return same ? pseudonym(found.prefix, found.value) : pseudonym(prefix, lowered(name));
}

// A word from `at` on, up to where something else in it is replaced; 0: none begins there.
std::size_t Redactor::word_length(std::string_view text, std::size_t at, const KnownNames& names) {
  if (const std::size_t mask = mask_length(text.substr(at)); mask > 0) return mask;
  std::size_t end = at;
  while (end < text.size() && is_word_part(text[end])) {
    const bool other = end > at && may_begin(text, end) && (first_match({text, end}, true).length > 0 || names.at(text, end).length > 0);
    if (other) break;
    ++end;
  }
  while (end > at && std::string_view(".!?-_").find(text[end - 1]) != std::string_view::npos) --end;
  return end - at;
}

std::string Redactor::replace(std::string_view text, How how, const KnownNames& names) const {
  std::string out;
  out.reserve(text.size());
  const auto put = [&](const std::string& known) { out += how.as == As::Mask ? "<name>" : known; };
  for (std::size_t i = 0; i < text.size();) {
    const Found found = may_begin(text, i) ? first_match({text, i}, how.hosts, how.announced) : Found{};
    if (const auto own = names.at(text, i); own.length > 0 && own.length >= found.keep + found.length) {
      put(*own.replacement);
      i += own.length;
      continue;
    }
    if (const auto own = found.keep > 0 ? names.at(text, i + found.keep) : KnownNames::Match{};
        own.length > 0 && own.length >= found.length) {
      out += text.substr(i, found.keep);
      put(*own.replacement);
      i += found.keep + own.length;
      continue;
    }
    if (const std::size_t length = found.length == 0 && how.only_known_words ? word_length(text, i, names) : 0; length > 0) {
      const std::string_view word = text.substr(i, length);
      out += is_mask(word) || is_known_word(word) ? std::string(word) : pseudonym("word-", lowered(word));
      i += length;
      continue;
    }
    if (found.length == 0) {
      out += text[i++];
      continue;
    }
    out += text.substr(i, found.keep);
    const bool documented = how.only_known_words && found.prefix == "host-" && is_known_word(found.value);  // "Security.Logins"
    out += found.prefix.empty() || documented || is_kept(found.value) ? std::string(text.substr(i + found.keep, found.length))
                                : how.as == As::Mask ? std::string("<name>") : pseudonym(found.prefix, found.value);
    i += found.keep + found.length;
  }
  return out;
}

tl::expected<Redactor, UsageError> redactor_for(const Settings& settings, const Console& console) {
  const auto key = settings.redact_key.empty() ? made_here(console.environment) : key_from(settings.redact_key);
  if (!key) return tl::unexpected(key.error());
  return Redactor(*key);
}

}  // namespace tunnelscope::app
