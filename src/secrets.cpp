// A word that announces a key, then filler words, then the value. After a colon, an equals sign, a tag or a quote any
// value is taken for a key; after a mere blank, any word that is not prose ("psk mismatch with cgw" stays).
// Rather a word too many is removed than a key too few: a reader can look a word up in the log itself.
#include "src/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <iterator>
#include <optional>

#include "src/vocabulary.hpp"

namespace tunnelscope::app {
namespace {

// Blanks, hyphens and underscores within a word are optional: "pre-shared key" is also PreSharedKey and pre_shared_key.
constexpr std::array<std::string_view, 14> kAnnouncers{
    "pre shared key", "pre shared secret", "preshared key", "psk secret", "shared secret", "shared key",
    "isakmp key",     "pass word",         "pass phrase",   "passwd",     "secret",        "psk",
    "authentication key", "key string"};
constexpr std::array<std::string_view, 24> kFillers{
    "value", "of",  "local", "remote", "key",        "enc",     "0",     "6",   "8",    "ascii-text", "hexadecimal", "address",
    "ascii", "hex", "text",  "psk",    "plain-text", "cleartext", "the", "new", "old", "string",     "-",           "->"};
// What follows one of these is a value, even after prose ("psk of gw1 is ...").
constexpr std::array<std::string_view, 19> kVerbs{"is",     "was",  "are",   "were",    "be",       "received",   "expected",
                                                  "sent",   "got",  "stored", "calculated", "computed", "configured", "equals",
                                                  "wanted", "using", "used", "saw",     "set"};
// Words of logs that follow an announcer and are no key. An unknown word is taken for one.
constexpr std::string_view kProse =
    " a about absent accepted active administrator after again against agreed algorithm all allowed already also an and any "
    "assigned at attempt attempts auth authenticate authenticated authentication aws based because been before being "
    "between blank both but by cgw change changed changes check checked client cloud comparison configuration configure "
    "contains correct could customer decryption denied did differ different differs disabled do does down empty enabled error errors "
    "exceeded exchange exist exists expired expires failed fails failure file first fix for format found from gateway had has "
    "have host id identical identity if ignored ike ikev1 ikev2 in incorrect initiator invalid invalidated it its key "
    "keys last length less limit loaded lookup mac made malformed manager match matched matches matching may method mis-match mismatch "
    "mismatched mismatches mismatching missing mode must name never no none not null off on one ones only or other our "
    "over pair peer peers permitted policy present problem proof provided psk-mismatch rather read reason reasons refused rejected "
    "removed replaced request required reset responder retrieved rotated rotation same say says secrets security selected "
    "server session shared should side so store successful successfully that their them then there these they this "
    "times to too tunnel tunnel's type unavailable unchanged unknown unset unsuccessful up update updated user "
    "using valid validated validation verification verified verify vpn were when where whether which while will with "
    "within without wrong xxxx you your ";
// What shapes have for values.
constexpr std::array<std::string_view, 6> kMasks{"<n>", "<ip>", "<hex>", "<text>", "<id>", "<time>"};
constexpr std::string_view kToken = "token", kBearer = "bearer";  // tokens may follow
constexpr std::string_view kBareKey = "key";                      // a key may follow
constexpr std::string_view kJsonKey = "\"key\"";
constexpr std::array<std::string_view, 2> kSealings{"$9$", "$8$"};  // keys as Junos shows them; `$9$` is no more than veiled
constexpr std::string_view kMaskedName = "<text>\"";  // what shapes have for the name of a JSON member
constexpr int kMostWords = 8;               // between an announcer and its value
constexpr std::size_t kLongestTagged = 512;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_joint(char c) { return c == ' ' || c == '-' || c == '_' || c == '\t'; }

// How many characters of `text` the announcer takes; 0: it does not begin with it.
std::size_t announced(std::string_view text, std::string_view announcer) {
  std::size_t at = 0;
  for (const char c : announcer) {
    if (c == ' ') {
      while (at < text.size() && is_joint(text[at])) ++at;
      continue;
    }
    if (at >= text.size() || lower(text[at]) != c) return 0;
    ++at;
  }
  while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0) ++at;  // psk1
  if (text.substr(at).starts_with("<n>")) at += 3;
  return at < text.size() && is_word(text[at]) ? 0 : at;
}

bool equals(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == y; });
}

