// Can the knowledge base's own examples fail? Changes every message rule's pattern in many small ways and counts the
// changes that neither the examples nor lint notice (survivors).
//   mutate_rules KB_FOLDER [--limit SHARE] [--write-cause-mutants FOLDER]
// Exit status 1 when more than SHARE (default 0.1) of the mutants survive. With --write-cause-mutants it also writes
// one overlay folder for each change of a cause's conditions or of a threshold, and mutants.txt naming them, so that
// the sample tests can be run over each (`--kb FOLDER/NNNN`). One process, no randomness: the same base, the same list.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "kb/examples.hpp"
#include "kb/lint.hpp"

namespace {

using namespace tunnelscope;
namespace fs = std::filesystem;

// A pattern source cut into pieces; a piece's quantifier is a piece of its own.
enum class Piece { Word, Blank, Dash, Capture, Class, Escape, Open, Look, Close, Bar, Quantifier, Other };
struct Token {
  Piece piece;
  std::size_t begin, end;
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::size_t end_of_class(const std::string& s, std::size_t at) {
  std::size_t end = at + 1;
  if (s.substr(end, 1) == "^") ++end;
  if (s.substr(end, 1) == "]") ++end;
  while (end < s.size() && s[end] != ']') end += s[end] == '\\' ? 2 : 1;
  return std::min(end + 1, s.size());
}

Token token_at(const std::string& s, std::size_t at) {
  const auto starts = [&](std::string_view text) { return std::string_view(s).substr(at).starts_with(text); };
  if (starts(" - ")) return {Piece::Dash, at, at + 3};
  if (s[at] == ' ') return {Piece::Blank, at, at + 1};
  if (s[at] == '{' && std::isalpha(static_cast<unsigned char>(s[at + 1])) != 0) return {Piece::Capture, at, s.find('}', at) + 1};
  if (s[at] == '{') return {Piece::Quantifier, at, s.find('}', at) + 1};
  if (s[at] == '[') return {Piece::Class, at, end_of_class(s, at)};
  if (s[at] == '\\') return {Piece::Escape, at, at + 2};
  for (const char* look : {"(?=", "(?!", "(?<=", "(?<!"}) {
    if (starts(look)) return {Piece::Look, at, at + std::string_view(look).size()};
  }
  if (starts("(?")) return {Piece::Open, at, s.find(':', at) + 1};
  if (s[at] == '(') return {Piece::Open, at, at + 1};
  if (s[at] == ')') return {Piece::Close, at, at + 1};
  if (s[at] == '|') return {Piece::Bar, at, at + 1};
  if (s[at] == '?' || s[at] == '*' || s[at] == '+') return {Piece::Quantifier, at, at + 1};
  if (!is_word(s[at])) return {Piece::Other, at, at + 1};
  std::size_t end = at;
  while (end < s.size() && is_word(s[end])) ++end;
  // "keys?": the quantifier holds for the last letter alone.
  const bool quantified = end < s.size() && (s[end] == '?' || s[end] == '*' || s[end] == '+') && end - at > 1;
  return {Piece::Word, at, quantified ? end - 1 : end};
}

std::vector<Token> tokens_of(const std::string& source) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < source.size(); at = tokens.back().end) tokens.push_back(token_at(source, at));
  return tokens;
}

struct Mutant {
  std::string kind, pattern;
};

class Mutator {
 public:
  explicit Mutator(const std::string& source) : source_(source), tokens_(tokens_of(source)) {}

