// The located tree: one form for JSON, YAML and XML documents, in which every key and value knows where it stands. In: a text. Out: the
// tree of all that could be read, and what could not, with its place. No value of a document is ever quoted in a problem: it may be a key.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/model.hpp"

namespace tunnelscope::config {

struct Entry;

// In XML an element with children is a Map with an entry per attribute ("@id") and per child, in order, a name as often as it comes;
// an element without is a Text, empty or not.
struct Node {
  enum class Kind : std::uint8_t { Null, Boolean, Number, Text, List, Map };
  Kind kind = Kind::Null;
  bool quoted = false;              // YAML: in quotes or a block, so Text whatever it looks like
  bool broken = false;              // the document breaks off inside it, or its key stands twice: what it lacks or says is not known
  std::uint32_t line = 0, column = 0;  // 1-based, columns in bytes; of a map or list where it opens
  std::string text;                 // Text; Number as it is written; Boolean "true" or "false"
  std::string tag;                  // YAML: "!Ref"; else empty
  std::vector<Node> items;          // List
  std::vector<Entry> entries;       // Map, in the order of the document

  bool is(Kind wanted) const { return kind == wanted; }
  // The first entry of that name, or its value; nullptr: there is none, or this is no map.
  const Entry* entry(std::string_view name) const;
  const Node* find(std::string_view name) const;
  // The same through several maps: {"Options", "TunnelOptions"}.
  const Node* find(std::initializer_list<std::string_view> path) const;
};

struct Entry {
  std::string name;
  std::uint32_t line = 0, column = 0;
  Node value;
};

struct Tree {
  Node root;
  std::vector<diag::config::Problem> problems;  // a fatal one: `root` holds what stood before it
};

// Larger, deeper or more documents are read up to there, with a fatal problem.
inline constexpr std::size_t kMaxDocumentBytes = 32u << 20;
inline constexpr std::size_t kMaxYamlBytes = 1u << 20;  // as much as CloudFormation takes
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 1'000'000;

// `path` is for the places in problems. A key that stands twice in a map is a problem, and its values are broken.
Tree read_json(std::string_view text, const std::string& path);
Tree read_yaml(std::string_view text, const std::string& path);  // one document; tags are kept, anchors refused
Tree read_xml(std::string_view text, const std::string& path);   // declared entities are not expanded, nothing is fetched

// Overwrites every text of the tree, for some are keys.
void wipe(Node& node);

}  // namespace tunnelscope::config
