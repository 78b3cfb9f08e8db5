#include "src/config/ipsec_secrets.hpp"

#include <algorithm>

#include "src/config/key_text.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config {
namespace {

constexpr std::size_t kMaxIncludes = 16, kMostFiles = 1000, kMostKeys = 100'000;

struct Token {
  std::string text;
  bool quoted = false;
  Where where;
  bool cut = false;  // its end may be missing
};

const std::vector<std::string_view> kKinds = {"PSK", "RSA", "ECDSA", "EAP", "XAUTH", "NTLM", "PKCS8", "PKCS12", "P12", "PIN", "BLISS",
    "PPKS", "SHARE"};

std::string upper(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return word;
}

class Secrets {
 public:
  Secrets(const Include& include, const SecretsDialect& dialect, std::vector<Problem>& problems)
      : include_(include), dialect_(dialect), problems_(problems) {}

  // `from`: the include that names it, if one does.
  void read(const Source& source, const Where& from) {
    if (std::find(open_.begin(), open_.end(), source.path) != open_.end())
      return fail(from, "the file includes itself, by way of " + source.path, "remove one of the includes");
    if (++files_ > kMostFiles || open_.size() > kMaxIncludes) return fail(from, "too many includes");
    open_.push_back(source.path);
    const Text before = text_;
    text_ = {source.path, source.text, 0, 1, 0};
    while (skip_space(true)) entry();
    text_ = before;
    open_.pop_back();
  }

  std::vector<model::Key> keys;
  std::string incomplete;
  bool found_none = false;  // an include named no file: there may be some where the daemon runs

 private:
  struct Text {
    std::string path;
    std::string_view all;
    std::size_t at = 0, line = 1, line_start = 0;
  };

  char now() const { return text_.all[text_.at]; }
  bool ended() const { return text_.at >= text_.all.size(); }
  Where here() const { return {text_.path, text_.line, text_.at - text_.line_start + 1}; }

  void step() {
    if (text_.all[text_.at++] == '\n') ++text_.line, text_.line_start = text_.at;
  }

  void skip_line() {
    while (!ended() && now() != '\n') step();
  }

  // False: nothing is left, or, without `lines`, nothing in this line.
  bool skip_space(bool lines) {
    while (!ended()) {
      const bool comment = now() == '#' && (text_.at == 0 ||
          std::string_view(" \t\r\n").find(text_.all[text_.at - 1]) != std::string_view::npos);
      if (comment) skip_line();
      else if (now() == ' ' || now() == '\t' || now() == '\r') step();
      else if (now() == '\n' && lines) step();
      else return now() != '\n';
    }
    return false;
  }

  Token token() {
    Token read{{}, now() == '"' || now() == '\'', here()};
    if (!read.quoted) {
      for (; !ended() && std::string_view(" \t\r\n").find(now()) == std::string_view::npos; step()) read.text += now();
      read.cut = ended();
      return read;
    }
    const char mark = now();
    for (step(); !ended() && now() != mark && now() != '\n'; step()) read.text += now();
    if (!ended() && now() == mark) step();
    else unclosed(read);
    return read;
  }

  void unclosed(Token& read) {
    read.cut = true;
    report_unread(problems_, read.where, "the quotation mark is not closed in its line",
                  "close it, or put the whole key into one line");
  }

  void fail(const Where& where, std::string reason, std::string hint = "give the file beside this one, or remove the include") {
    report_unread(problems_, where, std::move(reason), std::move(hint));
    incomplete = "an include of the secrets could not be read";
  }

  // Selectors, a colon, a kind, and for the kinds that are read a secret.
  void entry() {
    const Where where = here();
    std::vector<Token> selectors;
    while (skip_space(true)) {
      Token next = token();
      if (!next.quoted && selectors.empty() && next.text == "include") return include();
      if (!next.quoted && next.text.starts_with(':') && (next.text.size() == 1 || next.text.find(':', 1) == std::string::npos))
        return secret(selectors, next.text.size() > 1 ? next.text.substr(1) : "", where);
      const bool attached = !next.quoted && next.text.ends_with(':') && next.text.find(':') == next.text.size() - 1;
      if (attached) next.text.pop_back();
      selectors.push_back(std::move(next));
      if (attached) return secret(selectors, "", where);
    }
    for (Token& one : selectors) model::wipe(one.text);
    if (selectors.empty()) return;
    report_unread(problems_, where, "no colon follows: not a secret", "write `SELECTORS : PSK \"KEY\"`");
    incomplete = "the secrets end within an entry";
  }

  void include() {
    const Where where = here();
    if (!skip_space(false)) return fail(where, "an include that names no file");
    const Token pattern = token();
    auto files = include_(pattern.text, text_.path);
    if (!files) return fail(pattern.where, "the included file cannot be read: " + files.error());
    if (files->empty()) found_none = true;
    for (Source& file : *files) {
      read(file, pattern.where);
      model::wipe(file.text);
    }
  }

  void secret(const std::vector<Token>& selectors, std::string kind, const Where& where) {
    const Where behind = here();
    if (kind.empty() && skip_space(true)) kind = token().text;
    if (dialect_.any_case) kind = upper(std::move(kind));
    if (kind == "PSK") return pre_shared_key(selectors, where);
    if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end()) {
      report_unread(problems_, behind, "unknown kind of secret", nearest_of(kind, kKinds));
      add_key(selectors, Value<model::Secret>::unknown("the kind of the secret is unknown", where), where);
    }
    model::wipe(kind);
    skip_other();
  }

