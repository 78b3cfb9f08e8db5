// Reads the keys of one YAML map into typed fields and reports every fault with its place. Internal to kb/.
// A key that is absent leaves its field untouched, which is what an overriding file needs.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kb/names.hpp"
#include "kb/yaml.hpp"

namespace tunnelscope::kb {

enum class Need { Optional, Required };

// What a file's readers share.
struct ReadContext {
  const YamlFile& file;
  Errors& errors;
};

class MapReader {
 public:
  // `what`: how errors call this map ("a condition"). `partial`: even required keys may be absent.
  MapReader(ReadContext& context, const YamlNode& node, std::string what, bool partial = false);

  bool has(std::string_view key) const;
  void text(std::string_view key, std::string& field, Need need = Need::Optional);
  void flag(std::string_view key, bool& field);
  void whole(std::string_view key, int& field, int least);
  void number(std::string_view key, double& field, Need need = Need::Optional);
  void iso_date(std::string_view key, std::string& field);
  void word(std::string_view key, std::string& field, const Words& allowed, Need need = Need::Optional);
  void words(std::string_view key, std::vector<std::string>& field, const Words* allowed = nullptr,
             Need need = Need::Optional);

  template <class E>
  void one_of(std::string_view key, E& field, Need need = Need::Optional) {
    Words allowed;
    for (const auto& row : names(E{})) allowed.emplace_back(row.name);
    std::string text;
    word(key, text, allowed, need);
    if (const auto value = value_named<E>(text)) field = *value;
  }

  // Clears the field, then calls `each` for every item.
  template <class T, class Each>
  void list(std::string_view key, std::vector<T>& field, Need need, Each each) {
    const YamlNode* node = take(key, YamlNode::Kind::List, need);
    if (node == nullptr) return;
    if (node->items.empty() && need == Need::Required) report(*node, "`" + std::string(key) + "` is empty");
    field.clear();
    for (const YamlNode& item : node->items) {
      T made;
      each(item, made);
      field.push_back(std::move(made));
    }
  }

  // The value of `key` when it is there and of that kind.
  const YamlNode* take(std::string_view key, YamlNode::Kind kind, Need need = Need::Optional);
  // Every required key that is absent is an error, and every key that nobody asked for, unless the one is the other
  // misspelt: then it is one error.
  void finish();

  void report(const YamlNode& at, std::string reason, std::string hint = {});
  const YamlNode& node() const { return node_; }
  const YamlNode* at(std::string_view key) const { return node_.find(key); }

 private:
  ReadContext& context_;
  const YamlNode& node_;
  std::string what_;
  bool partial_;
  std::vector<std::string> asked_, missing_;
};

// The text of a scalar without the line end that block scalars leave.
std::string scalar_text(const YamlNode& node);

}  // namespace tunnelscope::kb