bool is_address(std::string_view word) {
  return word.size() >= 3 && word.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string_view::npos &&
         word.find_first_of(".:") != std::string_view::npos;
}

bool is_prose(std::string_view word) {
  while (!word.empty() && std::string_view(".:!?)]}").find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  std::string padded(" ");
  std::transform(word.begin(), word.end(), std::back_inserter(padded), lower);
  return word.empty() || kProse.find(padded + " ") != std::string_view::npos;
}

std::size_t mask_at(std::string_view text, std::size_t at) {
  for (const std::string_view mask : kMasks) {
    if (text.substr(at).starts_with(mask)) return mask.size();
  }
  return 0;
}

bool is_aws_id(std::string_view word) {
  return std::any_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(word.size(), 5)),
                     [](char c) { return c == '-'; }) &&
         (word.starts_with("vpn-") || word.starts_with("cgw-") || word.starts_with("vgw-") || word.starts_with("tgw-"));
}

// "2026-11-02"
bool is_date(std::string_view word) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  return word.size() == kForm.size() && std::equal(word.begin(), word.end(), kForm.begin(), [](char c, char form) {
    return form == 'd' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == form;
  });
}

// Prose is letters alone; keys mix letters and digits, or are marked as encoded.
bool looks_like_key(std::string_view word) {
  if (word.size() < 6 || is_address(word) || is_aws_id(word)) return false;
  if (word.starts_with("0x") || word.starts_with("0s") || word.starts_with("$9$")) return true;
  const auto any = [word](auto test) { return std::any_of(word.begin(), word.end(), test); };
  const bool digit = any([](unsigned char c) { return std::isdigit(c) != 0; }) || word.find("<n>") != std::string_view::npos;
  const bool letter = any([](unsigned char c) { return std::isalpha(c) != 0; });
  return digit && letter;
}

// The end of a word of which masks are a part: "Monkey<n>Tiger". Shapes have masks where keys had digits.
std::size_t word_end(std::string_view text, std::size_t at, std::string_view ends) {
  while (at < text.size()) {
    if (const std::size_t mask = mask_at(text, at); mask > 0) {
      at += mask;
    } else if (ends.find(text[at]) != std::string_view::npos) {
      break;
    } else {
      ++at;
    }
  }
  return at;
}

struct Value {
  std::size_t start, end;
};

template <class Words>
bool one_of(const Words& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](auto w) { return equals(word, w); });
}

// Looks for one value from a place on. `prose`: something that is no key stood between it and the announcer.
class Search {
 public:
  Search(std::string_view text, std::size_t at, bool prose) : text_(text), at_(at), prose_(prose) {}

  // start == end: there is none.
  Value run() {
    for (int words = 0; at_ < text_.size() && words < kMostWords;) {
      const char c = text_[at_];
      if (text_.substr(at_).starts_with(kKeyRemoved)) break;
      if (c == ' ' || c == '\t') {
        ++at_;
      } else if (mask_at(text_, at_) == 0 && std::string_view(":=>").find(c) != std::string_view::npos) {
        if (c == '>' && !prose_ && !marked_) return tagged();
        marked_ = marked_ || !prose_;
        ++at_;
      } else if (c == '<' && mask_at(text_, at_) == 0 && !text_.substr(at_).starts_with("</")) {
        marked_ = marked_ || !prose_;
        ++at_;
      } else if (!marked_ && std::string_view("([{)]},").find(c) != std::string_view::npos) {
        ++at_;
      } else if (c == '"' || c == '\'' || escaped_quote()) {
        if (const auto value = quoted()) return *value;
        ++words;
      } else {
        const auto value = word();
        if (value) return *value;
        ++words;
      }
    }
    return {at_, at_};
  }

