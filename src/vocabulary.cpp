#include "src/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <unordered_set>

#include "kb/loader.hpp"

namespace tunnelscope::app {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// What the rules do not happen to say: of IKE, of this program, and the documented values of session records. The last row is what
// stands where a key was.
constexpr std::string_view kMore =
    "above add added ah algorithm bits bound cipher discard discarded drop duplicated exchanges expiring full group hash header "
    "hub idle-timeout implementation incoming initiate initiates jump loaded loading lookups malformed modp next-payload "
    "odd outgoing parse parsing pending prf queue queued reset resets retries retry rotation sequence serial sha spis spoke "
    "started strange stuck tick timestamp total ts unexpected unsupported user-agent vendor vpn waiting warm-up warnings window "
    "activity.av audit.admin certificate.notafter checkin exceeds false networkorhost olm quic relayed security.cybershieldblockeddomains "
    "security.cybershieldblockedtraffic security.logins status.code trojan true udp validated "
    "android chromeos debian fedora gnu ios ipados linux mac macos ubuntu win windows 21h2 22h2 23h2 24h2 25h2 bookworm bullseye "
    "enterprise home monterey pro sequoia server sonoma tahoe trixie ventura "
    "_i _o key removed";
// These stand before a number and are one word with it.
constexpr std::array<std::string_view, 12> kNumbered{"aes", "dh", "group", "ike", "ikev", "ipv", "modp", "phase", "sha", "tunnel", "v", "x"};
constexpr std::array<std::string_view, 9> kUnits{"", "%", "s", "ms", "m", "min", "h", "z", "x"};
constexpr int kMostDigits = 5;

class Vocabulary {
 public:
  Vocabulary() {
    for (std::size_t at = 0; at < kMore.size();) {
      const std::size_t end = std::min(kMore.find(' ', at), kMore.size());
      words_.emplace(kMore.substr(at, end - at));
      at = end + 1;
    }
    for (const kb::MessageRule& rule : kb::built_in().messages) {
      add(rule.explanation);
      for (const kb::Example& example : rule.examples) add(example.line);
    }
  }
  bool has(const std::string& word) const { return words_.contains(word); }

 private:
  // Words with digits are addresses, ids and names of the examples.
  void add(std::string_view text) {
    constexpr std::string_view kInner = "-_";
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at;
      while (end < text.size() && std::string_view(" \t\n\"'()[]{}<>,;:=|/").find(text[end]) == std::string_view::npos) ++end;
      std::string_view word = text.substr(at, end - at);
      at = end + 1;
      while (!word.empty() && !is_letter(word.back())) word.remove_suffix(1);
      const bool plain = std::all_of(word.begin(), word.end(), [&](char c) { return is_letter(c) || kInner.find(c) != std::string_view::npos; });
      if (!word.empty() && plain) words_.insert(lowered(word));
    }
  }

  std::unordered_set<std::string> words_;
};

// Of a word "aes256" the part before its first digit; how many digits there are, and what follows the last.
struct Numbered {
  std::string head, tail;
  int digits = 0;
  bool only_points_between = true;
};

Numbered parts_of(std::string_view word) {
  Numbered n;
  for (std::size_t at = 0; at < word.size();) {
    const bool masked = word.substr(at).starts_with(kMaskedDigit);
    if (masked || is_digit(word[at])) {
      n.only_points_between = n.only_points_between && n.tail.find_first_not_of(".-+") == std::string::npos;
      n.tail.clear();
      ++n.digits;
      at += masked ? kMaskedDigit.size() : 1;
      continue;
    }
    (n.digits == 0 ? n.head : n.tail) += word[at++];
  }
  return n;
}

// "2026-04-13", and "2026-04-13t22", of which the rest stands behind a colon.
bool is_date(std::string_view word) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  const auto fits = [](char form, char c) { return form == 'd' ? is_digit(c) : c == form; };
  return word.size() >= kForm.size() && word.size() <= kForm.size() + 3 && std::equal(kForm.begin(), kForm.end(), word.begin(), fits) &&
         (word.size() == kForm.size() || (word[kForm.size()] == 't' && word.find_first_not_of("0123456789", kForm.size() + 1) == std::string_view::npos));
}

template <class Words>
bool is_one_of(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool is_known_word(std::string_view word) {
  static const Vocabulary vocabulary;
  constexpr std::size_t kLongest = 64;
  if (word.size() > kLongest) return false;
  const std::string lower = lowered(word);
  const Numbered n = parts_of(lower);
  if (vocabulary.has(lower) || is_date(lower)) return true;
  if (n.digits == 0) return false;
  const bool is_number = n.head.find_first_not_of("-+.") == std::string::npos && is_one_of(kUnits, n.tail);
  return n.digits <= kMostDigits && n.only_points_between && (is_number || (n.tail.empty() && is_one_of(kNumbered, n.head)));
}

}  // namespace tunnelscope::app
