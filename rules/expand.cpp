// Turns a pattern source into PCRE2, item by item: an item is a character, escape, class, group or shorthand with
// its quantifier. Whatever would reach beyond its own pattern (numbered groups, back references, verbs, global
// options) is refused, so that a rule means the same alone and among others.
#include <algorithm>
#include <array>
#include <cctype>

#include "rules/expansion.hpp"

namespace tunnelscope::rules {
namespace {

constexpr std::size_t kMaxSource = 4096;
constexpr std::size_t kMaxName = 32;   // PCRE2's own limit
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxLiteral = 32;  // of a long literal the end tells more: rules begin alike

// Every dash (Pd), minus, soft hyphen, hyphenation point; then bullets, middle dots, asterisk and colons.
constexpr std::string_view kDash = R"(\p{Pd}\x{AD}\x{2027}\x{2212})";
constexpr std::string_view kBullet =
    R"(*:\x{B7}\x{2022}\x{2023}\x{2043}\x{204C}\x{204D}\x{2219}\x{22C5}\x{25AA}\x{25AB}\x{25CB}\x{25CF}\x{25E6}\x{30FB}\x{A789}\x{FE55}\x{FF1A})";
constexpr std::string_view kQuoteMarks = R"("'`\x{AB}\x{BB}\x{2018}-\x{201F}\x{2039}\x{203A}\x{FF02}\x{FF07})";

// The documentation's stand-ins for a value: xxxx, n, {retry_count}, <n>, ****.
constexpr std::string_view kPlaceholder = R"(x+|n|\{\w[\w .-]*+\}|<\w[\w .-]*+>|\*{2,})";
constexpr std::string_view kIpv4 = R"((?:[0-9]{1,3}\.){3}[0-9]{1,3})";
// At least two colons; never ends in a single one, which belongs to the sentence.
constexpr std::string_view kIpv6 =
    R"((?=[0-9a-f]{0,4}:[0-9a-f]{0,4}:)(?:(?:::)?[0-9a-f]{1,4}(?:::?[0-9a-f]{1,4}){0,7}+(?:[:.][0-9]{1,3}(?:\.[0-9]{1,3}){2,3}|::)?|::)(?:%\w+)?)";

struct TypeRow {
  CaptureType type;
  std::string_view name;
};
constexpr std::array<TypeRow, 6> kTypes{{{CaptureType::Int, "int"},
                                         {CaptureType::Hex, "hex"},
                                         {CaptureType::Address, "address"},
                                         {CaptureType::Quoted, "quoted"},
                                         {CaptureType::Word, "word"},
                                         {CaptureType::Text, "text"}}};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_alnum(char c) { return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z'); }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// What a capture of this type matches, with `open` ("(?<name>") in place. `last`: nothing follows in the pattern.
std::string capture_text(CaptureType type, const std::string& open, bool last) {
  const auto valued = [&](std::string_view value) {
    return open + std::string(value) + "|" + std::string(kPlaceholder) + ")";
  };
  switch (type) {
    case CaptureType::Int: return valued("[0-9]++");
    case CaptureType::Hex: return valued("(?:0x)?+(?:[0-9a-f]++|x{2,})");
    case CaptureType::Address: return valued(std::string(kIpv4) + "|" + std::string(kIpv6));
    case CaptureType::Quoted:
      return "\\\\*+[" + std::string(kQuoteMarks) + "]" + open + ".*?)\\\\*+[" + std::string(kQuoteMarks) + "]";
    case CaptureType::Word: return open + "\\S+)";
    case CaptureType::Text: return open + (last ? ".+)" : ".+?)");
  }
  return {};
}

class Parser {
 public:
  explicit Parser(std::string_view source) : source_(source) {}

  tl::expected<Parsed, PatternError> run() {
    if (source_.empty()) return fail(0, "the pattern is empty");
    if (source_.size() > kMaxSource) return fail(kMaxSource, "the pattern is longer than 4096 bytes");
    if (is_blank(source_.front())) return fail(0, "a pattern cannot begin with a blank");
    if (is_blank(source_.back())) return fail(source_.size() - 1, "a pattern cannot end with a blank");
    begin_branch();
    while (at_ < source_.size() && !error_) item();
    if (!error_ && !open_.empty()) set_error(open_.back(), "missing closing parenthesis");
    if (error_) return tl::unexpected(*error_);
    end_branch();
    return std::move(parsed_);
  }

 private:
  tl::expected<Parsed, PatternError> fail(std::size_t offset, std::string reason) {
    return tl::unexpected(PatternError{std::move(reason), offset});
  }
  void set_error(std::size_t offset, std::string reason) {
    if (!error_) error_ = PatternError{std::move(reason), offset};
  }
  bool top_level() const { return open_.empty(); }
  std::string_view rest() const { return source_.substr(at_); }

  void emit(std::string_view text, std::size_t from) {
    parsed_.body.append(text);
    parsed_.source_at.insert(parsed_.source_at.end(), text.size(), from);
  }
  // Copies source bytes; each maps to itself.
  void copy(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) emit(source_.substr(at_ + i, 1), at_ + i);
    at_ += count;
  }

  void item() {
    const char c = source_[at_];
    if (c == '|') return bar();
    if (c == '(') return open_group();
    if (c == ')') return close_group();
    if (is_blank(c)) return blank();
    if (c == '{') return capture();
    if (c == '[') return character_class();
    if (c == '\\') return escape();
    if (c == '"') return shorthand(std::string("\\\\*+[") + std::string(kQuoteMarks) + "]{1,2}", 1, '\0');
    if (c == '-' && inside_word()) return shorthand("[" + std::string(kDash) + "]", 1, '-');
    if (is_quantifier_at(at_)) return set_error(at_, "quantifier does not follow a repeatable item");
    literal();
  }

  void bar() {
    if (top_level()) end_branch();
    copy(1);
    if (top_level()) begin_branch();
  }

  void open_group() {
    // The kinds that stay inside their own parentheses.
    constexpr std::array<std::string_view, 8> kKinds{"?:", "?=", "?!", "?<=", "?<!", "?>", "?i:", "?-i:"};
    const std::string_view after = source_.substr(at_ + 1);
    std::size_t length = 1;
    if (after.starts_with('*')) return set_error(at_, "verbs such as (*LIMIT) are not part of the pattern language");
    if (after.starts_with('?')) {
      const auto kind = std::find_if(kKinds.begin(), kKinds.end(),
                                     [&](std::string_view k) { return after.starts_with(k); });
      if (kind == kKinds.end()) {
        return set_error(at_, "this kind of group is not part of the pattern language; captures are written {name:type}");
      }
      length += kind->size();
    }
    if (open_.size() == kMaxDepth) return set_error(at_, "parentheses are nested too deeply");
    break_literal();
    open_.push_back(at_);
    copy(length);
  }

  void close_group() {
    if (top_level()) return set_error(at_, "unmatched closing parenthesis");
    open_.pop_back();
    copy(1);
    quantifier();
    cut();
  }

  void blank() {
    const std::size_t from = at_;
    std::size_t end = skip_blanks(at_);
    if (end + 1 < source_.size() && source_[end] == '-' && is_blank(source_[end + 1])) {
      end = skip_blanks(end + 1);
      return shorthand("(?:\\s*[" + std::string(kDash) + std::string(kBullet) + "]{1,3}\\s*)", end - from, '\0');
    }
    at_ = end;
    const char next = at_ < source_.size() ? source_[at_] : '\0';
    if (next == '?' || next == '*') {
      ++at_;
      emit("\\s*", from);
      break_literal();
    } else {
      if (next == '+') ++at_;
      emit("\\s+", from);
      literal_ += ' ';
    }
    cut();
  }

  void capture() {
    const std::size_t from = at_;
    const std::size_t close = source_.find('}', at_);
    if (close == std::string_view::npos) return set_error(from, "missing closing brace; a literal brace is written \\{");
    const std::string_view inside = source_.substr(from + 1, close - from - 1);
    const std::size_t colon = inside.find(':');
    const std::string name(inside.substr(0, colon));
    if (!valid_name(name)) {
      return set_error(from, "a capture is written {name:type}, its name in lower case; a literal brace is written \\{");
    }
    if (colon == std::string_view::npos) {
      return set_error(from, "the capture `" + name + "` has no type: int, hex, address, quoted, word or text");
    }
    const auto type = capture_type_named(inside.substr(colon + 1));
    if (!type) {
      return set_error(from + colon + 2, "unknown capture type `" + std::string(inside.substr(colon + 1)) +
                                             "`: it is int, hex, address, quoted, word or text");
    }
    if (!add_field(name, *type)) return set_error(from, "the capture `" + name + "` is used with two types");
    const bool last = source_.find_first_not_of(")?$", close + 1) == std::string_view::npos;
    shorthand(capture_text(*type, "(?<" + name + ">", last), close + 1 - from, '\0');
  }

  static bool valid_name(std::string_view name) {
    return !name.empty() && name.size() <= kMaxName && is_lower(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
  }

  bool add_field(const std::string& name, CaptureType type) {
    auto& fields = parsed_.fields;
    const auto known = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == name; });
    if (known != fields.end() && known->type != type) return false;
    parsed_.groups.push_back(static_cast<std::size_t>(known - fields.begin()));
    if (known == fields.end()) fields.push_back({name, type});
    return true;
  }