  std::vector<Mutant> run() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) mutate(i);
    cut_branches();
    return std::move(mutants_);
  }

 private:
  void add(const std::string& kind, std::string pattern) {
    const auto first = pattern.find_first_not_of(' '), last = pattern.find_last_not_of(' ');
    pattern = first == std::string::npos ? "" : pattern.substr(first, last - first + 1);
    if (pattern != source_ && seen_.insert(pattern).second) mutants_.push_back({kind, pattern});
  }
  void replace(const std::string& kind, std::size_t begin, std::size_t end, const std::string& by) {
    add(kind, source_.substr(0, begin) + by + source_.substr(end));
  }

  void mutate(std::size_t i) {
    const Token& t = tokens_[i];
    const std::string text = source_.substr(t.begin, t.end - t.begin);
    switch (t.piece) {
      case Piece::Word: return word(i, text);
      case Piece::Dash: return replace("dash becomes blank", t.begin, t.end, " ");
      case Piece::Capture: return capture(i, text);
      case Piece::Class: return replace("broaden class", t.begin, t.end, "\\S");
      case Piece::Escape:
        if (text == "\\b" || text == "\\B") replace("drop anchor", t.begin, t.end, "");
        if (text == "\\d" || text == "\\w") replace("broaden class", t.begin, t.end, "\\S");
        return;
      case Piece::Open:
      case Piece::Look: return group(i);
      case Piece::Quantifier: return replace("drop quantifier", t.begin, t.end, "");
      case Piece::Other:
        if (text == "^" || text == "$") replace("drop anchor", t.begin, t.end, "");
        return;
      default: return;
    }
  }

  void word(std::size_t i, const std::string& text) {
    const Token& t = tokens_[i];
    const bool blank_after = i + 1 < tokens_.size() && tokens_[i + 1].piece == Piece::Blank;
    const bool quantified = i + 1 < tokens_.size() && tokens_[i + 1].piece == Piece::Quantifier;
    if (quantified) return;  // one letter that may be absent
    replace("drop word", t.begin, blank_after ? tokens_[i + 1].end : t.end, "");
    replace("swap literal", t.begin, t.end, text + "q");
  }

  void capture(std::size_t i, const std::string& text) {
    const Token& t = tokens_[i];
    replace("drop capture", t.begin, t.end, "\\S+");
    const std::string name = text.substr(0, text.find(':'));
    for (const char* type : {":word}", ":text}"}) {
      if (!text.ends_with(type) && !text.ends_with(":text}")) replace("broaden capture", t.begin, t.end, name + type);
    }
    // To the end of a pattern {x:text} takes the rest of the line whatever follows; short of it a word is narrower.
    if (text.ends_with(":text}")) replace("narrow capture", t.begin, t.end, name + ":word}");
  }

  void group(std::size_t i) {
    const std::size_t close = closing(i);
    std::size_t end = tokens_[close].end;
    const bool quantified = close + 1 < tokens_.size() && tokens_[close + 1].piece == Piece::Quantifier;
    if (quantified) end = tokens_[close + 1].end;
    const bool look = tokens_[i].piece == Piece::Look;
    if (look || quantified) replace(look ? "drop look-around" : "drop optional group", tokens_[i].begin, end, "");
    drop_alternatives(i, close);
  }

  std::size_t closing(std::size_t i) const {
    int depth = 0;
    for (std::size_t j = i; j < tokens_.size(); ++j) {
      if (tokens_[j].piece == Piece::Open || tokens_[j].piece == Piece::Look) ++depth;
      if (tokens_[j].piece == Piece::Close && --depth == 0) return j;
    }
    return tokens_.size() - 1;
  }

  // Ends of the alternatives between two tokens (exclusive), as token indices of bars and of `close`.
  std::vector<std::size_t> bars(std::size_t first, std::size_t close) const {
    std::vector<std::size_t> found;
    int depth = 0;
    for (std::size_t j = first; j < close; ++j) {
      if (tokens_[j].piece == Piece::Open || tokens_[j].piece == Piece::Look) ++depth;
      if (tokens_[j].piece == Piece::Close) --depth;
      if (tokens_[j].piece == Piece::Bar && depth == 0) found.push_back(j);
    }
    return found;
  }

  void drop_alternatives(std::size_t open, std::size_t close) {
    drop_between(tokens_[open].end, bars(open + 1, close), tokens_[close].begin);
  }
  void drop_between(std::size_t begin, const std::vector<std::size_t>& cuts, std::size_t end) {
    if (cuts.empty()) return;
    for (std::size_t n = 0; n <= cuts.size(); ++n) {
      const std::size_t from = n == 0 ? begin : tokens_[cuts[n - 1]].begin;
      const std::size_t to = n == 0 ? tokens_[cuts[0]].end : n == cuts.size() ? end : tokens_[cuts[n]].begin;
      replace("drop alternative", from, to, "");
    }
  }

  // At the outermost level: drop whole branches, and cut each branch short at each blank from both ends.
  void cut_branches() {
    const auto cuts = bars(0, tokens_.size());
    drop_between(0, cuts, source_.size());
    std::size_t begin = 0;
    for (std::size_t n = 0; n <= cuts.size(); ++n) {
      const std::size_t end = n < cuts.size() ? tokens_[cuts[n]].begin : source_.size();
      cut_branch(begin, end);
      begin = n < cuts.size() ? tokens_[cuts[n]].end : end;
    }
  }
  void cut_branch(std::size_t begin, std::size_t end) {
    int depth = 0;
    for (const Token& t : tokens_) {
      if (t.begin < begin || t.end > end) continue;
      if (t.piece == Piece::Open || t.piece == Piece::Look) ++depth;
      if (t.piece == Piece::Close) --depth;
      if (depth > 0 || t.piece != Piece::Blank) continue;
      replace("cut end", t.begin, end, "");
      replace("cut beginning", begin, t.end, "");
    }
  }

  std::string source_;
  std::vector<Token> tokens_;
  std::vector<Mutant> mutants_;
  std::set<std::string> seen_;
};

