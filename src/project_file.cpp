// Every key beside the sections is the name of an option in the table of options, so a new option needs nothing here.
#include "src/project_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "src/command.hpp"
#include "src/config/tree.hpp"
#include "src/escape.hpp"
#include "src/input/identity.hpp"
#include "src/project_faults.hpp"
#include "src/project_suppressions.hpp"

namespace tunnelscope::app {
namespace {

namespace fs = std::filesystem;
using config::Entry;
using config::Node;

constexpr const char* kUsualName = ".tunnelscope.yaml";
constexpr std::string_view kNoFile = "none";

std::string first_word(std::string_view name) { return std::string(name.substr(0, name.find(' '))); }

bool takes_the_file(std::string_view command) {
  const auto all = options_of(command);
  return std::any_of(all.begin(), all.end(), [](const Option* option) { return option->name == "--config"; });
}

bool is_about_the_run(const Option& option) {
  return option.name == "--config" || option.name == "--help" || option.name == "--version";
}

// The options of a section's commands that a file may set; an empty section: of all commands that take the file.
std::vector<const Option*> settable(std::string_view section) {
  std::vector<const Option*> found;
  for (const Command& command : commands()) {
    if (!takes_the_file(command.name) || (!section.empty() && first_word(command.name) != section)) continue;
    for (const Option* option : options_of(command.name))
      if (!is_about_the_run(*option) && std::find(found.begin(), found.end(), option) == found.end()) found.push_back(option);
  }
  return found;
}

std::vector<std::string> sections() {
  std::vector<std::string> found;
  for (const Command& command : commands()) {
    const std::string word = first_word(command.name);
    if (takes_the_file(command.name) && std::find(found.begin(), found.end(), word) == found.end()) found.push_back(word);
  }
  return found;
}

class Reader {
 public:
  explicit Reader(std::string path) : faults_(std::move(path)), sections_(sections()) {}

  tl::expected<ProjectFile, UsageError> read(const std::string& text) {
    const config::Tree tree = config::read_yaml(text, faults_.path());
    if (!tree.problems.empty()) {
      const auto& first = tree.problems.front();
      return tl::unexpected(UsageError{faults_.place(first.where.line, first.where.column) + ": " + first.reason, first.hint});
    }
    fill(tree.root);
    if (faults_.first()) return tl::unexpected(*faults_.first());
    return std::move(made_);
  }

 private:
  void fill(const Node& root) {
    if (root.is(Node::Kind::Null)) return;
    if (!root.is(Node::Kind::Map)) return faults_.add(root, "it must be a map of settings", "fail-on: critical");
    for (const Entry& entry : root.entries) {
      if (faults_.first()) return;
      if (entry.name == "pairs") pairs(entry);
      else if (entry.name == "active-standby") standbys(entry);
      else if (entry.name == "suppressions") made_.suppressions = read_suppressions(entry, faults_);
      else if (std::find(sections_.begin(), sections_.end(), entry.name) != sections_.end()) section(entry);
      else option(entry, "");
    }
  }

  void section(const Entry& entry) {
    if (!entry.value.is(Node::Kind::Map))
      return faults_.add(entry, fmt::format("`{}` must be a map of settings", entry.name), fmt::format("{}: {{format: json}}", entry.name));
    for (const Entry& inner : entry.value.entries)
      if (!faults_.first()) option(inner, entry.name);
  }

  void option(const Entry& entry, const std::string& section) {
    std::vector<const Option*> same;
    std::vector<std::string> known;
    for (const Option* one : settable(section)) {
      const std::string name(one->name.substr(2));
      if (name == entry.name) same.push_back(one);
      if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
    }
    if (section.empty()) {
      known.insert(known.end(), {"pairs", "active-standby", "suppressions"});
      known.insert(known.end(), sections_.begin(), sections_.end());
    }
    if (same.empty()) return faults_.unknown_key(entry, known);
    const bool many = std::any_of(same.begin(), same.end(), [](const Option* one) {
      return std::holds_alternative<std::vector<std::string> Settings::*>(one->target);
    });
    auto values = values_of(entry, *same.front(), many);
    if (!values || !are_choices(entry, *values, same)) return;
    made_.settings.push_back({section, std::string(same.front()->name), std::move(*values), faults_.place(entry.line, entry.column)});
  }