  void character_class() {
    std::size_t end = at_ + 1;
    if (end < source_.size() && source_[end] == '^') ++end;
    if (end < source_.size() && source_[end] == ']') ++end;
    while (end < source_.size() && source_[end] != ']') {
      if (source_[end] == '\\') ++end;
      if (source_.substr(end).starts_with("[:")) end = std::min(source_.find(":]", end), source_.size() - 1) + 1;
      ++end;
    }
    if (end >= source_.size()) return set_error(at_, "missing closing bracket");
    const std::string_view text = source_.substr(at_, end + 1 - at_);
    if (text.find("\\Q") != std::string_view::npos) return set_error(at_, "\\Q is not part of the pattern language");
    copy(text.size());
    finish_item('\0');
  }

  void escape() {
    if (at_ + 1 == source_.size()) return set_error(at_, "a backslash at the end");
    const char c = source_[at_ + 1];
    if (std::string_view("cgkCEGKNQRX").find(c) != std::string_view::npos || is_digit(c)) {
      return set_error(at_, std::string("\\") + c + " is not part of the pattern language");
    }
    std::size_t length = 2;
    const bool braced = (c == 'x' || c == 'p' || c == 'P' || c == 'o') && at_ + 2 < source_.size() && source_[at_ + 2] == '{';
    if (braced) {
      const std::size_t close = source_.find('}', at_);
      if (close == std::string_view::npos) return set_error(at_, "missing closing brace");
      length = close + 1 - at_;
    } else if (c == 'x') {
      while (length < 4 && at_ + length < source_.size() && std::isxdigit(static_cast<unsigned char>(source_[at_ + length]))) ++length;
    } else if (c == 'p' || c == 'P') {
      length = 3;
    } else if (!is_ascii(c)) {
      length = 1 + character_length(at_ + 1);
    }
    copy(std::min(length, source_.size() - at_));
    const bool plain = length == 2 && is_ascii(c) && !is_alnum(c) && !is_blank(c);
    finish_item(plain ? c : '\0');
  }

