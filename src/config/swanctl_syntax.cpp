#include "src/config/swanctl_syntax.hpp"

#include <algorithm>

namespace tunnelscope::config {
namespace {

constexpr std::size_t kMaxSections = 64;      // within each other
constexpr std::size_t kMaxIncludes = 16;      // within each other
constexpr std::size_t kMostFiles = 1000, kMostSettings = 20'000;
constexpr std::string_view kNotInNames = "{}=:,#\" \t\r\n";

// What all files of one configuration share.
struct Shared {
  const Include& include;
  std::vector<Problem>& problems;
  std::vector<std::string> open;  // the files that are being read, each included by the one before
  std::size_t files = 0, settings = 0;
  std::string refused{};  // why the daemon reads none of them; empty: it does
};

class File {
 public:
  File(const Source& source, Shared& shared) : path_(source.path), text_(source.text), shared_(shared) {}

  void read(Section& root) { statements(root, 0); }

 private:
  bool ended() const { return at_ >= text_.size(); }
  char now() const { return text_[at_]; }
  Where here() const { return {path_, line_, at_ - line_start_ + 1}; }

  void step() {
    if (text_[at_++] == '\n') ++line_, line_start_ = at_;
  }

  void skip_line() {
    while (!ended() && now() != '\n') step();
  }

  void skip_space(bool lines = true) {
    while (!ended()) {
      if (now() == '#' && lines) skip_line();
      else if (now() == ' ' || now() == '\t' || now() == '\r' || (lines && now() == '\n')) step();
      else return;
    }
  }

  std::string name() {
    const std::size_t first = at_;
    while (!ended() && kNotInNames.find(now()) == std::string_view::npos) step();
    return std::string(text_.substr(first, at_ - first));
  }

  // Up to the brace that closes `section`, or to the end of the file at depth 0.
  void statements(Section& section, std::size_t depth) {
    for (skip_space(); !ended(); skip_space()) {
      if (now() == '}') {
        if (depth > 0) return step();
        report_unread(shared_.problems, here(), "this brace closes nothing", "remove it, or open the section that it should close");
        section.incomplete = "a brace closes nothing: where sections end is not known";
        step();
      } else {
        statement(section, depth);
      }
    }
    if (depth == 0) return;
    report_unread(shared_.problems, section.where, "the section is not closed: the file ends before", "add the missing `}`");
    section.incomplete = "the file ends within it";
  }

  void statement(Section& section, std::size_t depth) {
    const Where where = here();
    std::string word = name();
    if (word == "include" && !ended() && (now() == ' ' || now() == '\t')) return include(section, where);
    skip_space();
    if (word.empty() || ended()) return malformed(section, where);
    if (word.find('.') != std::string::npos) dotted(where);
    switch (now()) {
      case '=': step(); return setting(section, std::move(word), where, depth > 0);
      case ':': step(); return subsection(section, std::move(word), where, templates(), depth);
      case '{': return subsection(section, std::move(word), where, {}, depth);
      default: malformed(section, where);
    }
  }

  void dotted(const Where& where) {
    report_unread(shared_.problems, where, "a name with a dot is a syntax error: the daemon does not read the file",
                  "write a section within a section, `a { b = value }`");
    if (shared_.refused.empty()) shared_.refused = where.text() + ": a name has a dot, which the daemon does not read";
  }

  void malformed(Section& section, const Where& where) {
    section.incomplete = "a part of it is neither a setting nor a section";
    report_unread(shared_.problems, where, "neither a setting nor a section", "write `name = value`, or `name {` and `}`");
    if (!ended() && now() == '\n') return;
    if (!ended() && where.line == line_) skip_line();
  }

  // `closes`: a brace must follow, so what the file ends with is not a whole value.
  void setting(Section& section, std::string word, const Where& where, bool closes) {
    Word value = read_value();
    if (value.cut && closes && word != "secret") return model::wipe(value.text);
    if (++shared_.settings > kMostSettings) {
      if (shared_.settings == kMostSettings + 1)
        shared_.problems.push_back({where, "too many settings: the rest is not read", "split the file", true});
      section.incomplete = "the file is too large to be read to its end";
      return model::wipe(value.text);
    }
    const auto old = std::find_if(section.settings.begin(), section.settings.end(), [&](const Setting& one) { return one.name == word; });
    if (old == section.settings.end())
      section.settings.push_back({std::move(word), where, std::move(value)});
    else
      *old = {std::move(word), where, std::move(value)};
  }