 private:
  bool escaped_quote() const { return text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '"'; }

  Value tagged() {
    const std::size_t begin = at_ + 1;
    const std::size_t close = text_.substr(begin, kLongestTagged).find("</");
    return {begin, close == std::string_view::npos ? word_end(text_, begin, " \t\r\n<") : begin + close};
  }

  std::optional<Value> quoted() {
    const std::string_view quote = escaped_quote() ? std::string_view("\\\"") : text_.substr(at_, 1);
    const std::size_t begin = at_ + quote.size();
    const std::size_t after = text_.find_first_not_of(" \t", begin);
    if (after != std::string_view::npos && (text_[after] == ':' || text_[after] == '=')) {
      at_ = begin;  // the quote that ends a JSON name
      return std::nullopt;
    }
    const std::size_t end = std::min(text_.find(quote, begin), text_.size());
    if (!prose_ || verb_ || text_.substr(begin).starts_with(kKeyRemoved)) {
      if (text_.substr(begin).starts_with(kKeyRemoved)) return Value{end, end};
      return Value{begin, end};
    }
    at_ = std::min(end + quote.size(), text_.size());
    return std::nullopt;
  }

  std::optional<Value> word() {
    const Value none{at_, at_};
    const std::size_t start = at_;
    std::size_t end = word_end(text_, at_, marked_ ? " \t\r\n\"'<>" : " \t\r\n\"'<>,;:=)");
    const bool address = is_address(text_.substr(start, end - start)) || is_address(up_to_port(start));
    if (address && !marked_) end = std::max(end, start + up_to_port(start).size());
    while (end > start && std::string_view(",;.)]}").find(text_[end - 1]) != std::string_view::npos) --end;
    if (end == start) return none;
    const std::string_view word = text_.substr(start, end - start);
    const bool masked_address = word == "<ip>";
    const bool apart = text_[start - 1] == ' ' || text_[start - 1] == '\t' || text_[start - 1] == '(' ||
                       text_[start - 1] == '[';  // not "psk-mismatch-ikev2.log"
    if (!marked_ && !apart) return none;
    at_ = end;
    if (one_of(kVerbs, word)) {
      verb_ = true;
      return std::nullopt;
    }
    if (one_of(kFillers, word) || ((address || masked_address) && !marked_)) return std::nullopt;
    if (marked_) return Value{start, end};
    if (is_prose(word) || is_aws_id(word) || is_date(word) || is_count(start, end)) {
      prose_ = true;
      verb_ = false;
    } else if (!prose_ || verb_ || looks_like_key(word)) {
      return Value{start, end};
    }
    if (at_ < text_.size() && text_[at_] == ';') return none;
    return std::nullopt;
  }

  // "(4)", as how often something was. No key is as short.
  bool is_count(std::size_t start, std::size_t end) const {
    constexpr std::size_t kMostDigits = 3;
    return end - start <= kMostDigits && start > 0 && text_[start - 1] == '(' && end < text_.size() && text_[end] == ')' &&
           text_.substr(start, end - start).find_first_not_of("0123456789") == std::string_view::npos;
  }

  // An address with its port or prefix length.
  std::string_view up_to_port(std::size_t start) const {
    const std::size_t end = std::min(text_.find_first_not_of("0123456789abcdefABCDEF.:/", start), text_.size());
    std::string_view found = text_.substr(start, end - start);
    while (!found.empty() && (found.back() == '.' || found.back() == ':')) found.remove_suffix(1);
    const bool whole = end == text_.size() || !is_word(text_[end]);
    return whole && is_address(found) ? found : std::string_view{};
  }

  std::string_view text_;
  std::size_t at_;
  bool prose_, marked_ = false, verb_ = false;
};

