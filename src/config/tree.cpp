#include "src/config/tree.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "src/config/tree_limits.hpp"

namespace tunnelscope::config {

const Entry* Node::entry(std::string_view name) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

const Node* Node::find(std::string_view name) const {
  const Entry* found = entry(name);
  return found ? &found->value : nullptr;
}

const Node* Node::find(std::initializer_list<std::string_view> path) const {
  const Node* at = this;
  for (const std::string_view name : path)
    if (at) at = at->find(name);
  return at;
}

void wipe(Node& node) {
  diag::config::wipe(node.text);
  for (Node& item : node.items) wipe(item);
  for (Entry& entry : node.entries) wipe(entry.value);
}

Tree too_large(const std::string& path, std::size_t limit) {
  Tree tree;
  tree.root.broken = true;
  tree.problems.push_back({{path, 0, 0}, "larger than " + std::to_string(limit >> 20) + " MiB, which no configuration is", {}, true});
  return tree;
}

void note_repeated_keys(Node& map, const std::string& path, std::vector<diag::config::Problem>& problems) {
  std::unordered_map<std::string_view, Entry*> firsts;
  for (Entry& entry : map.entries) {
    const auto [found, is_new] = firsts.try_emplace(entry.name, &entry);
    if (is_new) continue;
    Entry& first = *found->second;
    first.value.broken = entry.value.broken = true;
    problems.push_back({{path, entry.line, entry.column}, "this key stands here twice",
                        "it stands first in line " + std::to_string(first.line) + ": which of the two holds is not known", false});
  }
}

bool is_number(std::string_view word) {
  double value = 0;
  const std::string_view digits = word.starts_with('-') ? word.substr(1) : word;
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return false;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return end == word.data() + word.size() && error != std::errc::invalid_argument;
}

void append_utf8(std::string& text, std::uint32_t point) {
  const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xC0 | point >> 6);
  } else {
    if (point < 0x10000) {
      byte(0xE0 | point >> 12);
    } else {
      byte(0xF0 | point >> 18);
      byte(0x80 | (point >> 12 & 0x3F));
    }
    byte(0x80 | (point >> 6 & 0x3F));
  }
  byte(0x80 | (point & 0x3F));
}

}  // namespace tunnelscope::config
