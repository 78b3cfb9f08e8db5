// Walks a folder, reads every file, and gives all of it or all that is wrong with it.
// An entry's id is its path, so nothing needs to be registered; the walk is sorted, so errors come in a fixed order.
#include "kb/loader.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "kb/lint.hpp"
#include "kb/names.hpp"
#include "kb/read_entry.hpp"
#include "kb/text.hpp"

namespace fs = std::filesystem;

namespace tunnelscope::kb {
namespace {

constexpr std::size_t kMaxFiles = 10'000;
constexpr int kMaxFolderDepth = 8;

bool is_id(std::string_view id) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/'; };
  return !id.empty() && std::all_of(id.begin(), id.end(), fits);
}

template <class Entry>
std::vector<std::string> ids_of(const std::vector<Entry>& entries) {
  std::vector<std::string> ids;
  for (const Entry& entry : entries) ids.push_back(entry.id);
  return ids;
}

void keep_positions(const YamlFile& file, const YamlNode& node, const std::string& path, SourceMap& sources) {
  const Error place = file.error(node, {});
  sources[path] = {place.file, place.line, place.column, place.source_line};
  const std::string start = path + (path.find('#') == std::string::npos ? "#" : "/");
  for (const YamlEntry& entry : node.entries) keep_positions(file, entry.value, start + entry.key.text, sources);
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    keep_positions(file, node.items[i], start + std::to_string(i), sources);
  }
}

// What the causes say about others of which nothing is left.
void forget_removed(const std::vector<std::string>& before, std::vector<Cause>& causes) {
  const std::vector<std::string> now = ids_of(causes);
  const auto names_one_of = [](const std::vector<std::string>& ids, const std::string& name) {
    return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return stands_for(name, id); });
  };
  const auto removed = [&](const std::string& name) { return names_one_of(before, name) && !names_one_of(now, name); };
  for (Cause& cause : causes) {
    std::erase_if(cause.outranks, removed);
    std::erase_if(cause.explains, removed);
    std::erase_if(cause.shows_as, removed);
    std::erase_if(cause.rules_out, [&](const RuledOut& entry) { return removed(entry.cause); });
  }
}

// `override: true` or `disabled: true`; other values are the entry reader's to refuse.
bool says(const YamlNode& root, std::string_view key) {
  const YamlNode* node = root.kind == YamlNode::Kind::Map ? root.find(key) : nullptr;
  return node != nullptr && node->kind == YamlNode::Kind::Scalar && node->text == "true";
}

class Loader {
 public:
  Loader(std::string folder, Knowledge base, bool overlay, SourceMap* sources)
      : folder_(std::move(folder)), knowledge_(std::move(base)), overlay_(overlay), sources_(sources) {}

  tl::expected<Knowledge, Errors> run() {
    std::error_code failed;
    if (!fs::is_directory(folder_, failed)) {
      fail(folder_, failed && failed != std::errc::no_such_file_or_directory ? "cannot be read: " + failed.message()
                                                                             : "no such folder");
      return finish();
    }
    if (!check_layout()) return finish();
    read_version();
    read_folder<MessageRule>("messages", "message:", knowledge_.messages, read_message);
    read_folder<Cause>("causes", "cause:", knowledge_.causes, read_cause);
    read_folder<ConfigRule>("config", "", knowledge_.config, read_config_rule);
    read_thresholds_file();
    return finish();
  }

  // What run() met in an overlay: entries of the base that are there again, and such that change one.
  bool repeats() const { return repeats_; }
  bool changes() const { return changes_; }

 private:
  void fail(const std::string& file, std::string reason, std::string hint = {}) {
    errors_.push_back({file, 0, 0, {}, std::move(reason), std::move(hint)});
  }
  std::string below(std::string_view name) const { return (fs::path(folder_) / name).string(); }

  tl::expected<Knowledge, Errors> finish() {
    const auto place = [](const Error& e) { return std::tie(e.file, e.line, e.column, e.reason); };
    std::stable_sort(errors_.begin(), errors_.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
    std::sort(knowledge_.messages.begin(), knowledge_.messages.end(), by_id);
    std::sort(knowledge_.causes.begin(), knowledge_.causes.end(), by_id);
    std::sort(knowledge_.config.begin(), knowledge_.config.end(), by_id);
    return std::move(knowledge_);
  }

  // Entries of a folder by name; unreadable folders are reported.
  std::vector<fs::directory_entry> entries_of(const fs::path& folder) {
    std::vector<fs::directory_entry> entries;
    std::error_code failed;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
      if (!it->path().filename().string().starts_with('.')) entries.push_back(*it);
    }
    if (failed) fail(folder.string(), "cannot be read: " + failed.message());
    std::sort(entries.begin(), entries.end());
    return entries;
  }

  // A misspelt folder or file at the top would be ignored in silence otherwise. False: nothing here to load.
  bool check_layout() {
    static const std::vector<std::string> kNames{"messages", "causes", "config", "thresholds.yaml", "version"};
    bool found = false;
    for (const auto& entry : entries_of(folder_)) {
      const std::string name = entry.path().filename().string();
      const bool known = std::find(kNames.begin(), kNames.end(), name) != kNames.end();
      found = found || known;
      std::error_code ignored;
      const bool ours = entry.is_directory(ignored) || entry.path().extension() == ".yaml" || entry.path().extension() == ".yml";
      if (!known && ours) {
        fail(entry.path().string(), "not a part of a knowledge base, which is " + any_of_words(kNames), did_you_mean(name, kNames));
      }
    }
    if (!found && errors_.empty()) fail(folder_, "not a knowledge base: it has no " + any_of_words(kNames));
    return found;
  }