  void literal() {
    const char c = source_[at_];
    copy(character_length(at_));
    finish_item(is_ascii(c) && c != '.' && c != '^' && c != '$' ? c : '\0');
  }

  void shorthand(const std::string& text, std::size_t source_length, char literal) {
    emit(text, at_);
    at_ += source_length;
    finish_item(literal);
  }

  // `literal`: the character that the item stands for in a line of ASCII; NUL: none.
  void finish_item(char literal) {
    const bool repeated = quantifier();
    if (literal != '\0' && !repeated) {
      literal_ += lower(literal);
    } else {
      break_literal();
    }
    cut();
  }

  // The whole UTF-8 character, so that a quantifier behind it holds for all of it.
  std::size_t character_length(std::size_t at) const {
    std::size_t end = at + 1;
    while (!is_ascii(source_[at]) && end < source_.size() && (static_cast<unsigned char>(source_[end]) & 0xC0U) == 0x80U) ++end;
    return end - at;
  }

  bool inside_word() const {
    return at_ > 0 && at_ + 1 < source_.size() && is_alnum(source_[at_ - 1]) && is_alnum(source_[at_ + 1]);
  }
  std::size_t skip_blanks(std::size_t at) const {
    while (at < source_.size() && is_blank(source_[at])) ++at;
    return at;
  }

