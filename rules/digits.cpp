// Reads a body into positions (one for each item that takes a character) and the edges between them, and looks for the
// runs of items that rules/digits.hpp speaks of: once in each group that stands for itself, and in the whole.
#include "rules/digits.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "rules/pattern.hpp"

namespace tunnelscope::rules {
namespace {

constexpr std::size_t kMaxEdges = 200'000;  // beyond: not decided
constexpr int kMaxDepth = 64;

enum class Digits : std::uint8_t { None, Some, All };

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Which of the ten digits a class or escape takes: PCRE2 is asked, once for each text.
class ItemDigits {
 public:
  // Empty: the item is no pattern by itself.
  std::optional<Digits> of(std::string_view item) {
    const auto known = known_.find(item);
    if (known != known_.end()) return known->second;
    return known_.emplace(item, ask(item)).first->second;
  }

 private:
  static std::optional<Digits> ask(std::string_view item) {
    const auto pattern = Pattern::compile(item);
    if (!pattern) return std::nullopt;
    int taken = 0;
    for (const char* digit : {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
      if (pattern->match(digit) == Outcome::Match) ++taken;
    }
    return taken == 0 ? Digits::None : taken == 10 ? Digits::All : Digits::Some;
  }

  std::map<std::string, std::optional<Digits>, std::less<>> known_;
};

using Position = std::uint32_t;

struct Item {
  Digits digits = Digits::None;
  bool word = false;  // takes word characters only
};

// A part of the body: where its ways of matching begin and end.
struct Part {
  bool nullable = true;  // can match without taking a character
  std::vector<Position> first, last;
};

class BodyReader {
 public:
  BodyReader(std::string_view body, ItemDigits& digits) : body_(body), digits_(digits) {}

  bool is_blind() {
    const Part whole = alternatives();
    if (at_ != body_.size()) undecided_ = true;  // a parenthesis too many
    check(whole, 0, true);
    return !undecided_ && !sees_digits_;
  }