std::size_t past_quote(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

// A shape hides the name of a JSON member as "<text>"; a bare value with letters behind it may be a key.
Value behind_masked_name(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with(kMaskedName)) return {at, at};
  const std::size_t mark = text.find_first_not_of(" \t", at + kMaskedName.size());
  if (mark == std::string_view::npos || (text[mark] != ':' && text[mark] != '=')) return {at, at};
  const std::size_t start = std::min(text.find_first_not_of(" \t", mark + 1), text.size());
  std::size_t end = word_end(text, start, " \t\r\n\"");
  while (end > start && std::string_view(",;.)]}").find(text[end - 1]) != std::string_view::npos) --end;
  bool letters = false;
  for (std::size_t i = start; i < end && !letters; ++i) {
    if (const std::size_t mask = mask_at(text, i); mask > 0) {
      i += mask - 1;
    } else {
      letters = is_word(text[i]);
    }
  }
  const std::string_view value = text.substr(start, end - start);
  const bool literal = value == "true" || value == "false" || value == "null" || value.starts_with(kKeyRemoved.substr(0, 4));
  return letters && !literal ? Value{start, end} : Value{at, at};
}

constexpr int kMostValues = 4;  // "expected ..., got ..."

bool is_token_part(char c) { return is_word(c) || std::string_view("._~+/=-").find(c) != std::string_view::npos; }

// Tokens are long and mix letters and digits: "token-expired" and "Invalid token" are words of logs.
bool looks_like_token(std::string_view word) {
  constexpr std::size_t kShortest = 12, kLongForWords = 32;
  return word.size() >= kShortest && (looks_like_key(word) || word.size() >= kLongForWords);
}

// `"key": "..."` at `at`, whatever the value.
Value behind_json_key(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with(kJsonKey)) return {at, at};
  std::size_t next = text.find_first_not_of(" \t", at + kJsonKey.size());
  if (next == std::string_view::npos || text[next] != ':') return {at, at};
  next = text.find_first_not_of(" \t", next + 1);
  if (next == std::string_view::npos || text[next] != '"') return {at, at};
  return {next + 1, std::min(text.find('"', next + 1), text.size())};
}

// What follows "token" or "Bearer" at `at`, when it looks like one.
Value behind_token(std::string_view text, std::size_t at) {
  for (const std::string_view name : {kToken, kBearer}) {
    if (!equals(text.substr(at, name.size()), name)) continue;
    const std::size_t from = text.find_first_not_of(" \t\"':=", at + name.size());
    if (from == std::string_view::npos || from == at + name.size()) continue;
    std::size_t end = from;
    for (std::size_t mask = 0; end < text.size() && ((mask = mask_at(text, end)) > 0 || is_token_part(text[end]));) end += std::max<std::size_t>(mask, 1);
    if (looks_like_token(text.substr(from, end - from))) return {from, end};
  }
  return {at, at};
}

// The word after a bare "key" at `at` ("for peer gw1 key abc"), unless logs are known to say it there ("key exchange").
Value behind_bare_key(std::string_view text, std::size_t at) {
  constexpr std::size_t kShortest = 6;
  const bool begins = at == 0 || (!is_word(text[at - 1]) && text[at - 1] != '-' && text[at - 1] != '_' && text[at - 1] != '.');
  const bool removed = at > 0 && text.substr(at - 1).starts_with(kKeyRemoved);
  if (!begins || removed || !equals(text.substr(at, kBareKey.size()), kBareKey)) return {at, at};
  const std::size_t from = text.find_first_not_of(" \t\"':=", at + kBareKey.size());
  if (from == std::string_view::npos || from == at + kBareKey.size()) return {at, at};
  std::size_t end = word_end(text, from, " \t\r\n\"'<>");
  while (end > from && std::string_view(",;.:!)]}").find(text[end - 1]) != std::string_view::npos) --end;
  const std::string_view word = text.substr(from, end - from);
  const bool said = is_prose(word) || is_known_word(word) || is_address(word) || is_aws_id(word) || word.find_first_of("([{=") == 0;
  return word.size() < kShortest || said || word.starts_with(kKeyRemoved.substr(0, 4)) ? Value{at, at} : Value{from, end};
}