  // Length of "{3}", "{2,}" or "{2,5}" at `at`; 0: none.
  std::size_t braces_at(std::size_t at) const {
    if (at >= source_.size() || source_[at] != '{') return 0;
    std::size_t end = at + 1;
    while (end < source_.size() && is_digit(source_[end])) ++end;
    if (end == at + 1) return 0;
    if (end < source_.size() && source_[end] == ',') ++end;
    while (end < source_.size() && is_digit(source_[end])) ++end;
    return end < source_.size() && source_[end] == '}' ? end + 1 - at : 0;
  }
  bool is_quantifier_at(std::size_t at) const {
    return at < source_.size() && (source_[at] == '?' || source_[at] == '*' || source_[at] == '+' || braces_at(at) > 0);
  }
  bool quantifier() {
    if (!is_quantifier_at(at_)) return false;
    copy(std::max<std::size_t>(1, braces_at(at_)));
    if (at_ < source_.size() && (source_[at_] == '?' || source_[at_] == '+')) copy(1);
    return true;
  }

  void begin_branch() {
    parsed_.branches.push_back({parsed_.body.size(), {}, {}});
    literal_.clear();
  }
  void end_branch() { break_literal(); }
  void break_literal() {
    if (!top_level()) {
      literal_.clear();
      return;
    }
    auto& longest = parsed_.branches.back().literal;
    if (literal_.size() > kMaxLiteral) literal_.erase(0, literal_.size() - kMaxLiteral);
    if (literal_.size() > longest.size()) longest = literal_;
    literal_.clear();
  }
  void cut() {
    if (!top_level()) {
      literal_.clear();
      return;
    }
    parsed_.branches.back().cuts.push_back(parsed_.body.size());
  }

  std::string_view source_;
  std::size_t at_ = 0;
  Parsed parsed_;
  std::vector<std::size_t> open_;   // source offsets of the parentheses that are open
  std::string literal_;             // the run of literal characters that ends here
  std::optional<PatternError> error_;
};

}  // namespace

std::string_view name_of(CaptureType type) {
  for (const auto& row : kTypes) {
    if (row.type == type) return row.name;
  }
  return {};
}

std::optional<CaptureType> capture_type_named(std::string_view name) {
  for (const auto& row : kTypes) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

tl::expected<Parsed, PatternError> parse(std::string_view source) { return Parser(source).run(); }

tl::expected<Expansion, PatternError> expand(std::string_view source) {
  auto parsed = parse(source);
  if (!parsed) return tl::unexpected(parsed.error());
  std::string pcre2(kGuardBefore);
  pcre2 += parsed->body;
  pcre2 += kGuardAfter;
  return Expansion{std::move(pcre2), std::move(parsed->fields)};
}

}  // namespace tunnelscope::rules