 private:
  bool more() const { return at_ < body_.size() && !undecided_; }
  bool next_is(char c) const { return more() && body_[at_] == c; }
  bool take(std::string_view text) {
    if (!body_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }

  Part alternatives() {
    Part all = sequence();
    while (next_is('|')) {
      ++at_;
      const Part branch = sequence();
      all.nullable = all.nullable || branch.nullable;
      append(all.first, branch.first);
      append(all.last, branch.last);
    }
    return all;
  }

  Part sequence() {
    Part read;
    while (more() && body_[at_] != '|' && body_[at_] != ')') {
      const Position from = next_position();
      Part part = atom();
      quantify(part, from);
      connect(read.last, part.first);
      if (read.nullable) append(read.first, part.first);
      if (!part.nullable) read.last.clear();
      append(read.last, part.last);
      read.nullable = read.nullable && part.nullable;
    }
    return read;
  }

  Part atom() {
    const char c = body_[at_];
    if (c == '(') return group();
    if (c == '[') return class_item();
    if (c == '\\') return escape();
    ++at_;
    if (c == '^' || c == '$') return {};
    if (c == '.') return item({Digits::All, false});
    if (c == '*' || c == '+' || c == '?') undecided_ = true;
    while (at_ < body_.size() && is_continuation(body_[at_])) ++at_;
    return item({is_digit(c) ? Digits::Some : Digits::None, is_digit(c) || is_ascii_letter(c) || c == '_'});
  }

  Part group() {
    if (++depth_ > kMaxDepth) undecided_ = true;
    const Position from = next_position();
    ++at_;
    const bool look_around = take("?=") || take("?!") || take("?<=") || take("?<!");
    const bool atomic = !look_around && take("?>");
    if (!look_around && !atomic) open_plain_group();
    Part inside = alternatives();
    if (!take(")")) undecided_ = true;
    --depth_;
    if (look_around || atomic) check(inside, from, false);
    return look_around ? Part{} : inside;
  }

  void open_plain_group() {
    if (take("?:") || take("?i:") || take("?-i:")) return;
    if (take("?<")) {
      at_ = std::min(body_.find('>', at_), body_.size() - 1) + 1;
    } else if (next_is('?') || next_is('*')) {
      undecided_ = true;
    }
  }

  // Ends where expand.cpp ends it.
  Part class_item() {
    const std::size_t begin = at_++;
    if (next_is('^')) ++at_;
    if (next_is(']')) ++at_;
    while (more() && body_[at_] != ']') {
      if (body_[at_] == '\\') {
        ++at_;
      } else if (body_.substr(at_).starts_with("[:")) {
        at_ = std::min(body_.find(":]", at_), body_.size() - 1) + 1;
      }
      ++at_;
    }
    at_ = std::min(at_ + 1, body_.size());
    return asked(body_.substr(begin, at_ - begin));
  }

  Part escape() {
    const std::size_t begin = at_++;
    if (!more()) return undecided();
    const char c = body_[at_++];
    if (std::string_view("bBAzZG").find(c) != std::string_view::npos) return {};
    if (std::string_view("dwSHV").find(c) != std::string_view::npos) return item({Digits::All, false});
    if (std::string_view("sDWhvtnrfea").find(c) != std::string_view::npos) return item({Digits::None, false});
    if (!is_ascii_letter(c) && !is_digit(c)) {
      while (at_ < body_.size() && is_continuation(body_[at_])) ++at_;
      return item({Digits::None, c == '_'});
    }
    if (c != 'x' && c != 'o' && c != 'p' && c != 'P') return undecided();
    if (next_is('{')) {
      at_ = std::min(body_.find('}', at_), body_.size() - 1) + 1;
    } else if (c == 'x') {
      while (more() && at_ < begin + 4 && std::isxdigit(static_cast<unsigned char>(body_[at_])) != 0) ++at_;
    } else {
      at_ = std::min(at_ + 1, body_.size());
    }
    return asked(body_.substr(begin, at_ - begin));
  }

  Part asked(std::string_view text) {
    const std::optional<Digits> digits = digits_.of(text);
    return digits ? item({*digits, false}) : undecided();
  }

  Part item(Item read) {
    items_.push_back(read);
    const Position position = next_position() - 1;
    return {false, {position}, {position}};
  }

  Part undecided() {
    undecided_ = true;
    return {};
  }

  // ?, *, +, {2}, {2,}, {2,5}; behind it ? for lazy, + for possessive.
  void quantify(Part& part, Position from) {
    bool none = false, again = true;
    if (take("?")) {
      none = true;
      again = false;
    } else if (take("*")) {
      none = true;
    } else if (!take("+")) {
      const std::size_t length = braces();
      if (length == 0) return;
      none = body_[at_ + 1] == '0';
      at_ += length;
    }
    part.nullable = part.nullable || none;
    if (again) connect(part.last, part.first);
    if (take("+")) {
      check(part, from, false);
    } else {
      take("?");
    }
  }

  // Length of "{2}", "{2,}" or "{2,5}"; 0: a literal brace.
  std::size_t braces() const {
    if (!next_is('{')) return 0;
    std::size_t end = at_ + 1;
    const auto digits = [&] {
      while (end < body_.size() && is_digit(body_[end])) ++end;
    };
    digits();
    if (end == at_ + 1) return 0;
    if (end < body_.size() && body_[end] == ',') ++end;
    digits();
    return end < body_.size() && body_[end] == '}' ? end + 1 - at_ : 0;
  }

  Position next_position() const { return static_cast<Position>(items_.size()); }
  static void append(std::vector<Position>& to, const std::vector<Position>& from) {
    to.insert(to.end(), from.begin(), from.end());
  }
  void connect(const std::vector<Position>& before, const std::vector<Position>& behind) {
    if (edges_.size() + before.size() * behind.size() > kMaxEdges) {
      undecided_ = true;
      return;
    }
    for (const Position a : before) {
      for (const Position b : behind) edges_.emplace_back(a, b);
    }
  }

  // Looks for a run in `part`, which has the positions from `from`. `guarded`: its ends are ends of words.
  void check(const Part& part, Position from, bool guarded) {
    const auto is_picky = [](const Item& i) { return i.digits == Digits::Some; };
    if (undecided_ || sees_digits_ || std::none_of(items_.begin() + from, items_.end(), is_picky)) return;
    sees_digits_ = has_run(part, from, guarded);
  }

  // How much of a run there is up to and with an item: its length (kLongNumber for that and more), a picky one in it.
  struct Run {
    Position at = 0;
    std::size_t length = 0;
    bool picky = false;
  };

  bool has_run(const Part& part, Position from, bool guarded) const {
    std::vector<std::vector<Position>> behind(items_.size());
    std::vector<bool> may_end(items_.size(), false), ends_part(items_.size(), false);
    std::vector<Run> todo;
    std::vector<std::array<bool, 2 * (kLongNumber + 1)>> seen(items_.size());
    const auto reach = [&](Position at, std::size_t length_before, bool picky_before) {
      if (items_[at].digits == Digits::None) return;
      const Run run{at, std::min(length_before + 1, kLongNumber), picky_before || items_[at].digits == Digits::Some};
      bool& known = seen[at][2 * run.length + (run.picky ? 1 : 0)];
      if (!std::exchange(known, true)) todo.push_back(run);
    };

    for (const auto& [a, b] : edges_) {
      if (a < from || b < from) continue;
      behind[a].push_back(b);
      if (takes_other(b)) may_end[a] = true;
      if (takes_other(a)) reach(b, 0, false);
    }
    for (const Position last : part.last) ends_part[last] = true;
    for (const Position first : part.first) reach(first, guarded ? 0 : kLongNumber, false);

    while (!todo.empty()) {
      const Run run = todo.back();
      todo.pop_back();
      const bool is_long = run.length == kLongNumber;
      if (run.picky && ((is_long && may_end[run.at]) || (ends_part[run.at] && (is_long || !guarded)))) return true;
      for (const Position next : behind[run.at]) reach(next, run.length, run.picky);
    }
    return false;
  }

  // Can the item take what is no word character, and so stand next to a number?
  bool takes_other(Position at) const { return !items_[at].word; }

  std::string_view body_;
  ItemDigits& digits_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<Item> items_;                           // by position
  std::vector<std::pair<Position, Position>> edges_;  // the second can follow the first
  bool undecided_ = false;
  bool sees_digits_ = false;
};

}  // namespace

bool blind_to_digits(const std::vector<std::string_view>& bodies) {
  ItemDigits digits;
  return std::all_of(bodies.begin(), bodies.end(),
                     [&](std::string_view body) { return BodyReader(body, digits).is_blind(); });
}

}  // namespace tunnelscope::rules