  // To the end of the line, or of the braces that open in it.
  void skip_other() {
    std::size_t depth = 0;
    for (; !ended() && (now() != '\n' || depth > 0); step()) {
      if (now() == '{') ++depth;
      if (now() == '}' && depth > 0) --depth;
    }
  }

  void pre_shared_key(const std::vector<Token>& selectors, const Where& where) {
    if (!skip_space(true)) {
      report_unread(problems_, where, "the file ends before the key", "write the key behind `PSK`, in quotation marks");
      return add_key(selectors, Value<model::Secret>::unknown(kCutOff, where), where);
    }
    Token written = token();
    skip_line();
    add_key(selectors, secret_of(std::move(written)), where);
  }

  void add_key(const std::vector<Token>& selectors, Value<model::Secret> secret, const Where& where) {
    if (keys.size() >= kMostKeys) {
      incomplete = "there are too many keys";
      return;
    }
    model::Key key{std::move(secret), {}, where};
    for (const Token& selector : selectors)
      if (const auto owner = dialect_.identity(selector.text)) key.owners.push_back(*owner);
      else key.secret = Value<model::Secret>::unknown("whom it is for cannot be told", selector.where);
    keys.push_back(std::move(key));
  }

  Value<model::Secret> secret_of(Token&& written) {
    const Where where = written.where;
    if (written.cut) {
      if (!written.quoted) report_unread(problems_, where, "the file ends within the key or right behind it",
          "end its last line with a line break, if it is whole");
      model::wipe(written.text);
      return Value<model::Secret>::unknown(kCutOff, where);
    }
    if (is_masked(written.text)) return Value<model::Secret>::unknown(kMaskedKey, where);
    if (written.quoted) return Value<model::Secret>::stated(literal_key(std::move(written.text)), where);
    if (written.text.starts_with("0t")) return Value<model::Secret>::stated(literal_key(written.text.substr(2)), where);
    const bool encoded = written.text.starts_with("0x") || written.text.starts_with("0s");
    auto secret = encoded || dialect_.bare_text ? decoded_key(std::move(written.text)) : std::nullopt;
    model::wipe(written.text);
    if (secret) return Value<model::Secret>::stated(std::move(*secret), where);
    report_unread(problems_, where, encoded ? "the key is not what its beginning says" : "a key without quotation marks and without an encoding",
           "put it into quotation marks; after `0x` come hexadecimal digits, after `0s` Base64");
    return Value<model::Secret>::unknown("it cannot be decoded", where);
  }

  const Include& include_;
  const SecretsDialect& dialect_;
  std::vector<Problem>& problems_;
  std::vector<std::string> open_;
  std::size_t files_ = 0;
  Text text_;
};

// The first words of the file without its comments and includes; an entry may go on in indented lines.
std::vector<std::string> first_words(std::string_view text) {
  constexpr std::size_t kMostWords = 64;
  std::vector<std::string> first;
  for (std::size_t at = 0; at < text.size() && first.size() < kMostWords;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const bool continues = text[at] == ' ' || text[at] == '\t';
    auto words = words_of(text.substr(at, end - at), {});
    at = end + 1;
    if (words.empty() || words.front().text.starts_with('#') || words.front().text == "include") continue;
    if (!continues && !first.empty()) break;
    for (Word& word : words) first.push_back(std::move(word.text));
  }
  return first;
}

// As distributions install it: nothing but an include of files whose names say what they are.
bool only_includes(std::string_view text) {
  bool any = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const auto words = words_of(text.substr(at, end - at), {});
    at = end + 1;
    if (words.empty() || words.front().text.starts_with('#')) continue;
    if (words.front().text != "include" || words.size() < 2 || !words[1].text.ends_with("secrets")) return false;
    any = true;
  }
  return any;
}

// An entry with a colon and a kind behind it, in whatever case.
bool recognises(const Content& content) {
  std::vector<std::string> words = first_words(content.text());
  bool found = !words.empty() && upper(words.front()).starts_with(":PSK");
  for (std::size_t i = 0; i + 1 < words.size() && !found; ++i)
    found = words[i].ends_with(':') && std::find(kKinds.begin(), kKinds.end(), upper(words[i + 1])) != kKinds.end();
  found = found || only_includes(content.text());
  for (std::string& word : words) model::wipe(word);
  return found;
}

}  // namespace

Value<std::vector<model::Key>> read_ipsec_secrets(const Surroundings& around, const std::string& asked_for, const SecretsDialect& dialect,
                                                  std::vector<Problem>& problems) {
  using Keys = Value<std::vector<model::Key>>;
  if (around.secrets.empty()) return Keys::unknown("no secrets were given", {asked_for, 0, 0});
  Secrets secrets(around.include, dialect, problems);
  for (const Source& file : around.secrets) secrets.read(file, {file.path, 0, 0});
  const Where where{around.secrets.front().path, 1, 1};
  if (!secrets.incomplete.empty()) return Keys::unknown(secrets.incomplete, where);
  if (secrets.keys.empty() && secrets.found_none) return Keys::unknown("they are in files that were not given", where);
  return Keys::stated(std::move(secrets.keys), where);
}

const Kind kIpsecSecrets = {"ipsec-secrets", "ipsec.secrets of strongSwan or Libreswan", model::Side::Gateway, true, recognises, nullptr};

}  // namespace tunnelscope::config