  std::optional<std::vector<std::string>> values_of(const Entry& entry, const Option& option, bool many) {
    if (std::holds_alternative<bool Settings::*>(option.target)) return truth(entry);
    std::vector<std::string> values;
    if (many && entry.value.is(Node::Kind::List) && !entry.value.items.empty()) {
      for (const Node& item : entry.value.items) {
        auto value = text_of({entry.name, item.line, item.column, item}, faults_);
        if (!value) return std::nullopt;
        values.push_back(std::move(*value));
      }
    } else {
      auto value = text_of(entry, faults_);
      if (!value) return std::nullopt;
      values.push_back(std::move(*value));
    }
    if (option.completes != Completes::Nothing) std::transform(values.begin(), values.end(), values.begin(), beside_the_file());
    return values;
  }

  std::optional<std::vector<std::string>> truth(const Entry& entry) {
    if (entry.value.is(Node::Kind::Boolean)) return std::vector<std::string>{entry.value.text};
    faults_.add(entry, fmt::format("`{}` is true or false", entry.name));
    return std::nullopt;
  }

  std::function<std::string(const std::string&)> beside_the_file() const {
    return [folder = fs::path(faults_.path()).parent_path()](const std::string& path) {
      return path == "-" ? path : (folder / path).lexically_normal().string();
    };
  }

  // A value that one of the commands has will do: the others keep theirs.
  bool are_choices(const Entry& entry, const std::vector<std::string>& values, const std::vector<const Option*>& same) {
    std::vector<std::string_view> choices;
    for (const Option* one : same) {
      if (one->choices.empty()) return true;
      for (const std::string_view choice : one->choices)
        if (std::find(choices.begin(), choices.end(), choice) == choices.end()) choices.push_back(choice);
    }
    for (const std::string& value : values) {
      if (std::find(choices.begin(), choices.end(), value) != choices.end()) continue;
      faults_.add(entry.value, fmt::format("`{}` cannot be `{}`", entry.name, for_terminal(value)),
                  fmt::format("it is one of {}", fmt::join(choices, ", ")));
      return false;
    }
    return true;
  }

  void pairs(const Entry& entry) {
    if (!entry.value.is(Node::Kind::List)) return faults_.add(entry, "`pairs` must be a list", "pairs: [{cloud: ..., gateway: ...}]");
    for (const Node& item : entry.value.items)
      if (!faults_.first()) pair(item);
  }

  void pair(const Node& item) {
    diag::config::ConfiguredPair made;
    for (const Entry& entry : item.entries) {
      if (entry.name != "cloud" && entry.name != "gateway") faults_.unknown_key(entry, {"cloud", "gateway"});
      else if (!entry.value.is(Node::Kind::Text)) faults_.add(entry, fmt::format("`{}` must be a name or an address", entry.name));
      else (entry.name == "cloud" ? made.cloud : made.gateway) = entry.value.text;
    }
    made.where = {faults_.path(), item.line, item.column};
    for (const auto& other : made_.pairs)
      if (other.cloud == made.cloud || other.gateway == made.gateway)
        return faults_.add(item, fmt::format("`{}` is in an earlier pair already", for_terminal(other.cloud == made.cloud ? made.cloud : made.gateway)),
                           "an end has one other end: keep one of the two pairs");
    if (made.cloud.empty() || made.gateway.empty())
      faults_.add(item, "a pair needs `cloud` and `gateway`",
                  "each is a name, an outside address or an inside CIDR, as the report shows it");
    made_.pairs.push_back(std::move(made));
  }

  void standbys(const Entry& entry) {
    if (!entry.value.is(Node::Kind::List))
      return faults_.add(entry, "`active-standby` must be a list", "active-standby: [{connection: vpn-..., standby: 203.0.113.17}]");
    for (const Node& item : entry.value.items)
      if (!faults_.first()) standby(item);
  }