  // The parts of a value, in quotes or not, joined by single spaces.
  Word read_value() {
    skip_space(false);
    Word value{{}, here()};
    bool first = true;
    for (; !ended() && now() != '\n' && now() != '#' && now() != '}'; skip_space(false)) {
      if (!first) value.text += ' ';
      first = false;
      now() == '"' ? quoted(value.text) : bare(value.text);
    }
    value.cut = ended();
    return value;
  }

  void bare(std::string& value) {
    constexpr std::string_view kEnds = "\"#} \t\r\n";
    while (!ended() && kEnds.find(now()) == std::string_view::npos) {
      value += now();
      step();
    }
  }

  void quoted(std::string& value) {
    const Where opened = here();
    for (step(); !ended() && now() != '"'; step()) {
      if (now() == '\\' && at_ + 1 < text_.size()) {
        step();
        if (const char escaped = unescaped(now())) value += escaped;
      } else {
        value += now();
      }
    }
    if (!ended()) return step();
    shared_.problems.push_back({opened, "the quotation mark is not closed: the file ends before", "add the missing `\"`", true});
  }

  // 0: a line that goes on in the next.
  static char unescaped(char c) {
    switch (c) {
      case 'n': return '\n';
      case 'r': return '\r';
      case 't': return '\t';
      case 'b': return '\b';
      case 'f': return '\f';
      case '\n': return 0;
      default: return c;
    }
  }

  std::vector<Word> templates() {
    std::vector<Word> all;
    for (skip_space(); !ended() && now() != '{' && now() != '}' && now() != '='; skip_space()) {
      const Where where = here();
      std::string word = name();
      if (!word.empty()) all.push_back({std::move(word), where});
      else step();  // a comma, or what does not belong here
    }
    return all;
  }

  void subsection(Section& parent, std::string word, const Where& where, std::vector<Word> inherited, std::size_t depth) {
    if (ended() || now() != '{') return malformed(parent, where);
    if (depth >= kMaxSections || ++shared_.settings > kMostSettings) {
      shared_.problems.push_back({where, "too many sections, or too deep within each other: the rest is not read", "split the file", true});
      parent.incomplete = "the file is too large to be read to its end";
      at_ = text_.size();
      return;
    }
    step();
    Section& section = section_of(parent, std::move(word), where);
    section.templates.insert(section.templates.end(), inherited.begin(), inherited.end());
    statements(section, depth + 1);
  }

  static Section& section_of(Section& parent, std::string word, const Where& where) {
    const auto old = std::find_if(parent.sections.begin(), parent.sections.end(), [&](const Section& one) { return one.name == word; });
    if (old != parent.sections.end()) return *old;
    parent.sections.push_back({std::move(word), where, {}, {}, {}, {}});
    return parent.sections.back();
  }

  void include(Section& section, const Where& where) {
    skip_space(false);
    const std::string pattern = read_value().text;
    const auto fail = [&](std::string reason, std::string hint) {
      report_unread(shared_.problems, where, std::move(reason), std::move(hint));
      section.incomplete = "an include could not be read";
    };
    if (pattern.empty()) return fail("an include that names no file", "write `include FILE`");
    if (shared_.open.size() > kMaxIncludes) return fail("includes stand too deep within each other", "include fewer files from each other");
    auto files = shared_.include(pattern, path_);
    if (!files) return fail("the included file cannot be read: " + files.error(), "give the file beside this one, or remove the include");
    for (Source& file : *files) read_included(file, section, where);
  }

