// Tested by live_receivers_test.cpp.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <fstream>

#include <curl/curl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "src/escape.hpp"
#include "src/live/receivers/kinds.hpp"

namespace tunnelscope::live {
namespace {

enum class Holds : std::uint8_t { Url, SecretUrl, Key };

struct Kind {
  std::string_view name;
  Holds holds;
  std::unique_ptr<Receiver> (*make)(Target target);
  std::string_view example;
};
constexpr std::array kKinds{
    Kind{"alertmanager", Holds::Url, alertmanager, "alertmanager:http://127.0.0.1:9093"},
    Kind{"pagerduty", Holds::Key, pagerduty, "pagerduty:@/run/secrets/pagerduty-routing-key"},
    Kind{"slack", Holds::SecretUrl, slack, "slack:@/run/secrets/slack-url"},
    Kind{"webhook", Holds::Url, webhook, "webhook:https://alerts.example.net/tunnels"},
};

constexpr std::size_t kLongestSecret = 8192;

using Text = tl::expected<std::string, SourceError>;
auto error(std::string reason, std::string hint) { return tl::unexpected(SourceError{std::move(reason), std::move(hint)}); }

std::string trimmed(std::string text) {
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  text.erase(std::find_if_not(text.rbegin(), text.rend(), is_space).base(), text.end());
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_space));
  return text;
}

Text of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kLongestSecret + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return error(fmt::format("cannot read {}", app::for_terminal(path)), "the file must exist and be readable for this user");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  text = trimmed(std::move(text));
  if (text.empty()) return error(fmt::format("{} is empty", app::for_terminal(path)), "it must hold the URL or key and nothing else");
  const bool one_line = std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (text.size() > kLongestSecret || !one_line) {
    return error(fmt::format("{} holds more than one line", app::for_terminal(path)), "it must hold the URL or key and nothing else");
  }
  return text;
}

Text of_variable(const std::string& name, const Environment& environment) {
  auto value = environment(name);
  if (!value || trimmed(*value).empty()) {
    return error(fmt::format("the environment variable {} is not set", app::for_terminal(name)), "set it to the URL or key");
  }
  return trimmed(std::move(*value));
}

bool is_indirect(std::string_view text) { return text.starts_with('@') || text.starts_with('$'); }

Text resolved(const std::string& text, const Environment& environment) {
  if (text.starts_with('@')) return of_file(text.substr(1));
  if (text.starts_with('$')) return of_variable(text.substr(1), environment);
  return text;
}

struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlCloser>;

std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

Url parsed(const std::string& text) {
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return nullptr;
  const std::string scheme = part(url, CURLUPART_SCHEME);
  return (scheme == "http" || scheme == "https") && !part(url, CURLUPART_HOST).empty() ? std::move(url) : nullptr;
}

enum class Class : std::uint8_t { Other, Lower, Upper, Digit };
Class class_of(char c) {
  return c >= 'a' && c <= 'z' ? Class::Lower : c >= 'A' && c <= 'Z' ? Class::Upper : c >= '0' && c <= '9' ? Class::Digit : Class::Other;
}

constexpr std::size_t kShortest = 16;  // of what nobody guesses

// The letters that often follow a, b, c and so on within the words of English, of languages near it, and of program names.
constexpr std::array<std::string_view, 26> kFollowers{
    "bcdfgiklmnprstuwy", "aeilou", "aehiklorstu", "aeioprs", "acdefgilmnoprstvwxy", "aeilor", "aeiorsu", "aeiot", "abcdefgklmnoprstv",
    "aeou", "ei", "adeilostuy", "aeilmop", "acdefginost", "cdgklmnoprstuw", "aehilnoprsty", "u", "acdefiklmnorstuy",
    "acehimopstuy", "acehiloprstuwy", "bdeilmnprst", "aeip", "aehinos", "p", "pst", "aeioz"};

