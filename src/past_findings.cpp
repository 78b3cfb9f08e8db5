#include "src/past_findings.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "src/config/tree.hpp"
#include "src/escape.hpp"
#include "src/report/json_object.hpp"
#include "src/secrets.hpp"

namespace tunnelscope::app {
namespace {

using config::Node;

constexpr std::string_view kBaseline = "tunnelscope/baseline/1";
constexpr std::size_t kFingerprint = 16;  // hex digits

std::string report_schema(std::string_view command) { return command == "check" ? "tunnelscope/check/1" : "tunnelscope/report/1"; }

tl::expected<std::string, UsageError> bytes_of(const std::string& path) {
  std::error_code error;
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, error))
    return tl::unexpected(UsageError{fmt::format("{} cannot be read", for_terminal(path)), errno == ENOENT ? "there is no such file" : ""});
  std::string text, part(1 << 16, '\0');
  while (text.size() <= config::kMaxDocumentBytes && (file.read(part.data(), static_cast<std::streamsize>(part.size())), file.gcount() > 0))
    text.append(part, 0, static_cast<std::size_t>(file.gcount()));
  return text;
}

class Reader {
 public:
  Reader(std::string path, PastForm form, std::string_view command, const kb::Knowledge& knowledge)
      : path_(std::move(path)), form_(form), command_(command), knowledge_(knowledge) {}

  tl::expected<PastFindings, UsageError> read(const std::string& text) {
    const config::Tree tree = config::read_json(text, path_);
    if (!tree.problems.empty()) {
      const auto& first = tree.problems.front();
      return tl::unexpected(UsageError{place(first.where.line, first.where.column) + ": " + first.reason, hint(first.hint)});
    }
    made_.path = path_;
    whole(tree.root);
    if (error_) return tl::unexpected(*error_);
    return std::move(made_);
  }

 private:
  std::string place(std::size_t line, std::size_t column) const {
    return line == 0 ? for_terminal(path_) : fmt::format("{}:{}:{}", for_terminal(path_), line, column);
  }
  std::string hint(const std::string& own = {}) const {
    if (!own.empty()) return own;
    const std::string report = fmt::format("a report of `tunnelscope {} --format json`", command_);
    return "expected is " + report + (form_ == PastForm::Baseline ? ", or a file that --write-baseline wrote" : "");
  }
  void fail(const Node& at, const std::string& reason) {
    if (!error_) error_ = UsageError{place(at.line, at.column) + ": " + reason, hint()};
  }

  void whole(const Node& root) {
    const std::string schema = word(root, "schema");
    const bool is_baseline = schema == kBaseline && form_ == PastForm::Baseline;
    if (schema.empty()) return fail(root, "this is no report");
    if (!is_baseline && schema != report_schema(command_))
      return fail(*root.find("schema"), fmt::format("its schema is `{}`", for_terminal(schema)));
    if (is_baseline && word(root, "command") != command_)
      return fail(root, fmt::format("this baseline is not one of `tunnelscope {}`", command_));
    const Node* redacted = root.find("redacted");
    made_.redacted = redacted && redacted->is(Node::Kind::Boolean) && redacted->text == "true";
    const Node* findings = root.find("findings");
    if (!findings || !findings->is(Node::Kind::List)) return fail(root, "it has no list of `findings`");
    for (const Node& item : findings->items) finding(item);
  }

  void finding(const Node& item) {
    // What was fixed then was there before it; what was suppressed then was there.
    if (word(item, "change") == "fixed") return;
    diag::Finding f;
    f.cause = word(item, "cause");
    f.fingerprint = word(item, "fingerprint");
    f.subject = word(item, "subject");
    const bool of_hex = f.fingerprint.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (f.cause.empty() || f.subject.empty() || f.fingerprint.size() != kFingerprint || !of_hex) return fail(item, "a finding without cause, subject or fingerprint");
    const kb::Cause* known = knowledge_.cause(f.cause);
    f.title = word(item, "title");
    if (f.title.empty()) f.title = known ? known->title : f.cause;
    f.severity = severity(word(item, "severity")).value_or(known ? known->severity : kb::Severity::Info);
    made_.findings.push_back(std::move(f));
  }

  static std::optional<kb::Severity> severity(const std::string& name) {
    for (const kb::Severity one : {kb::Severity::Info, kb::Severity::Warning, kb::Severity::Critical})
      if (kb::name_of(one) == name) return one;
    return std::nullopt;
  }

  // Of a text; empty: it is not there, or something else.
  static std::string word(const Node& map, std::string_view name) {
    const Node* found = map.find(name);
    return found && found->is(Node::Kind::Text) ? without_keys(found->text) : std::string();
  }

  std::string path_;
  PastForm form_;
  std::string command_;
  const kb::Knowledge& knowledge_;
  PastFindings made_;
  std::optional<UsageError> error_;
};

}  // namespace

tl::expected<PastFindings, UsageError> read_past(const std::string& path, PastForm form, std::string_view command,
                                                 const kb::Knowledge& knowledge) {
  const auto text = bytes_of(path);
  if (!text) return tl::unexpected(text.error());
  return Reader(path, form, command, knowledge).read(*text);
}

std::string baseline_of(const std::vector<const diag::Finding*>& findings, std::string_view command, bool redacted) {
  std::vector<const diag::Finding*> sorted = findings;
  std::sort(sorted.begin(), sorted.end(), [](const diag::Finding* a, const diag::Finding* b) {
    return std::tie(a->subject, a->cause, a->fingerprint) < std::tie(b->subject, b->cause, b->fingerprint);
  });
  report::JsonWriter to;
  report::json::Object(to)
      .text("schema", kBaseline)
      .text("command", command)
      .truth("redacted", redacted)
      .list("findings", sorted, [](report::JsonWriter& inner, const diag::Finding* f) {
        report::json::Object(inner).text("fingerprint", f->fingerprint).text("cause", f->cause).text("subject", f->subject);
      });
  return to.take() + "\n";
}

}  // namespace tunnelscope::app