  void read_included(Source& file, Section& section, const Where& where) {
    if (std::find(shared_.open.begin(), shared_.open.end(), file.path) != shared_.open.end()) {
      report_unread(shared_.problems, where, "the file includes itself, by way of " + file.path, "remove one of the includes");
      section.incomplete = "a file includes itself";
    } else if (++shared_.files > kMostFiles) {
      report_unread(shared_.problems, where, "too many files are included", "include fewer files");
      section.incomplete = "an include could not be read";
    } else {
      shared_.open.push_back(file.path);
      File(file, shared_).read(section);
      shared_.open.pop_back();
    }
    model::wipe(file.text);
  }

  std::string path_;
  std::string_view text_;
  Shared& shared_;
  std::size_t at_ = 0, line_ = 1, line_start_ = 0;
};

// What may be missing in a section may be missing in all that is in it.
void spread(Section& section, const std::string& incomplete) {
  if (section.incomplete.empty()) section.incomplete = incomplete;
  for (Section& inner : section.sections) spread(inner, section.incomplete);
}

// Brings templates in, from the innermost sections outwards.
class Inheritance {
 public:
  Inheritance(const Section& root, std::vector<Problem>& problems) : root_(root), problems_(problems) {}

  Section resolved(const Section& section) {
    Section whole = section;
    whole.templates.clear();
    open_.push_back(&section);
    copied_ += whole.settings.size() + 1;
    for (Section& inner : whole.sections) inner = resolved(*section.section(inner.name));
    Section inherited;
    for (const Word& name : section.templates)
      if (const Section* base = find(name, whole)) add(inherited, resolved(*base), true);
    open_.pop_back();
    add(whole, inherited, false);
    return whole;
  }

 private:
  // nullptr: it is a problem that has been told.
  const Section* find(const Word& name, Section& heir) {
    const auto fail = [&](std::string reason, std::string hint) {
      report(problems_, name.where, std::move(reason), std::move(hint));
      heir.incomplete = "its template could not be read";
      return nullptr;
    };
    const Section* base = &root_;
    for (const Word& part : split(name, '.'))
      if (base) base = base->section(part.text);
    if (!base || base == &root_) return fail("there is no section of this name to inherit from", nearest_of(name.text, names()));
    if (std::find(open_.begin(), open_.end(), base) != open_.end()) return fail("the section inherits from itself",
        "remove one of the references");
    if (open_.size() > kMaxSections || copied_ > kMostSettings) return fail("sections inherit too much from each other",
        "inherit from fewer sections");
    return base;
  }

  std::vector<std::string_view> names() const {
    std::vector<std::string_view> all;
    for (const Section& one : root_.sections) all.push_back(one.name);
    return all;
  }

  // What `heir` does not have itself. `equals`: two templates, of which neither outweighs the other.
  void add(Section& heir, const Section& base, bool equals) {
    if (heir.incomplete.empty()) heir.incomplete = base.incomplete;
    for (const Setting& setting : base.settings) {
      if ((copied_ += 1) > kMostSettings) {
        heir.incomplete = "too much is inherited to be read";
        return;
      }
      const auto own = std::find_if(heir.settings.begin(), heir.settings.end(),
          [&](const Setting& one) { return one.name == setting.name; });
      if (own == heir.settings.end()) heir.settings.push_back(setting);
      else if (equals && own->value.text != setting.value.text) own->contested = true;
    }
    for (const Section& inner : base.sections) {
      const auto own = std::find_if(heir.sections.begin(), heir.sections.end(), [&](const Section& one) { return one.name == inner.name; });
      if (own == heir.sections.end()) heir.sections.push_back(inner);
      else add(*own, inner, equals);
    }
  }

  const Section& root_;
  std::vector<Problem>& problems_;
  std::vector<const Section*> open_;
  std::size_t copied_ = 0;
};

}  // namespace

Section read_swanctl(const Source& source, const Include& include, std::vector<Problem>& problems) {
  Section root;
  root.where = {source.path, 1, 1};
  Shared shared{include, problems, {source.path}};
  File(source, shared).read(root);
  if (root.incomplete.empty()) root.incomplete = shared.refused;
  return root;
}

Section with_templates(const Section& section, const Section& root, std::vector<Problem>& problems) {
  Section whole = Inheritance(root, problems).resolved(section);
  spread(whole, root.incomplete);
  return whole;
}

}  // namespace tunnelscope::config