// Letters that make no words: too few of them follow each other as letters do.
bool are_unlikely(std::string_view letters) {
  constexpr std::size_t kUsual = 55;  // of 100, at least; random ones have about 33
  std::size_t usual = 0;
  for (std::size_t i = 1; i < letters.size(); ++i)
    usual += kFollowers[static_cast<std::size_t>((letters[i - 1] | 0x20) - 'a')].find(static_cast<char>(letters[i] | 0x20)) != std::string_view::npos;
  return letters.size() >= kShortest && usual * 100 < kUsual * (letters.size() - 1);
}

// Whether it holds a number that is longer than a time or an account's, or a run of letters that make no words.
bool has_random_run(std::string_view text) {
  const auto kind = [&](std::size_t at) {
    const Class c = class_of(text[at]);
    return c == Class::Upper ? Class::Lower : c;
  };
  for (std::size_t from = 0, end = 0; from < text.size(); from = end) {
    while (end < text.size() && kind(end) == kind(from)) ++end;
    const std::string_view run = text.substr(from, end - from);
    if ((kind(from) == Class::Digit && run.size() >= kShortest) || (kind(from) == Class::Lower && are_unlikely(run))) return true;
  }
  return false;
}

// Whether nobody would think of such a text: it is long, and goes between digits, small and capital letters more often than words and
// dates do, or has a run of one kind that makes no sense. UUIDs and hexadecimal keys are such texts, as are the tokens of services.
bool looks_random(std::string_view text) {
  constexpr std::size_t kFewest = 4;
  std::size_t changes = 0, length = 0;
  Class before = Class::Other;
  for (const char c : text) {
    const Class now = class_of(c);
    if (now == Class::Other) continue;
    changes += before != Class::Other && now != before && !(before == Class::Upper && now == Class::Lower);
    before = now;
    ++length;
  }
  return (length >= kShortest && changes >= std::max(kFewest, length / 4)) || has_random_run(text);
}

// "vpn-0123456789abcdef0", "tgw-...", "i-...": they name what they are of, and are known to many.
bool is_aws_id(std::string_view text) {
  constexpr std::size_t kOld = 8, kNew = 17;  // hexadecimal digits
  const std::size_t dash = std::min(text.find('-'), text.size());
  const std::string_view number = text.substr(std::min(dash + 1, text.size()));
  return dash > 0 && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dash), [](char c) { return class_of(c) == Class::Lower; }) &&
         (number.size() == kOld || number.size() == kNew) && number.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool has_random_part(std::string_view text, std::string_view separators) {
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, from), text.size());
    const std::string_view one = text.substr(from, end - from);
    if (!is_aws_id(one) && looks_random(one)) return true;
    from = end + 1;
  }
  return false;
}

