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

// What numbers are made of.
struct Alphabet {
  std::string_view characters;  // digits first
  std::size_t shortest;         // characters of a number
  bool mixed;                   // a number has digits and letters
};
constexpr Alphabet kDecimal{"0123456789", kLongNumber, false};
constexpr Alphabet kHex{"0123456789abcdefABCDEF", kHexNumber, true};
constexpr std::size_t kLongest = kHexNumber;

enum class Taken : std::uint8_t { None, Some, All };  // of an alphabet

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

struct Item {
  Taken taken = Taken::None;
  bool word = false;                  // takes word characters only
  bool digit = false, letter = false;  // takes some of these
};

// What of an alphabet a class or escape takes: PCRE2 is asked, once for each text.
class Items {
 public:
  explicit Items(const Alphabet& alphabet) : alphabet_(alphabet) {}
  const Alphabet& alphabet() const { return alphabet_; }

  // Empty: the item is no pattern by itself.
  std::optional<Item> of(std::string_view item) {
    const auto known = known_.find(item);
    if (known != known_.end()) return known->second;
    return known_.emplace(item, ask(item)).first->second;
  }
  // An item that takes this character, in whichever case.
  Item of_character(char c) const {
    const bool taken = alphabet_.characters.find(c) != std::string_view::npos;
    return {taken ? Taken::Some : Taken::None, is_digit(c) || is_ascii_letter(c) || c == '_', taken && is_digit(c), taken && !is_digit(c)};
  }
  static Item of_all() { return {Taken::All, false, true, true}; }

 private:
  std::optional<Item> ask(std::string_view item) const {
    const auto pattern = Pattern::compile(item);
    if (!pattern) return std::nullopt;
    Item asked;
    std::size_t taken = 0;
    for (const char& c : alphabet_.characters) {
      if (pattern->match({&c, 1}) != Outcome::Match) continue;
      ++taken;
      (is_digit(c) ? asked.digit : asked.letter) = true;
    }
    asked.taken = taken == 0 ? Taken::None : taken == alphabet_.characters.size() ? Taken::All : Taken::Some;
    return asked;
  }

  const Alphabet& alphabet_;
  std::map<std::string, std::optional<Item>, std::less<>> known_;
};

using Position = std::uint32_t;

// A part of the body: where its ways of matching begin and end.
struct Part {
  bool nullable = true;  // can match without taking a character
  std::vector<Position> first, last;
};

class BodyReader {
 public:
  BodyReader(std::string_view body, Items& known) : body_(body), known_(known) {}

  bool is_blind() {
    const Part whole = alternatives();
    if (at_ != body_.size()) undecided_ = true;  // a parenthesis too many
    check(whole, 0, true);
    return !undecided_ && !sees_numbers_;
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
    if (c == '.') return item(Items::of_all());
    if (c == '*' || c == '+' || c == '?') undecided_ = true;
    while (at_ < body_.size() && is_continuation(body_[at_])) ++at_;
    return item(known_.of_character(c));
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
    if (std::string_view("wSHV").find(c) != std::string_view::npos) return item(Items::of_all());
    if (std::string_view("sWhvtnrfea").find(c) != std::string_view::npos) return item({});
    if (c == 'd' || c == 'D') return asked(body_.substr(begin, 2));
    if (!is_ascii_letter(c) && !is_digit(c)) {
      while (at_ < body_.size() && is_continuation(body_[at_])) ++at_;
      return item({Taken::None, c == '_'});
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
    const std::optional<Item> known = known_.of(text);
    return known ? item(*known) : undecided();
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
      const bool one_item = next_position() == from + 1;
      if (!one_item) check(part, from, false);
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
    const auto is_picky = [](const Item& i) { return i.taken == Taken::Some; };
    if (undecided_ || sees_numbers_ || std::none_of(items_.begin() + from, items_.end(), is_picky)) return;
    sees_numbers_ = has_run(part, from, guarded);
  }

  // How much of a run there is up to and with an item.
  struct Run {
    Position at = 0;
    std::size_t length = 0;              // the shortest of a number for that and more
    bool picky = false;                  // one of its items is
    bool digit = false, letter = false;  // one of its items takes some

    std::size_t number() const { return ((length * 2 + picky) * 2 + digit) * 2 + letter; }
  };
  bool is_number(const Run& run) const {
    return run.length == known_.alphabet().shortest && (!known_.alphabet().mixed || (run.digit && run.letter));
  }

  bool has_run(const Part& part, Position from, bool guarded) const {
    std::vector<std::vector<Position>> behind(items_.size());
    std::vector<bool> may_end(items_.size(), false), ends_part(items_.size(), false);
    std::vector<Run> todo;
    std::vector<std::array<bool, 8 * (kLongest + 1)>> seen(items_.size());
    const auto reach = [&](Position at, const Run& before) {
      const Item& item = items_[at];
      if (item.taken == Taken::None) return;
      const Run run{at, std::min(before.length + 1, known_.alphabet().shortest), before.picky || item.taken == Taken::Some,
                    before.digit || item.digit, before.letter || item.letter};
      if (!std::exchange(seen[at][run.number()], true)) todo.push_back(run);
    };
    const Run nothing, part_of_number{0, known_.alphabet().shortest, false, true, true};

    for (const auto& [a, b] : edges_) {
      if (a < from || b < from) continue;
      behind[a].push_back(b);
      if (takes_other(b)) may_end[a] = true;
      if (takes_other(a)) reach(b, nothing);
    }
    for (const Position last : part.last) ends_part[last] = true;
    for (const Position first : part.first) reach(first, guarded ? nothing : part_of_number);

    while (!todo.empty()) {
      const Run run = todo.back();
      todo.pop_back();
      const bool is_whole = is_number(run);
      if (run.picky && ((is_whole && may_end[run.at]) || (ends_part[run.at] && (is_whole || !guarded)))) return true;
      for (const Position next : behind[run.at]) reach(next, run);
    }
    return false;
  }

  // Can the item take what is no word character, and so stand next to a number?
  bool takes_other(Position at) const { return !items_[at].word; }

  std::string_view body_;
  Items& known_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<Item> items_;                           // by position
  std::vector<std::pair<Position, Position>> edges_;  // the second can follow the first
  bool undecided_ = false;
  bool sees_numbers_ = false;
};

bool all_blind(const std::vector<std::string_view>& bodies, const Alphabet& alphabet) {
  Items known(alphabet);
  return std::all_of(bodies.begin(), bodies.end(), [&](std::string_view body) { return BodyReader(body, known).is_blind(); });
}

}  // namespace

bool blind_to_digits(const std::vector<std::string_view>& bodies) { return all_blind(bodies, kDecimal); }
bool blind_to_hex(const std::vector<std::string_view>& bodies) { return all_blind(bodies, kHex); }

}  // namespace tunnelscope::rules