  void read_version() {
    std::error_code failed;
    const std::string path = below("version");
    if (!fs::exists(path, failed)) {
      if (!overlay_) fail(path, "missing; it holds the date of the knowledge base, one line");
      return;
    }
    const auto file = read_yaml_file(path);
    if (!file) return errors_.push_back(file.error());
    const std::string date(file->line(0));
    if (!is_iso_date(date)) return errors_.push_back(file->error(0, 0, "the version must be a date such as 2026-11-21"));
    knowledge_.version = overlay_ ? knowledge_.version + "+" + date : date;
  }

  void read_thresholds_file() {
    std::error_code failed;
    const std::string path = below("thresholds.yaml");
    if (!fs::exists(path, failed)) return;
    read_tree(path, "thresholds", [&](ReadContext& context, const YamlNode& root) {
      read_thresholds(context, root, overlay_ ? Layer::Override : Layer::Base, knowledge_.thresholds);
    });
  }

  template <class Read>
  void read_tree(const std::string& path, const std::string& key, Read read) {
    const auto file = read_yaml_file(path);
    if (!file) return errors_.push_back(file.error());
    const auto root = parse_yaml(*file);
    if (!root) {
      errors_.insert(errors_.end(), root.error().begin(), root.error().end());
      return;
    }
    ReadContext context{*file, errors_};
    read(context, *root);
    if (sources_ != nullptr) keep_positions(*file, *root, key, *sources_);
  }

  template <class Entry>
  using ReadEntry = void (*)(ReadContext&, const YamlNode&, Layer, Entry&);

  template <class Entry>
  void read_folder(const std::string& name, const std::string& prefix, std::vector<Entry>& entries, ReadEntry<Entry> read) {
    std::error_code failed;
    if (!fs::exists(below(name), failed)) return;
    std::vector<std::string> files;
    collect(below(name), kMaxFolderDepth, files);
    if (files.size() > kMaxFiles) return fail(below(name), "more than 10000 files");
    for (const std::string& path : files) {
      const fs::path above = std::is_same_v<Entry, ConfigRule> ? fs::path(folder_) : fs::path(below(name));  // config/ is in the id
      const std::string id = fs::path(path).lexically_relative(above).replace_extension().generic_string();
      if (!is_id(id)) {
        fail(path, "the path is the entry's id and may have lower case letters, digits and `-` only");
        continue;
      }
      read_tree(path, prefix + id, [&](ReadContext& context, const YamlNode& root) { read_entry(context, root, id, entries, read); });
    }
  }

  void collect(const fs::path& folder, int depth, std::vector<std::string>& files) {
    if (depth == 0) return fail(folder.string(), "folders are nested too deeply");
    for (const auto& entry : entries_of(folder)) {
      const fs::path& path = entry.path();
      std::error_code failed;
      if (entry.is_directory(failed) && !entry.is_symlink(failed)) {
        collect(path, depth - 1, files);
      } else if (path.extension() == ".yaml") {
        files.push_back(path.string());
      } else if (path.extension() != ".md") {
        fail(path.string(), "not an entry: its name must end in .yaml");
      }
    }
  }

  template <class Entry>
  void read_entry(ReadContext& context, const YamlNode& root, const std::string& id, std::vector<Entry>& entries,
                  ReadEntry<Entry> read) {
    const auto known = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.id == id; });
    const bool changes = overlay_ && (says(root, "override") || says(root, "disabled"));
    changes_ = changes_ || changes;
    repeats_ = repeats_ || (known != entries.end() && !changes);
    if (known == entries.end() && changes) {
      return context.errors.push_back(context.file.error(root, "there is no entry `" + id + "` to override or disable",
                                                         did_you_mean(id, ids_of(entries))));
    }
    if (known != entries.end() && !changes) {
      return context.errors.push_back(context.file.error(root, "the entry `" + id + "` exists already",
                                                         "add `override: true` to change it or `disabled: true` to remove it"));
    }
    Entry entry = changes ? *known : Entry{};
    entry.id = id;
    read(context, root, !overlay_ ? Layer::Base : changes ? Layer::Override : Layer::Addition, entry);
    if (overlay_ && says(root, "disabled")) {
      entries.erase(known);
    } else if (known != entries.end()) {
      *known = std::move(entry);
    } else {
      entries.push_back(std::move(entry));
    }
  }

  std::string folder_;
  Knowledge knowledge_;
  bool overlay_;
  SourceMap* sources_;
  bool repeats_ = false, changes_ = false;
  Errors errors_;
};

}  // namespace

tl::expected<Knowledge, Errors> load_folder(const std::string& folder, SourceMap* sources) {
  return Loader(folder, {}, false, sources).run();
}

tl::expected<Knowledge, Errors> overlay_folder(Knowledge base, const std::string& folder, SourceMap* sources) {
  const std::vector<std::string> before = ids_of(base.causes);
  SourceMap own;
  auto loaded = Loader(folder, std::move(base), true, sources != nullptr ? sources : &own).run();
  if (!loaded) return loaded;
  forget_removed(before, loaded->causes);
  Errors errors = sources != nullptr ? Errors{} : lint_signals(*loaded, own);
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return loaded;
}

bool stands_alone(const std::string& folder, const Knowledge& base) {
  std::error_code failed;
  if (!fs::exists(fs::path(folder) / "version", failed)) return false;
  Loader as_overlay(folder, base, true, nullptr);
  std::ignore = as_overlay.run();
  return as_overlay.repeats() && !as_overlay.changes();
}

}  // namespace tunnelscope::kb