struct Tally {
  std::size_t mutants = 0, survivors = 0;
};

bool lint_notices(kb::Knowledge changed, std::size_t rule, const std::string& pattern, std::size_t faults_before,
                  kb::PatternCache& cache) {
  changed.messages[rule].pattern = pattern;
  return kb::lint(changed, {}, cache).size() != faults_before;
}

bool all_pass(const std::vector<kb::ExampleCheck>& checks) {
  return std::all_of(checks.begin(), checks.end(), [](const auto& check) { return check.result.passed; });
}

Tally mutate_messages(const kb::Knowledge& knowledge) {
  kb::PatternCache cache;
  kb::ExampleBench bench(knowledge, cache);
  const std::size_t faults = kb::lint(knowledge).size();
  std::map<std::string, Tally> kinds;
  Tally total;
  for (std::size_t rule = 0; rule < knowledge.messages.size(); ++rule) {
    const kb::MessageRule& own = knowledge.messages[rule];
    for (const Mutant& mutant : Mutator(own.pattern).run()) {
      const rules::Pattern* pattern = cache.get(mutant.pattern);
      if (pattern == nullptr) continue;  // stillborn
      bench.replace(rule, pattern);
      const bool survives = all_pass(bench.run()) && !lint_notices(knowledge, rule, mutant.pattern, faults, cache);
      for (Tally* tally : {&total, &kinds[mutant.kind]}) {
        ++tally->mutants;
        tally->survivors += survives ? 1 : 0;
      }
      if (survives) std::cout << fmt::format("survives: {}: {}: {}\n", own.id, mutant.kind, mutant.pattern);
    }
    bench.replace(rule, cache.get(own.pattern));
  }
  for (const auto& [kind, tally] : kinds) {
    std::cout << fmt::format("{:28} {:5} mutants, {:4} survive\n", kind, tally.mutants, tally.survivors);
  }
  return total;
}

// Causes: every number, guard, window and condition, one change at a time, as YAML that overrides `when`.
std::string yaml_of(const kb::Condition& c) {
  std::string text = fmt::format("{{signal: {}, at_least: {}, window: {}", c.signal, c.at_least, kb::name_of(c.window));
  if (c.within_s > 0 && c.window == kb::Window::Onset) text += fmt::format(", within: {}", c.within_s);
  return text + fmt::format(", while: {{phase1: {}, phase2: {}, child: {}}}}}", kb::name_of(c.phase1),
                            kb::name_of(c.phase2), kb::name_of(c.child));
}
std::string yaml_of(const std::vector<kb::Condition>& conditions) {
  std::string text;
  for (const auto& c : conditions) text += (text.empty() ? "" : ", ") + yaml_of(c);
  return "[" + text + "]";
}

class OverlayWriter {
 public:
  explicit OverlayWriter(fs::path folder) : folder_(std::move(folder)) {}

  void write(const std::string& description, const std::string& file, const std::string& yaml) {
    const std::string name = fmt::format("{:04}", ++count_);
    const fs::path path = folder_ / name / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << yaml;
    list_ += name + "\t" + description + "\n";
  }
  std::size_t finish() {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "mutants.txt") << list_;
    return count_;
  }

 private:
  fs::path folder_;
  std::string list_;
  std::size_t count_ = 0;
};

struct NamedChange {
  std::string name;
  kb::Condition condition;
};

