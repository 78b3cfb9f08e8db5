#include "src/commands/entries.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "kb/loader.hpp"
#include "src/escape.hpp"
#include "src/secrets.hpp"

namespace tunnelscope::commands {
namespace {

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The shortest id that begins with what was typed, else the one with the fewest other letters.
std::string nearest_id(const std::string& typed, const std::vector<std::string>& ids) {
  const std::string* shortest = nullptr;
  for (const std::string& id : ids) {
    if (id.starts_with(typed) && (shortest == nullptr || id.size() < shortest->size())) shortest = &id;
  }
  return shortest != nullptr ? *shortest : kb::nearest(typed, ids);
}

}  // namespace

std::optional<Entry> entry_named(const std::string& asked, const kb::Knowledge& knowledge) {
  const std::string id = lowered(asked);
  if (const kb::Cause* cause = knowledge.cause(id)) return cause;
  if (const kb::MessageRule* rule = knowledge.message(id)) return rule;
  if (const kb::ConfigRule* rule = knowledge.config_rule(id)) return rule;
  const kb::MessageRule* by_end = nullptr;
  for (const kb::MessageRule& rule : knowledge.messages) {
    if (!rule.id.ends_with("/" + id)) continue;
    if (by_end != nullptr) return std::nullopt;  // more than one
    by_end = &rule;
  }
  return by_end == nullptr ? std::nullopt : std::optional<Entry>(by_end);
}

app::Exit no_such_entry(const std::string& asked, const kb::Knowledge& knowledge, app::Console& console) {
  std::vector<std::string> ids;
  for (const kb::Cause& c : knowledge.causes) ids.push_back(c.id);
  for (const kb::ConfigRule& r : knowledge.config) ids.push_back(r.id);
  for (const kb::MessageRule& r : knowledge.messages) {
    ids.push_back(r.id);
    ids.push_back(r.id.substr(r.id.rfind('/') + 1));
  }
  const std::string near = nearest_id(lowered(asked), ids);
  app::complain(console, fmt::format("no cause and no rule is called `{}`", app::for_terminal(app::without_keys(asked))),
                near.empty() ? "tunnelscope rules list shows them all" : fmt::format("did you mean `{}`?", near));
  return app::Exit::Input;
}

}  // namespace tunnelscope::commands
