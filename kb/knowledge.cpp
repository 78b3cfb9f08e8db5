#include "kb/knowledge.hpp"

#include <algorithm>

namespace tunnelscope::kb {
namespace {

template <class Entry>
const Entry* find(const std::vector<Entry>& entries, std::string_view id) {
  const auto place = std::lower_bound(entries.begin(), entries.end(), id,
                                      [](const Entry& entry, std::string_view wanted) { return entry.id < wanted; });
  return place != entries.end() && place->id == id ? &*place : nullptr;
}

}  // namespace

const MessageRule* Knowledge::message(std::string_view id) const { return find(messages, id); }
const Cause* Knowledge::cause(std::string_view id) const { return find(causes, id); }
const ConfigRule* Knowledge::config_rule(std::string_view id) const { return find(config, id); }

}  // namespace tunnelscope::kb