  void standby(const Node& item) {
    std::string connection, address;
    if (item.is(Node::Kind::Text)) connection = item.text;
    for (const Entry& entry : item.entries) {
      if (entry.name != "connection" && entry.name != "standby") faults_.unknown_key(entry, {"connection", "standby"});
      else if (auto text = text_of(entry, faults_)) (entry.name == "connection" ? connection : address) = std::move(*text);
    }
    input::Identity named;
    if (!named.set_connection(connection) || (!address.empty() && !named.set_outside_ip(address)))
      faults_.add(item, "this names no connection, or no outside address of a tunnel of it",
                  "vpn-0123456789abcdef0, or {connection: vpn-0123456789abcdef0, standby: 203.0.113.17}");
    made_.standby.push_back({std::string(named.connection()), std::string(named.outside_ip())});
  }

  ProjectFaults faults_;
  std::vector<std::string> sections_;
  ProjectFile made_;
};

std::optional<std::string> above(const Environment& environment) {
  std::error_code error;
  const fs::path here = fs::current_path(error);
  if (error) return std::nullopt;
  const std::string home_name = environment("HOME");
  const fs::path home = home_name.empty() ? fs::path() : fs::weakly_canonical(home_name, error);
  fs::path last = here;
  for (fs::path folder = here; folder != folder.root_path(); folder = folder.parent_path()) {
    if (folder != home && !fs::exists(folder / ".git", error)) continue;
    last = folder;
    break;
  }
  fs::path name = kUsualName;
  for (fs::path folder = here;; folder = folder.parent_path(), name = ".." / name) {
    if (fs::exists(name, error)) return name.string();
    if (folder == last) return std::nullopt;
  }
}

std::optional<std::string> of_the_user(const Environment& environment) {
  const fs::path home = environment("HOME"), configured = environment("XDG_CONFIG_HOME");
  if (!configured.is_absolute() && home.empty()) return std::nullopt;
  const fs::path path = (configured.is_absolute() ? configured : home / ".config") / "tunnelscope" / "config.yaml";
  std::error_code error;
  return fs::exists(path, error) ? std::optional(path.string()) : std::nullopt;
}

// At most one byte more than is read, so that the reader sees that it is too large.
tl::expected<std::string, UsageError> bytes_of(const std::string& path) {
  std::error_code error;
  std::string text(config::kMaxYamlBytes + 1, '\0');
  std::ifstream file;
  if (fs::is_regular_file(path, error)) file.open(path, std::ios::binary);
  if (!file.is_open())
    return tl::unexpected(UsageError{for_terminal(path) + " cannot be read", "--config names a file of settings, or is none"});
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

void set(const Option& option, const ProjectSetting& from, Settings& settings) {
  if (const auto* flag = std::get_if<bool Settings::*>(&option.target)) settings.*(*flag) = from.values.front() == "true";
  else if (const auto* text = std::get_if<std::string Settings::*>(&option.target)) settings.*(*text) = from.values.front();
  else settings.*(std::get<std::vector<std::string> Settings::*>(option.target)) = from.values;
}

bool is_among(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

tl::expected<ProjectFile, UsageError> project_file(const std::string& asked, const Environment& environment) {
  if (asked == kNoFile) return ProjectFile{};
  std::optional<std::string> path = asked.empty() ? above(environment) : asked;
  if (!path) path = of_the_user(environment);
  if (!path) return ProjectFile{};
  const auto text = bytes_of(*path);
  if (!text) return tl::unexpected(text.error());
  return Reader(*path).read(*text);
}

void apply(std::shared_ptr<const ProjectFile> file, const Command& command, Settings& settings) {
  const std::string own = first_word(command.name);
  for (const std::string& section : {std::string(), own}) {
    for (const ProjectSetting& one : file->settings) {
      if (one.section != section) continue;
      for (const Option* option : options_of(command.name)) {
        if (option->name != one.option || is_among(settings.given, option->name)) continue;
        if (!option->choices.empty() && !is_among(option->choices, one.values.front())) continue;
        set(*option, one, settings);
        settings.from_file[option->name] = one.place;
      }
    }
  }
  settings.project = std::move(file);
}

}  // namespace tunnelscope::app
