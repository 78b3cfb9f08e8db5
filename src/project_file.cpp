#include "src/project_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "kb/loader.hpp"
#include "src/config/tree.hpp"
#include "src/escape.hpp"

namespace tunnelscope::app {
namespace {

namespace fs = std::filesystem;
using config::Entry;
using config::Node;

constexpr const char* kUsualPlace = ".tunnelscope.yaml";

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  tl::expected<ProjectFile, UsageError> read(const std::string& text) {
    const config::Tree tree = config::read_yaml(text, path_);
    if (!tree.problems.empty()) {
      const auto& first = tree.problems.front();
      return tl::unexpected(UsageError{for_terminal(first.where.text()) + ": " + first.reason, first.hint});
    }
    fill(tree.root);
    if (error_) return tl::unexpected(*error_);
    return std::move(made_);
  }

 private:
  void fill(const Node& root) {
    if (root.is(Node::Kind::Null)) return;
    if (!root.is(Node::Kind::Map)) return fail(root.line, "it must be a map of settings", "pairs: [{cloud: ..., gateway: ...}]");
    for (const Entry& entry : root.entries) {
      if (entry.name == "pairs") pairs(entry);
      else unknown(entry, {"pairs"});
    }
  }

  void pairs(const Entry& entry) {
    if (!entry.value.is(Node::Kind::List)) return fail(entry.line, "`pairs` must be a list", "pairs: [{cloud: ..., gateway: ...}]");
    for (const Node& item : entry.value.items) pair(item);
  }

  void pair(const Node& item) {
    diag::config::ConfiguredPair made;
    for (const Entry& entry : item.entries) {
      if (entry.name != "cloud" && entry.name != "gateway") unknown(entry, {"cloud", "gateway"});
      else if (!entry.value.is(Node::Kind::Text)) fail(entry.line, fmt::format("`{}` must be a name or an address", entry.name), "");
      else (entry.name == "cloud" ? made.cloud : made.gateway) = entry.value.text;
    }
    if (made.cloud.empty() || made.gateway.empty())
      fail(item.line, "a pair needs `cloud` and `gateway`", "each is a name, an outside address or an inside CIDR, as the report shows it");
    made_.pairs.push_back(std::move(made));
  }

  void unknown(const Entry& entry, const std::vector<std::string>& known) {
    const std::string near = kb::nearest(entry.name, known);
    fail(entry.line, fmt::format("there is no setting `{}`", for_terminal(entry.name)),
         near.empty() ? fmt::format("known here: {}", fmt::join(known, ", ")) : fmt::format("did you mean `{}`?", near));
  }

  // The first error is the one that is told.
  void fail(std::size_t line, std::string reason, std::string hint) {
    if (!error_) error_ = UsageError{fmt::format("{}:{}: {}", for_terminal(path_), line, reason), std::move(hint)};
  }

  std::string path_;
  ProjectFile made_;
  std::optional<UsageError> error_;
};

}  // namespace

tl::expected<ProjectFile, UsageError> project_file(const std::string& asked) {
  std::error_code error;
  if (asked.empty() && !fs::exists(kUsualPlace, error)) return ProjectFile{};
  const std::string path = asked.empty() ? kUsualPlace : asked;
  std::ifstream file(path, std::ios::binary);
  if (!file || !fs::is_regular_file(path, error))
    return tl::unexpected(UsageError{for_terminal(path) + " cannot be read", "--config names a file of settings"});
  return Reader(path).read(std::string{std::istreambuf_iterator<char>(file), {}});
}

}  // namespace tunnelscope::app
