#include "src/config/juniper_syntax.hpp"

#include <algorithm>

#include "src/config/juniper_schema.hpp"

namespace tunnelscope::config {
namespace {

constexpr std::size_t kMostStatements = 100'000;
constexpr std::size_t kMostRemovals = 1000;      // each is compared with all statements
constexpr std::size_t kObjectWords = 4;          // "security ike gateway g"

// The parts of a configuration that are asked for.
bool is_of_use(const std::string& first) {
  for (const std::string_view one : {"security", "interfaces", "routing-options", "routing-instances", "protocols", "apply-groups"})
    if (first == one) return true;
  return false;
}

// Others of a configuration.
bool is_section_beside(const std::string& first) {
  for (const std::string_view one :
       {"access", "applications", "chassis", "class-of-service", "event-options", "firewall", "forwarding-options", "groups", "multi-chassis",
        "policy-options", "poe", "schedulers", "services", "smtp", "snmp", "switch-options", "system", "tenants", "version", "virtual-chassis",
        "vlans", "wlan"})
    if (first == one) return true;
  return false;
}

// Whether a group that says this says nothing of tunnels: "system host-name srx-a", "interfaces fxp0 ...".
bool is_beside_tunnels(const std::vector<Word>& words, std::size_t at) {
  if (!is_of_use(words[at].text)) return true;
  if (words[at].text != "interfaces" || words.size() <= at + 1) return false;
  for (const std::string_view one : {"fxp0", "em0", "me0", "fab0", "fab1"})
    if (words[at + 1].text == one) return true;
  return false;
}

// Nearly one of them.
std::string slip_of(const std::string& first) {
  return nearest_of(first, {"security", "interfaces", "routing-options", "routing-instances", "protocols"});
}

// Words by white space; what stands in quotation marks is one. A line that does not close them is cut off, too.
std::vector<Word> quoted_words(std::string_view line, const Where& where, bool is_last) {
  std::vector<Word> words;
  for (std::size_t at = line.find_first_not_of(" \t\r"); at != std::string_view::npos && at < line.size();) {
    const bool quoted = line[at] == '"';
    const std::size_t first = at + (quoted ? 1 : 0);
    const std::size_t end = std::min(quoted ? line.find('"', first) : line.find_first_of(" \t\r", first), line.size());
    const bool cut = end == line.size() && (quoted || is_last);
    words.push_back({std::string(line.substr(first, end - first)), {where.path, where.line, at + 1}, cut});
    at = line.find_first_not_of(" \t\r", std::min(end + (quoted ? 1 : 0), line.size()));
  }
  return words;
}

bool begins(const Statement& statement, const std::vector<std::string>& path) {
  return statement.words.size() >= path.size() &&
         std::equal(path.begin(), path.end(), statement.words.begin(), [](const std::string& a, const Word& b) { return a == b.text; });
}

// The beginning of the statements that a line is about.
std::vector<std::string> path_of(std::vector<Word> words) {
  std::vector<std::string> path;
  const Leaves leaves = leaves_of(std::move(words));
  if (!leaves.statements.empty())
    for (const Word& word : leaves.statements.front()) path.push_back(word.text);
  return path;
}

// Nothing is at the empty path.
void remove(std::vector<Statement>& statements, const std::vector<std::string>& path) {
  if (path.empty()) return;
  for (Statement& one : statements)
    if (begins(one, path))
      for (Word& word : one.words) model::wipe(word.text);
  std::erase_if(statements, [&](const Statement& one) { return !one.words.empty() && one.words.front().text.empty(); });
}

// What else changes a configuration, and is not applied here.
bool changes(std::string_view verb) {
  for (const std::string_view one : {"rename", "replace", "copy", "insert", "wildcard"})
    if (verb == one) return true;
  return false;
}

std::string_view looked_up(const std::initializer_list<std::pair<std::string_view, std::string_view>>& rows, std::string_view name) {
  for (const auto& [written, id] : rows)
    if (written == name) return id;
  return {};
}

}  // namespace

void Statements::set(std::vector<Word> words, const Where& where) {
  std::vector<std::string> object;
  for (std::size_t i = 0; i < std::min(words.size(), kObjectWords); ++i) object.push_back(words[i].text);
  Leaves leaves = leaves_of(std::move(words));
  for (std::vector<Word>& one : leaves.statements) statements_.push_back({std::move(one), where});
  if (!leaves.unknown) return;
  object.resize(std::min(object.size(), *leaves.unknown));
  not_understood_.push_back({std::move(object), {where.path, where.line, leaves.unknown_column}, std::move(leaves.hint)});
}

Statements::Statements(std::string_view text, const std::string& path, std::vector<Problem>& problems) {
  std::vector<std::pair<std::vector<std::string>, Where>> inactive;
  std::size_t removed = 0;
  std::map<std::string, bool> groups;  // whether all that one says is beside tunnels
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    auto words = quoted_words(text.substr(0, end), {path, line, 1}, end == text.size());
    text.remove_prefix(std::min(end + 1, text.size()));
    if (words.size() < 2 || words.front().text.starts_with('#')) continue;
    const std::string verb = words.front().text;
    const Where where = words.front().where;
    words.erase(words.begin());
    const bool verb_slipped = is_of_use(words.front().text) && verb != "set" && !nearest_of(verb, {"activate", "deactivate", "delete", "set"}).empty();
    if (verb_slipped && verb != "activate" && verb != "deactivate" && verb != "delete") {
      not_understood_.push_back({{}, where, nearest_of(verb, {"activate", "deactivate", "delete", "set"})});
      continue;
    }
    if (words.front().text == "groups" && words.size() > 2) {
      bool& harmless = groups.try_emplace(words[1].text, true).first->second;
      harmless = harmless && is_beside_tunnels(words, 2);
    }
    if (!is_of_use(words.front().text)) {
      std::string hint = verb == "set" && !is_section_beside(words.front().text) ? slip_of(words.front().text) : "";
      if (!hint.empty()) not_understood_.push_back({{}, words.front().where, std::move(hint)});
      continue;
    }
    if (statements_.size() >= kMostStatements || removed >= kMostRemovals) {
      problems.push_back({{path, line, 1}, "too many statements: the rest is not read", "give the part that holds `security`", true});
      not_understood_.push_back({{}, where, {}});
      break;
    }
    if (verb == "set") set(std::move(words), where);
    else if (verb == "delete") ++removed, remove(statements_, path_of(std::move(words)));
    else if (verb == "deactivate") ++removed, inactive.emplace_back(path_of(std::move(words)), where);
    else if (verb == "activate") std::erase_if(inactive, [path = path_of(std::move(words))](const auto& one) { return one.first == path; });
    else if (changes(verb)) not_understood_.push_back({{}, where, "write `show configuration | display set`"});
  }
  for (const auto& [what, line] : inactive) {
    note_neighbours(what, line);
    remove(statements_, what);
  }
  apply(groups, problems);
}