std::vector<NamedChange> changes_of(const kb::Condition& c) {
  std::vector<NamedChange> changes;
  const auto add = [&](const std::string& name, auto change) {
    kb::Condition changed = c;
    change(changed);
    if (!(changed == c)) changes.push_back({name, changed});
  };
  add("at_least one more", [](auto& x) { ++x.at_least; });
  add("at_least one less", [](auto& x) { x.at_least = std::max(1, x.at_least - 1); });
  add("other window", [](auto& x) { x.window = x.window == kb::Window::Onset ? kb::Window::Case : kb::Window::Onset; });
  add("within halved", [](auto& x) { x.within_s /= 2; });
  add("within doubled", [](auto& x) { x.within_s *= 2; });
  add("phase1 any", [](auto& x) { x.phase1 = kb::PhaseGuard::Any; });
  add("phase2 any", [](auto& x) { x.phase2 = kb::PhaseGuard::Any; });
  add("child any", [](auto& x) { x.child = kb::ChildGuard::Any; });
  const auto turned = [](kb::PhaseGuard g) { return g == kb::PhaseGuard::Up ? kb::PhaseGuard::NotUp : kb::PhaseGuard::Up; };
  if (c.phase1 != kb::PhaseGuard::Any) add("phase1 turned", [&](auto& x) { x.phase1 = turned(x.phase1); });
  if (c.phase2 != kb::PhaseGuard::Any) add("phase2 turned", [&](auto& x) { x.phase2 = turned(x.phase2); });
  return changes;
}

void mutate_cause(const kb::Cause& cause, OverlayWriter& out) {
  const std::string file = "causes/" + cause.id + ".yaml";
  const auto write = [&](const std::string& name, const kb::Cause& changed) {
    if (changed.all.empty() && changed.any.empty()) return;
    out.write(cause.id + ": " + name, file,
              fmt::format("override: true\nwhen:\n  all: {}\n  any: {}\n  none: {}\ncertain_when: {}\n", yaml_of(changed.all),
                          yaml_of(changed.any), yaml_of(changed.none), yaml_of(changed.certain_when)));
  };
  for (const auto& [name, list] : {std::pair{"all", &kb::Cause::all}, std::pair{"any", &kb::Cause::any},
                                   std::pair{"none", &kb::Cause::none}, std::pair{"certain_when", &kb::Cause::certain_when}}) {
    for (std::size_t i = 0; i < (cause.*list).size(); ++i) {
      kb::Cause changed = cause;
      const std::string where = fmt::format("{}/{} {}", name, i, (cause.*list)[i].signal);
      (changed.*list).erase((changed.*list).begin() + static_cast<std::ptrdiff_t>(i));
      write(where + ": dropped", changed);
      for (const NamedChange& change : changes_of((cause.*list)[i])) {
        changed = cause;
        (changed.*list)[i] = change.condition;
        write(where + ": " + change.name, changed);
      }
    }
  }
  for (const std::string& name : cause.outranks) {
    std::string rest;
    for (const std::string& other : cause.outranks) {
      if (other != name) rest += (rest.empty() ? "'" : ", '") + other + "'";
    }
    out.write(cause.id + ": no longer outranks " + name, file, "override: true\noutranks: [" + rest + "]\n");
  }
}

void mutate_thresholds(const kb::Thresholds& thresholds, OverlayWriter& out) {
  for (const auto& [name, value] : thresholds) {
    const std::size_t dot = name.find('.');
    for (const double factor : {0.5, 2.0}) {
      out.write(fmt::format("threshold {}: {} times", name, factor), "thresholds.yaml",
                fmt::format("{}:\n  {}: {{value: {}}}\n", name.substr(0, dot), name.substr(dot + 1), value * factor));
    }
  }
}

int usage() {
  std::cerr << "usage: mutate_rules KB_FOLDER [--limit SHARE] [--write-cause-mutants FOLDER]\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder, overlays;
  double limit = 0.1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--limit" && i + 1 < argc) {
      const std::string_view text = argv[++i];
      if (std::from_chars(text.data(), text.data() + text.size(), limit).ec != std::errc{}) return usage();
    } else if (argument == "--write-cause-mutants" && i + 1 < argc) {
      overlays = argv[++i];
    } else if (folder.empty() && !argument.starts_with("--")) {
      folder = argument;
    } else {
      return usage();
    }
  }
  if (folder.empty()) return usage();
  const auto knowledge = kb::load_folder(folder);
  if (!knowledge) {
    for (const auto& error : knowledge.error()) std::cerr << to_text(error) << "\n";
    return 2;
  }
  if (!overlays.empty()) {
    OverlayWriter out(overlays);
    for (const auto& cause : knowledge->causes) mutate_cause(cause, out);
    mutate_thresholds(knowledge->thresholds, out);
    std::cout << fmt::format("{} overlay folders in {}\n", out.finish(), overlays);
  }
  const Tally total = mutate_messages(*knowledge);
  const double share = total.mutants == 0 ? 1 : static_cast<double>(total.survivors) / static_cast<double>(total.mutants);
  std::cout << fmt::format("{} mutants, {} survive: {:.1f} % (limit {:.1f} %)\n", total.mutants, total.survivors, share * 100, limit * 100);
  return share > limit ? 1 : 0;
}