// A whole word that says by its beginning that it is a sealed key.
Value sealed_key(std::string_view text, std::size_t at) {
  const bool begins = at == 0 || !is_word(text[at - 1]);
  for (const std::string_view sealing : kSealings)
    if (begins && text.substr(at).starts_with(sealing)) return {at, word_end(text, at, " \t\r\n\"'<>;,)]}")};
  return {at, at};
}

std::string without_tokens(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char first = lower(text[i]);
    if (first != '"' && first != 't' && first != 'b' && first != 'k' && first != '$') continue;
    const Value value = first == '"' ? behind_json_key(text, i)
                        : first == 'k' ? behind_bare_key(text, i)
                        : first == '$' ? sealed_key(text, i)
                                       : behind_token(text, i);
    if (value.start >= value.end) continue;
    out.append(text.substr(copied, value.start - copied)).append(kKeyRemoved);
    copied = value.end;
    i = value.end - 1;
  }
  return out.append(text.substr(copied));
}

std::string with_keys_removed(std::string_view original) {
  const std::string text_without = without_tokens(original);
  const std::string_view text = text_without;
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char first = lower(text[i]);
    if (first == '<') {
      const Value value = behind_masked_name(text, i);
      if (value.start >= value.end) continue;
      out.append(text.substr(copied, value.start - copied)).append(kKeyRemoved);
      copied = value.end;
      i = value.end - 1;
      continue;
    }
    const bool begins = std::string_view("psiak").find(first) != std::string_view::npos && (i == 0 || !is_word(text[i - 1]) ||
                         (std::isupper(static_cast<unsigned char>(text[i])) != 0));
    if (!begins) continue;
    for (const std::string_view announcer : kAnnouncers) {
      const std::size_t length = announced(text.substr(i), announcer);
      if (length == 0) continue;
      const std::size_t after = i + length;
      const bool closes = i > 0 && text[i - 1] == '/' && after < text.size() && text[after] == '>';  // </psk>
      std::size_t next = after;
      for (int values = 0; values < kMostValues && !closes; ++values) {
        const Value value = Search(text, next, values > 0).run();
        if (value.start >= value.end) break;
        out.append(text.substr(copied, value.start - copied)).append(kKeyRemoved);
        copied = next = value.end;
        if (text[value.start - 1] == '"' || text[value.start - 1] == '\'') next = past_quote(text, next);
      }
      i = next - 1;
      break;
    }
  }
  return out.append(text.substr(copied));
}

// A bit for each word that may stand before a key: which of them have a given character, in either case, in first, second and
// third place.
class Beginnings {
 public:
  constexpr Beginnings() {
    std::uint32_t bit = 1;
    for (const std::string_view word : kAnnouncers) add(word, bit), bit <<= 1;
    for (const std::string_view word : {kToken, kBearer, kBareKey, kJsonKey, kMaskedName, kSealings[0], kSealings[1]}) add(word, bit), bit <<= 1;
  }
  constexpr bool any_in(std::string_view text) const {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
      if ((first_[place(text[i])] & second_[place(text[i + 1])] & third_[place(text[i + 2])]) != 0) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t place(char c) { return static_cast<unsigned char>(c); }
  static constexpr void set(std::array<std::uint32_t, 256>& table, char c, std::uint32_t bit) {
    table[place(c)] |= bit;
    if (c >= 'a' && c <= 'z') table[place(c) - 'a' + 'A'] |= bit;
  }
  constexpr void add(std::string_view word, std::uint32_t bit) { set(first_, word[0], bit), set(second_, word[1], bit), set(third_, word[2], bit); }

  std::array<std::uint32_t, 256> first_{}, second_{}, third_{};
};
constexpr Beginnings kBeginnings;

}  // namespace

std::string without_keys(std::string_view text) { return kBeginnings.any_in(text) ? with_keys_removed(text) : std::string(text); }

void remove_keys(std::string& text) {
  if (kBeginnings.any_in(text)) text = with_keys_removed(text);
}

}  // namespace tunnelscope::app
