// Builds the tree from yaml-cpp's events. The handler refuses by throwing Refused, which, like yaml-cpp's own
// exceptions, is caught in read_yaml_tree and goes no further.
#include "kb/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "kb/text.hpp"

namespace tunnelscope::kb {
namespace {

struct Refused {
  std::size_t line, column;
  std::string reason, hint;
};

std::size_t number(int mark) { return mark < 0 ? 0 : static_cast<std::size_t>(mark); }

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const YamlFile& file, const YamlOptions& options) : file_(file), options_(options) {}

  YamlNode take_root() { return std::move(root_); }
  Errors take_errors() { return std::move(errors_); }

  // Closes what is still open when the document breaks off; what was to become a key is dropped.
  void break_off() {
    while (!frames_.empty()) {
      Frame open = std::move(frames_.back());
      frames_.pop_back();
      open.node.broken = true;
      if (open.has_key) {
        YamlNode missing;
        missing.line = open.key.line;
        missing.column = open.key.column;
        missing.broken = true;
        open.node.entries.push_back({std::move(open.key), std::move(missing)});
      }
      const bool is_key = !frames_.empty() && frames_.back().node.kind == YamlNode::Kind::Map && !frames_.back().has_key;
      if (!is_key) add(std::move(open.node));
    }
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_) refuse(mark, "a second document; each file holds one", "remove the `---` line or split the file");
    started_ = true;
  }
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(node(mark, "", anchor, YamlNode::Kind::Null)); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    YamlNode scalar = node(mark, tag, anchor, YamlNode::Kind::Scalar);
    scalar.text = value;
    scalar.quoted = tag == "!";
    add(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, node(mark, tag, anchor, YamlNode::Kind::List));
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, node(mark, tag, anchor, YamlNode::Kind::Map));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string reason, std::string hint = {}) {
    throw Refused{number(mark.line), number(mark.column), std::move(reason), std::move(hint)};
  }
  [[noreturn]] static void refuse_anchor(const YAML::Mark& mark) {
    refuse(mark, "anchors and aliases are not allowed", "write the text out; a text with a leading & or * needs quotes");
  }

  YamlNode node(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) const {
    if (anchor != YAML::NullAnchor) refuse_anchor(mark);
    YamlNode made;
    if (!tag.empty() && tag != "?" && tag != "!") {
      if (!options_.tags) refuse(mark, "tags are not allowed", "a text with a leading ! needs quotes");
      made.tag = tag;
    }
    made.kind = kind;
    made.line = number(mark.line);
    made.column = number(mark.column);
    return made;
  }

  // Nodes under construction, outermost first; a map's pending key waits in its frame.
  struct Frame {
    YamlNode node;
    bool has_key = false;
    YamlNode key;
  };

  void open(const YAML::Mark& mark, YamlNode made) {
    if (frames_.size() == options_.depth) refuse(mark, "nested too deeply");
    frames_.push_back({std::move(made), false, {}});
  }
  void close() {
    YamlNode done = std::move(frames_.back().node);
    frames_.pop_back();
    add(std::move(done));
  }

  void add(YamlNode made) {
    if (frames_.empty()) {
      root_ = std::move(made);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == YamlNode::Kind::List) {
      frame.node.items.push_back(std::move(made));
    } else if (!frame.has_key) {
      add_key(frame, std::move(made));
    } else {
      frame.has_key = false;
      if (made.kind == YamlNode::Kind::Null) {  // yaml-cpp marks the token after it
        made.line = frame.key.line;
        made.column = frame.key.column;
      }
      frame.node.entries.push_back({std::move(frame.key), std::move(made)});
    }
  }
  void add_key(Frame& frame, YamlNode key) {
    if (key.kind != YamlNode::Kind::Scalar) throw Refused{key.line, key.column, "a key must be a word", {}};
    if (const YamlNode* first = options_.repeated_keys ? nullptr : key_node(frame.node, key.text)) {
      errors_.push_back(file_.error(key, "the key `" + key.text + "` stands here twice",
                                    "it stands first in line " + std::to_string(first->line + 1)));
    }
    frame.key = std::move(key);
    frame.has_key = true;
  }
  static const YamlNode* key_node(const YamlNode& map, std::string_view key) {
    for (const auto& entry : map.entries) {
      if (entry.key.text == key) return &entry.key;
    }
    return nullptr;
  }

  const YamlFile& file_;
  YamlOptions options_;
  std::vector<Frame> frames_;
  YamlNode root_;
  Errors errors_;
  bool started_ = false;
};