// By the words of a parameter's name: "access_token", "api-key", "sig".
bool has_secret_parameter(std::string query) {
  std::transform(query.begin(), query.end(), query.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (std::size_t from = 0; from <= query.size();) {
    const std::size_t end = std::min(query.find_first_of("&=_-.", from), query.size());
    const std::string_view word = std::string_view(query).substr(from, end - from);
    for (const std::string_view secret : {"token", "key", "apikey", "secret", "sig", "signature", "auth", "pass", "password", "code"})
      if (word == secret) return true;
    from = end + 1;
  }
  return false;
}

// Whether whoever knows this URL may send to it.
bool looks_secret(const Url& url) {
  if (!part(url, CURLUPART_USER).empty() || !part(url, CURLUPART_PASSWORD).empty()) return true;
  const std::string host = part(url, CURLUPART_HOST);
  for (const std::string_view service : {"hooks.slack.com", "discord.com", "webhook.office.com", "logic.azure.com", "hooks.zapier.com"})
    if (host == service || host.ends_with("." + std::string(service))) return true;
  const bool is_of_aws = host.ends_with(".amazonaws.com");  // numbers of load balancers and endpoints, which are no secrets
  if (!is_of_aws && !host.starts_with('[') && has_random_part(host, ".")) return true;
  if (has_secret_parameter(part(url, CURLUPART_QUERY))) return true;
  return has_random_part(part(url, CURLUPART_PATH), "/:") || has_random_part(part(url, CURLUPART_QUERY), "&=");
}

Text checked_url(const std::string& text, bool indirect, bool always_secret) {
  const Url url = parsed(text);
  if (!url) {
    // What was meant to be a name of a file or variable may be the secret itself: it is not repeated.
    return error("this is no http or https URL", "write https://HOST/PATH, or @FILE or $VARIABLE that hold such a URL");
  }
  if (!indirect && (always_secret || looks_secret(url))) {
    return error("this URL is a secret, and other users see a command line",
                 "put it into a file and write @FILE, or into a variable and write $VARIABLE in single quotes");
  }
  return text;
}

tl::expected<Target, SourceError> target_of(const Kind& kind, const std::string& name, std::string text, const Environment& environment) {
  Target target;
  target.name = name;
  if (kind.holds == Holds::Key) {
    if (const auto comma = text.find(",url="); comma != std::string::npos) {
      const Text url = checked_url(text.substr(comma + 5), false, false);
      if (!url) return tl::unexpected(url.error());
      target.url = *url;
      text.resize(comma);
    }
    if (!is_indirect(text)) {
      return error("a key on the command line can be seen by other users",
                   fmt::format("put it into a file and write {0}:@FILE, or into a variable and write '{0}:$VARIABLE'", kind.name));
    }
  }
  target.secret = is_indirect(text);
  Text value = resolved(text, environment);
  if (value && kind.holds != Holds::Key) value = checked_url(*value, target.secret, kind.holds == Holds::SecretUrl);
  if (!value) return tl::unexpected(value.error());
  target.value = std::move(*value);
  return target;
}

std::string kind_names() {
  std::string names;
  for (const Kind& kind : kKinds) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return names;
}

}  // namespace

tl::expected<std::unique_ptr<Receiver>, SourceError> receiver_named(const std::string& text, const Environment& environment) {
  const auto colon = text.find(':');
  const std::string_view word = std::string_view(text).substr(0, std::min(colon, text.size()));
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.name == word; });
  if (kind == kKinds.end() || colon == std::string::npos) {
    return error("this names no kind of receiver",
                 fmt::format("write KIND:TARGET, where KIND is one of {}: {}", kind_names(), kKinds.front().example));
  }
  auto target = target_of(*kind, text, text.substr(colon + 1), environment);
  if (!target) {
    return error(fmt::format("{}: {}", kind->name, target.error().reason),
                 fmt::format("{}; for example {}", target.error().hint, kind->example));
  }
  return kind->make(std::move(*target));
}

Text url_named(const std::string& text, const Environment& environment, bool is_seen) {
  const Text value = resolved(text, environment);
  return value ? checked_url(*value, !is_seen || is_indirect(text), false) : value;
}

std::vector<std::string_view> receiver_kinds() {
  std::vector<std::string_view> names;
  for (const Kind& kind : kKinds) names.push_back(kind.name);
  return names;
}

std::string plain(std::string_view text, std::size_t bytes) {
  constexpr std::string_view kEllipsis = "…";
  std::string safe = app::for_terminal(text);
  if (safe.size() <= bytes) return safe;
  safe = app::first_bytes(safe, bytes - kEllipsis.size());
  return safe.append(kEllipsis);
}

std::string headline(const diag::AlertChange& change, std::size_t bytes) {
  const diag::Episode& e = change.episode;
  const std::string_view word = change.kind == diag::ChangeKind::Resolved ? "resolved" : kb::name_of(e.severity);
  return plain(fmt::format("[{}] {}: {}", word, e.subject, e.title), bytes);
}

std::string dumped(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace tunnelscope::live