// A cluster applies "${node}", of which each node makes its own group.
void Statements::apply(const std::map<std::string, bool>& groups, std::vector<Problem>& problems) {
  const auto is_harmless = [&](const std::string& name) {
    bool any = false;
    for (const auto& [group, harmless] : groups) {
      if (group != name && !(name == "${node}" && group.starts_with("node"))) continue;
      if (!harmless) return false;
      any = true;
    }
    return any;
  };
  std::erase_if(statements_, [&](const Statement& one) {
    return begins(one, {"apply-groups"}) && one.words.size() == 2 && is_harmless(one.words[1].text);
  });
  if (const auto left = all({"apply-groups"}); !left.empty())
    report(problems, left.front()->where, "groups are applied, and what they add is not read",
           "write `show configuration | display inheritance | display set`");
}

void Statements::note_neighbours(const std::vector<std::string>& path, const Where& where) {
  for (const Statement* one : all(path))
    for (std::size_t i = 0; i + 1 < one->words.size(); ++i)
      if (one->words[i].text == "neighbor") inactive_neighbours_.push_back({one->words[i + 1].text, where});
}

Statements::~Statements() {
  for (Statement& statement : statements_)
    for (Word& word : statement.words) model::wipe(word.text);
}

std::vector<Statement*> Statements::all(const std::vector<std::string>& path) {
  std::vector<Statement*> found;
  for (Statement& one : statements_)
    if (begins(one, path)) found.push_back(&one);
  return found;
}

Statement* Statements::last(const std::vector<std::string>& path) {
  Statement* found = nullptr;
  for (Statement& one : statements_)
    if (one.words.size() > path.size() && begins(one, path)) found = &one;
  return found;
}

std::vector<Word> Statements::names(const std::vector<std::string>& path) {
  std::vector<Word> names;
  for (const Statement* one : all(path)) {
    if (one->words.size() <= path.size()) continue;
    const Word& name = one->words[path.size()];
    if (std::none_of(names.begin(), names.end(), [&](const Word& other) { return other.text == name.text; })) names.push_back(name);
  }
  return names;
}

std::string_view juniper_cipher(std::string_view name) {
  return looked_up({{"des-cbc", "des"}, {"3des-cbc", "3des"}, {"aes-128-cbc", "aes128"}, {"aes-192-cbc", "aes192"}, {"aes-256-cbc",
      "aes256"},
                    {"aes-128-gcm", "aes128gcm16"}, {"aes-192-gcm", "aes192gcm16"}, {"aes-256-gcm", "aes256gcm16"}}, name);
}

std::string_view juniper_hash(std::string_view name) {
  return looked_up({{"md5", "md5"}, {"sha1", "sha1"}, {"sha-256", "sha256"}, {"sha-384", "sha384"}, {"sha-512", "sha512"},
                    {"hmac-md5-96", "md5"}, {"hmac-sha1-96", "sha1"}, {"hmac-sha-256-128", "sha256"}, {"hmac-sha-256-96", "sha256_96"},
                    {"hmac-sha-384", "sha384"}, {"hmac-sha-512", "sha512"}}, name);
}

}  // namespace tunnelscope::config