std::string hint_for(const std::string& message) {
  if (message == "illegal map value") return "a text with a colon and a blank inside needs quotes";
  if (message == "end of map not found" || message == "end of sequence not found") {
    return "a quotation mark or bracket above may not be closed, or the indent is wrong";
  }
  return {};
}

// yaml-cpp takes some control characters for the end of the file and passes others on.
std::optional<Error> bad_bytes(const YamlFile& file) {
  const std::string& text = file.text();
  std::size_t line = 0, line_start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const auto c = static_cast<unsigned char>(text[at]);
    if (length == 0) return file.error(line, at - line_start, "not valid UTF-8");
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
      return file.error(line, at - line_start, "a control character", "write it as an escape in double quotes");
    }
    at += length;
    if (c == '\n') {
      ++line;
      line_start = at;
    }
  }
  return std::nullopt;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.key.text == key; });
  return entry == entries.end() ? nullptr : &entry->value;
}

YamlFile::YamlFile(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
  if (text_.starts_with("\xef\xbb\xbf")) text_.erase(0, 3);
  line_starts_.push_back(0);
  for (std::size_t at = 0; at < text_.size(); ++at) {
    if (text_[at] == '\n') line_starts_.push_back(at + 1);
  }
}

std::string_view YamlFile::line(std::size_t index) const {
  if (index >= line_starts_.size()) return {};
  const std::size_t end = index + 1 < line_starts_.size() ? line_starts_[index + 1] : text_.size();
  std::string_view found = std::string_view(text_).substr(line_starts_[index], end - line_starts_[index]);
  while (found.ends_with('\n') || found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

Error YamlFile::error(std::size_t line_index, std::size_t column, std::string reason, std::string hint) const {
  const std::string_view text = line(line_index);
  return {name_, static_cast<int>(line_index) + 1, static_cast<int>(characters(text, column)) + 1, std::string(text),
          std::move(reason), std::move(hint)};
}

Error YamlFile::error(const YamlNode& at, std::string reason, std::string hint) const {
  return error(at.line, at.column, std::move(reason), std::move(hint));
}

Error YamlFile::error_inside(const YamlNode& at, std::size_t offset, std::string reason) const {
  const std::string_view text = line(at.line);
  const char quote = at.column < text.size() ? text[at.column] : '\0';
  const bool doubled = quote == '\'';  // '' stands for one '
  std::size_t column = at.column + (quote == '\'' || quote == '"' ? 1 : 0);
  for (std::size_t i = 0; i < offset; ++i) {
    if (column >= text.size() || i >= at.text.size() || text[column] != at.text[i]) return error(at, std::move(reason));
    column += doubled && text[column] == '\'' ? 2 : 1;
  }
  return error(at.line, column, std::move(reason));
}

YamlReading read_yaml_tree(const YamlFile& file, const YamlOptions& options) {
  if (auto bad = bad_bytes(file)) return {{}, {*bad}};
  TreeBuilder builder(file, options);
  std::optional<Error> fault;
  try {
    std::istringstream stream(file.text());
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& refused) {
    fault = file.error(refused.line, refused.column, refused.reason, refused.hint);
  } catch (const YAML::Exception& e) {
    fault = file.error(number(e.mark.line), number(e.mark.column), "not valid YAML: " + e.msg, hint_for(e.msg));
  }
  if (!fault) return {builder.take_root(), builder.take_errors()};
  builder.break_off();
  return {builder.take_root(), {*fault}};
}

tl::expected<YamlNode, Errors> parse_yaml(const YamlFile& file) {
  YamlReading reading = read_yaml_tree(file, {});
  if (!reading.errors.empty()) return tl::unexpected(std::move(reading.errors));
  return std::move(reading.root);
}

tl::expected<YamlFile, Error> read_yaml_file(const std::string& path) {
  const auto fail = [&](std::string reason) { return tl::unexpected(Error{path, 0, 0, {}, std::move(reason), {}}); };
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (failed) return fail("cannot be read: " + failed.message());
  if (!std::filesystem::is_regular_file(status)) return fail("not a regular file");
  std::ifstream stream(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  if (!stream) return fail("cannot be opened for reading");
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return fail("cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kMaxFileBytes) return fail("larger than 256 KiB, which no entry needs");
  return YamlFile(path, std::move(text));
}

}  // namespace tunnelscope::kb
