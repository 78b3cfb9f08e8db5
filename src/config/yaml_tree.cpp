// YAML by kb/'s reader, which keeps places; what plain words mean (null, true, numbers) is told here.
#include "kb/yaml.hpp"
#include "src/config/tree.hpp"
#include "src/config/tree_limits.hpp"

namespace tunnelscope::config {
namespace {

Node::Kind kind_of_word(const kb::YamlNode& word) {
  if (word.quoted || !word.tag.empty()) return Node::Kind::Text;
  for (const std::string_view boolean : {"true", "True", "TRUE", "false", "False", "FALSE"})
    if (word.text == boolean) return Node::Kind::Boolean;
  return is_number(word.text) ? Node::Kind::Number : Node::Kind::Text;
}

class YamlConverter {
 public:
  explicit YamlConverter(const std::string& path) : path_(path) {}

  void fill(Node& node, kb::YamlNode& read) {
    node.line = static_cast<std::uint32_t>(read.line + 1);
    node.column = static_cast<std::uint32_t>(read.column + 1);
    node.quoted = read.quoted;
    node.broken = read.broken;
    node.tag = std::move(read.tag);
    switch (read.kind) {
      case kb::YamlNode::Kind::Null: return;
      case kb::YamlNode::Kind::Scalar: return fill_word(node, read);
      case kb::YamlNode::Kind::List: return fill_list(node, read);
      case kb::YamlNode::Kind::Map: return fill_map(node, read);
    }
  }

  std::vector<diag::config::Problem> take_problems() { return std::move(problems_); }

 private:
  static void fill_word(Node& node, kb::YamlNode& read) {
    node.kind = kind_of_word(read);
    node.text = std::move(read.text);
    if (node.is(Node::Kind::Boolean)) node.text = node.text[0] == 't' || node.text[0] == 'T' ? "true" : "false";
  }
  void fill_list(Node& node, kb::YamlNode& read) {
    node.kind = Node::Kind::List;
    node.items.resize(read.items.size());
    for (std::size_t i = 0; i < read.items.size(); ++i) fill(node.items[i], read.items[i]);
  }
  void fill_map(Node& node, kb::YamlNode& read) {
    node.kind = Node::Kind::Map;
    node.entries.resize(read.entries.size());
    for (std::size_t i = 0; i < read.entries.size(); ++i) {
      kb::YamlEntry& from = read.entries[i];
      node.entries[i].name = std::move(from.key.text);
      node.entries[i].line = static_cast<std::uint32_t>(from.key.line + 1);
      node.entries[i].column = static_cast<std::uint32_t>(from.key.column + 1);
      fill(node.entries[i].value, from.value);
    }
    note_repeated_keys(node, path_, problems_);
  }

  const std::string& path_;
  std::vector<diag::config::Problem> problems_;
};

}  // namespace

Tree read_yaml(std::string_view text, const std::string& path) {
  if (text.size() > kMaxYamlBytes) return too_large(path, kMaxYamlBytes);
  kb::YamlReading reading = kb::read_yaml_tree(kb::YamlFile(path, std::string(text)), {kMaxDepth, true, true});
  Tree tree;
  YamlConverter converter(path);
  converter.fill(tree.root, reading.root);
  tree.problems = converter.take_problems();
  for (const kb::Error& error : reading.errors)
    tree.problems.push_back(
        {{path, static_cast<std::size_t>(error.line), static_cast<std::size_t>(error.column)}, error.reason, error.hint, true});
  if (!reading.errors.empty()) tree.root.broken = true;
  return tree;
}

}  // namespace tunnelscope::config
