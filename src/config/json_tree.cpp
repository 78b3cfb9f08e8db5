// JSON by a reader of its own: simdjson and nlohmann/json forget where things stand, and keep nothing of a document that is cut off.
// Depth, size and the number of values are bounded.
#include <algorithm>
#include <charconv>

#include "src/config/tree.hpp"
#include "src/config/tree_limits.hpp"

namespace tunnelscope::config {
namespace {

// Ends the reading: what was wrong, and where.
struct Broken {
  std::uint32_t line, column;
  std::string reason, hint;
};

class JsonReader {
 public:
  JsonReader(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  Tree read() {
    try {
      if (text_.starts_with("\xef\xbb\xbf")) skip(3);
      tree_.root.broken = true;
      value(tree_.root, 0);
      blanks();
      if (at_ < text_.size()) broken("text behind the end of the document", "one file holds one JSON document");
    } catch (const Broken& found) {
      tree_.problems.push_back({{path_, found.line, found.column}, found.reason, found.hint, true});
    }
    return std::move(tree_);
  }

 private:
  std::uint32_t column() const { return static_cast<std::uint32_t>(at_ - line_start_ + 1); }
  [[noreturn]] void broken(std::string reason, std::string hint = {}) const {
    throw Broken{line_, column(), std::move(reason), std::move(hint)};
  }
  [[noreturn]] void cut_off() const { broken("the document ends here, before it is closed", "the file may be truncated"); }

  void skip(std::size_t bytes) { at_ += bytes; }
  void blanks() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }
  char next() {  // the first character that is not blank, not taken
    blanks();
    if (at_ == text_.size()) cut_off();
    return text_[at_];
  }

  void value(Node& node, std::size_t depth) {
    const char first = next();
    node.line = line_;
    node.column = column();
    if (depth == kMaxDepth) broken("nested too deeply", "at most " + std::to_string(kMaxDepth) + " levels are read");
    if (++nodes_ > kMaxNodes) broken("too many values", "at most " + std::to_string(kMaxNodes) + " are read");
    node.broken = true;  // until it is read to its end
    if (first == '{') {
      map(node, depth);
    } else if (first == '[') {
      list(node, depth);
    } else if (first == '"') {
      node.kind = Node::Kind::Text;
      string(node.text);
    } else {
      word(node);
    }
    node.broken = false;
  }

  void map(Node& node, std::size_t depth) {
    node.kind = Node::Kind::Map;
    skip(1);
    for (bool first = true; next() != '}'; first = false) {
      if (!first) comma();
      if (next() != '"') broken("a key in quotes is missing here");
      Entry& entry = node.entries.emplace_back();
      entry.line = line_;
      entry.column = column();
      entry.value.broken = true;
      string(entry.name);
      if (next() != ':') broken("a colon is missing behind the key");
      skip(1);
      value(entry.value, depth + 1);
    }
    skip(1);
    note_repeated_keys(node, path_, tree_.problems);
  }

  void list(Node& node, std::size_t depth) {
    node.kind = Node::Kind::List;
    skip(1);
    for (bool first = true; next() != ']'; first = false) {
      if (!first) comma();
      value(node.items.emplace_back(), depth + 1);
    }
    skip(1);
  }

  void comma() {
    if (next() != ',') broken("a comma is missing here");
    skip(1);
  }

  void word(Node& node) {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n,]}:\"[{", at_), text_.size());
    const std::string_view found = text_.substr(at_, end - at_);
    if (end == text_.size() && !found.empty()) cut_off();  // there may have been more digits
    if (found == "null") {
      node.kind = Node::Kind::Null;
    } else if (found == "true" || found == "false") {
      node.kind = Node::Kind::Boolean;
    } else if (is_number(found)) {
      node.kind = Node::Kind::Number;
    } else {
      broken("neither a value nor a quotation mark", "texts stand in double quotes");
    }
    if (node.kind != Node::Kind::Null) node.text = found;
    skip(found.size());
  }

  void string(std::string& into) {
    skip(1);
    for (;;) {
      const std::size_t plain = std::min(text_.find_first_of("\"\\\n", at_), text_.size());
      into.append(text_, at_, plain - at_);
      at_ = plain;
      if (at_ == text_.size()) cut_off();
      if (text_[at_] == '\n') broken("a text is not closed in its line", "a quotation mark is missing, or the file may be truncated");
      if (text_[at_] == '"') return skip(1);
      escape(into);
    }
  }

  void escape(std::string& into) {
    static constexpr std::string_view kWritten = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    skip(1);
    if (at_ == text_.size()) cut_off();
    if (const std::size_t which = kWritten.find(text_[at_]); which != std::string_view::npos) {
      into += kMeant[which];
      return skip(1);
    }
    if (text_[at_] != 'u') broken("an escape that JSON does not have");
    skip(1);
    append_utf8(into, code_point());
  }

  std::uint32_t hex4() {
    std::uint32_t value = 0;
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() < 4) cut_off();
    if (error != std::errc{} || end != digits.data() + 4) broken("four hex digits are missing in an escape");
    skip(4);
    return value;
  }

  // Of a surrogate pair both halves; a half alone is the replacement character.
  std::uint32_t code_point() {
    const std::uint32_t first = hex4();
    if (first < 0xD800 || first > 0xDFFF) return first;
    if (first > 0xDBFF || !text_.substr(at_).starts_with("\\u")) return 0xFFFD;
    skip(2);
    const std::uint32_t second = hex4();
    return second >= 0xDC00 && second <= 0xDFFF ? 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00) : 0xFFFD;
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0, line_start_ = 0, nodes_ = 0;
  std::uint32_t line_ = 1;
  Tree tree_;
};

}  // namespace

Tree read_json(std::string_view text, const std::string& path) {
  if (text.size() > kMaxDocumentBytes) return too_large(path, kMaxDocumentBytes);
  return JsonReader(text, path).read();
}

}  // namespace tunnelscope::config
