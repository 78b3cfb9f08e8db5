// XML by pugixml, which keeps the offset of every node; lines and columns follow from those. A document type is left unread: pugixml knows
// the five entities of XML and characters by number, expands no others, and fetches nothing.
#include <algorithm>
#include <pugixml.hpp>

#include "src/config/tree.hpp"
#include "src/config/tree_limits.hpp"

namespace tunnelscope::config {
namespace {

class XmlReader {
 public:
  XmlReader(std::string_view text, const std::string& path) : path_(path) {
    line_starts_.push_back(0);
    for (std::size_t at = 0; at < text.size(); ++at)
      if (text[at] == '\n') line_starts_.push_back(at + 1);
  }

  Tree read(std::string_view text) {
    pugi::xml_document document;
    const auto result = document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_trim_pcdata, pugi::encoding_utf8);
    if (!result) {
      const Position at = position(result.offset);
      add_problem(at, result.status == pugi::status_end_element_mismatch || static_cast<std::size_t>(result.offset) + 1 >= text.size()
                          ? "not valid XML: an element is not closed here" : "not valid XML here",
                  "the file may be truncated");
    }
    if (const pugi::xml_node root = document.document_element()) {
      tree_.root.kind = Node::Kind::Map;
      tree_.root.line = tree_.root.column = 1;
      add_element(tree_.root, root, 0);
      if (!result) break_off(tree_.root);
    } else if (result) {
      add_problem({1, 1}, "no XML element", {});
    }
    return std::move(tree_);
  }

 private:
  struct Position {
    std::uint32_t line, column;
  };

  Position position(std::ptrdiff_t offset) const {
    const auto at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0));
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), at);
    return {static_cast<std::uint32_t>(after - line_starts_.begin()), static_cast<std::uint32_t>(at - *(after - 1) + 1)};
  }

  // What was open when the document ended is the last of everything.
  static void break_off(Node& node) {
    node.broken = true;
    if (!node.entries.empty()) break_off(node.entries.back().value);
  }

  void add_problem(Position at, std::string reason, std::string hint) {
    tree_.problems.push_back({{path_, at.line, at.column}, std::move(reason), std::move(hint), true});
  }

  // Whether there is room for one more; says so once when there is not.
  bool room(const pugi::xml_node& element, std::size_t depth) {
    if (full_) return false;
    const bool too_deep = depth == kMaxDepth;
    full_ = too_deep || ++nodes_ > kMaxNodes;
    if (full_) add_problem(position(element.offset_debug()), too_deep ? "nested too deeply" : "too many elements", {});
    return !full_;
  }

  void add_element(Node& parent, const pugi::xml_node& element, std::size_t depth) {
    if (!room(element, depth)) return;
    const Position at = position(element.offset_debug());
    Entry& entry = parent.entries.emplace_back();
    entry.name = element.name();
    entry.line = entry.value.line = at.line;
    entry.column = entry.value.column = at.column;
    fill(entry.value, element, depth);
  }

  void fill(Node& node, const pugi::xml_node& element, std::size_t depth) {
    const bool has_children = !element.find_child([](const pugi::xml_node& child) { return child.type() == pugi::node_element; }).empty();
    node.kind = has_children || element.first_attribute() ? Node::Kind::Map : Node::Kind::Text;
    if (node.kind == Node::Kind::Text) {
      node.text = element.child_value();
      return;
    }
    for (const pugi::xml_attribute& attribute : element.attributes()) {
      Entry& entry = node.entries.emplace_back();
      entry.name = std::string("@") + attribute.name();
      entry.line = entry.value.line = node.line;
      entry.column = entry.value.column = node.column;
      entry.value.kind = Node::Kind::Text;
      entry.value.text = attribute.value();
    }
    for (const pugi::xml_node& child : element.children())
      if (child.type() == pugi::node_element) add_element(node, child, depth + 1);
  }

  const std::string& path_;
  std::vector<std::size_t> line_starts_;
  std::size_t nodes_ = 0;
  bool full_ = false;
  Tree tree_;
};

}  // namespace

Tree read_xml(std::string_view text, const std::string& path) {
  return text.size() > kMaxDocumentBytes ? too_large(path, kMaxDocumentBytes) : XmlReader(text, path).read(text);
}

}  // namespace tunnelscope::config
