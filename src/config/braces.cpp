#include "src/config/braces.hpp"

#include <algorithm>

namespace tunnelscope::config {
namespace {

constexpr std::string_view kSpace = " \t\r\n", kEndsWord = " \t\r\n{}=#\"";

class Scan {
 public:
  explicit Scan(const std::vector<Draft::Line>& lines) {
    for (const Draft::Line& line : lines) {
      if (line.number == 0) continue;
      begins_.push_back({text_.size(), line.number});
      text_ += line.text + "\n";
    }
  }

  std::vector<BracedSection> sections() {
    while (at_ < text_.size()) token();
    return std::move(sections_);
  }

 private:
  struct Begin {
    std::size_t at, line;
  };

  Spot spot(std::size_t at) const {
    const auto next = std::upper_bound(begins_.begin(), begins_.end(), at, [](std::size_t a, const Begin& b) { return a < b.at; });
    const Begin& own = *std::prev(next);
    return {own.line, at - own.at};
  }

  void token() {
    switch (text_[at_]) {
      case '#': at_ = std::min(text_.find('\n', at_), text_.size()); return;
      case '{': return open();
      case '}': return close();
      case '=': return setting();
      case '"': return quoted();
      default: break;
    }
    if (kSpace.find(text_[at_]) != std::string_view::npos) return void(++at_);
    const std::size_t end = std::min(text_.find_first_of(kEndsWord, at_), text_.size());
    if (!inherits_ && std::string_view(text_).substr(at_, end - at_) == "include" && text_[end] != '=' && text_[end] != '{')
      at_ = std::min(text_.find('\n', at_), text_.size());
    else word(end);
  }

  // A section is named by the first word before its brace, and inherits what is named behind a colon.
  void word(std::size_t end) {
    if (!inherits_) first_ = at_, last_ = end;
    const std::size_t colon = text_.find(':', at_);
    if (colon < end) {
      if (!inherits_ && colon > at_) last_ = colon;
      inherits_ = true;
    }
    at_ = end;
  }

  std::string taken_name() {
    std::string name = text_.substr(first_, last_ - first_);
    inherits_ = false;
    return name;
  }

  void open() {
    BracedSection section;
    section.named = spot(first_), section.open = spot(at_);
    section.name = taken_name();
    if (!around_.empty()) section.within = around_.back();
    around_.push_back(sections_.size());
    sections_.push_back(std::move(section));
    first_ = last_ = ++at_;
  }

  void close() {
    if (!around_.empty()) {
      sections_[around_.back()].close = spot(at_);
      around_.pop_back();
    }
    first_ = last_ = ++at_;
    inherits_ = false;
  }

  void quoted() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    at_ = std::min(at_ + 1, text_.size());
  }

  void setting() {
    const std::size_t value = text_.find_first_not_of(" \t", at_ + 1);
    BracedSetting made{{}, spot(first_), spot(value)};
    made.name = taken_name();
    if (!around_.empty()) sections_[around_.back()].settings.push_back(std::move(made));
    for (at_ = value; at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '#' && text_[at_] != '}';)
      if (text_[at_] == '"') quoted();
      else ++at_;
    first_ = last_ = at_;
  }

  std::string text_;
  std::vector<Begin> begins_;
  std::vector<BracedSection> sections_;
  std::vector<std::size_t> around_;  // the open sections, from without to within
  std::size_t at_ = 0, first_ = 0, last_ = 0;  // the last word's extent
  bool inherits_ = false;
};

}  // namespace

std::vector<BracedSection> braced_sections(const Draft& draft, const std::string& path) {
  const std::vector<Draft::Line>* lines = draft.all(path);
  return lines && !lines->empty() ? Scan(*lines).sections() : std::vector<BracedSection>{};
}

}  // namespace tunnelscope::config
