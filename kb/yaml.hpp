// One YAML file as a tree that remembers where everything stands, stricter than YAML itself: one document, no
// anchors, aliases or tags, no key twice, scalar keys, shallow nesting, plain UTF-8. Internal to kb/, but for read_yaml_tree().
// yaml-cpp's own Node accepts duplicate keys and expands aliases, so the tree is built from its event stream.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "kb/loader.hpp"

namespace tunnelscope::kb {

struct YamlEntry;

struct YamlNode {
  enum class Kind { Null, Scalar, List, Map };
  Kind kind = Kind::Null;
  std::size_t line = 0, column = 0;  // 0-based, in bytes
  std::string text;                  // Scalar
  std::string tag;                   // "!Ref", where tags are allowed; else empty
  bool broken = false;               // the document breaks off inside it: what it lacks is not known
  bool quoted = false;               // Scalar: in quotes or a block, so "true" and "3" are text
  std::vector<YamlNode> items;       // List
  std::vector<YamlEntry> entries;    // Map, in the order of the file

  const YamlNode* find(std::string_view key) const;  // Map; nullptr: no such key
};

struct YamlEntry {
  YamlNode key, value;
};

// A file's name and text; makes errors that show the line.
class YamlFile {
 public:
  YamlFile(std::string name, std::string text);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  std::string_view line(std::size_t index) const;  // 0-based; empty beyond the end

  Error error(std::size_t line, std::size_t column, std::string reason, std::string hint = {}) const;
  Error error(const YamlNode& at, std::string reason, std::string hint = {}) const;
  // At a byte of the node's text, when the node stands on one line of the file; else at its beginning.
  Error error_inside(const YamlNode& at, std::size_t offset, std::string reason) const;

 private:
  std::string name_, text_;
  std::vector<std::size_t> line_starts_;
};

inline constexpr std::size_t kMaxFileBytes = 256 * 1024;

// The tree, or what is wrong: syntax ends at the first fault, duplicate keys are all named.
tl::expected<YamlNode, Errors> parse_yaml(const YamlFile& file);

// For documents that are not ours: other limits, and all that stands before a fault.
struct YamlOptions {
  std::size_t depth = 12;
  bool tags = false;
  bool repeated_keys = false;  // left for the caller to find
};
struct YamlReading {
  YamlNode root;
  Errors errors;
};
YamlReading read_yaml_tree(const YamlFile& file, const YamlOptions& options);

// The file's text, or why it cannot be read (missing, not a regular file, too large).
tl::expected<YamlFile, Error> read_yaml_file(const std::string& path);

}  // namespace tunnelscope::kb
