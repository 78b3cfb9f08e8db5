// SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0. Uploads refuse many runs, so there is one (facts/peers.md, section 6).
#include <algorithm>
#include <map>

#include "src/command.hpp"
#include "src/report/json_object.hpp"
#include "src/report/pipeline.hpp"

namespace tunnelscope::report {
namespace {

using json::Object;

std::string_view level_of(kb::Severity severity) {
  switch (severity) {
    case kb::Severity::Critical: return "error";
    case kb::Severity::Warning: return "warning";
    default: return "note";
  }
}

// A path as a relative or absolute URI reference (RFC 3986): what is no letter, digit or one of "-._~/" is percent-encoded.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  if (path == "-") return "stdin";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) uri += c;
    else (uri += '%', uri += kHex[byte >> 4], uri += kHex[byte & 15]);
  }
  return uri;
}

void message(JsonWriter& to, std::string_view text) { Object(to).text("text", text); }

std::string help_of(const diag::Finding& f) {
  if (f.runbook_url.starts_with("https://") || f.runbook_url.starts_with("http://")) return f.runbook_url;
  for (const kb::Reference& reference : f.references)
    if (reference.url.starts_with("https://")) return reference.url;
  return {};
}

void rule(JsonWriter& to, const diag::Finding& f) {
  Object object(to);
  object.text("id", f.cause).member("shortDescription", std::string_view(f.title), message);
  if (!f.explanation.empty()) object.member("fullDescription", std::string_view(f.explanation), message);
  if (const std::string help = help_of(f); !help.empty()) object.text("helpUri", help);
  object.member("defaultConfiguration", f.severity, [](JsonWriter& inner, kb::Severity severity) {
    Object(inner).text("level", level_of(severity));
  });
}

void location(JsonWriter& to, const PipelineItem& item) {
  Object(to).member("physicalLocation", item, [](JsonWriter& inner, const PipelineItem& place) {
    Object object(inner);
    object.member("artifactLocation", place, [](JsonWriter& file, const PipelineItem& p) { Object(file).text("uri", uri_of(p.path)); });
    if (place.line > 0)
      object.member("region", place, [](JsonWriter& region, const PipelineItem& p) {
        Object lines(region);
        lines.count("startLine", p.line);
        if (p.column > 0) lines.count("startColumn", p.column);
      });
  });
}

class Run {
 public:
  explicit Run(const PipelineReport& report) : report_(report) {
    any_suppressed_ = std::any_of(report.items.begin(), report.items.end(), [](const PipelineItem& item) {
      return item.standing().suppressed.has_value();
    });
    for (const PipelineItem& item : report.items)
      if (index_.try_emplace(item.finding->cause, rules_.size()).second) rules_.push_back(item.finding);
  }

  void write(JsonWriter& to) const {
    Object(to)
        .member("tool", *this, [](JsonWriter& inner, const Run& run) { run.tool(inner); })
        .list("invocations", std::vector<const Run*>{this}, [](JsonWriter& inner, const Run* run) { run->invocation(inner); })
        .list("results", report_.items, [this](JsonWriter& inner, const PipelineItem& item) { result(inner, item); });
  }

 private:
  // Once one result has a list, all have one (section 3.27.23).
  static std::vector<diag::Suppressed> suppressions_of(const PipelineItem& item) {
    return item.standing().suppressed ? std::vector{*item.standing().suppressed} : std::vector<diag::Suppressed>{};
  }
  static void suppression(JsonWriter& to, const diag::Suppressed& s) {
    Object(to).text("kind", "external").text("status", "accepted").text("justification", in_words(s));
  }

  void tool(JsonWriter& to) const {
    Object(to).member("driver", *this, [](JsonWriter& inner, const Run& run) {
      Object(inner).text("name", "tunnelscope").text("version", app::version()).list("rules", run.rules_, [](JsonWriter& one, const diag::Finding* f) {
        rule(one, *f);
      });
    });
  }

  void invocation(JsonWriter& to) const {
    Object(to)
        .truth("executionSuccessful", report_.problems.empty())
        .list("toolExecutionNotifications", report_.problems, [](JsonWriter& inner, const PipelineProblem& problem) {
          Object(inner).text("level", "error").member("message", std::string_view(problem.reason), message)
              .list("locations", std::vector<PipelineItem>{{nullptr, problem.path, problem.line, {}, problem.column}}, location);
        });
  }

  void result(JsonWriter& to, const PipelineItem& item) const {
    const diag::Finding& f = *item.finding;
    Object object(to);
    object.text("ruleId", f.cause)
        .count("ruleIndex", index_.at(f.cause))
        .text("level", level_of(f.severity))
        .member("message", sentence_of(f), message);
    if (!item.path.empty()) object.list("locations", std::vector<PipelineItem>{item}, location);
    object.member("partialFingerprints", f, [](JsonWriter& inner, const diag::Finding& one) {
      Object(inner).text("tunnelscope/1", one.fingerprint);
    });
    if (!item.change.empty()) object.text("baselineState", item.is_fixed() ? "absent" : item.change);
    if (any_suppressed_) object.list("suppressions", suppressions_of(item), suppression);
  }

  const PipelineReport& report_;
  bool any_suppressed_ = false;
  std::map<std::string, std::size_t> index_;
  std::vector<const diag::Finding*> rules_;
};

}  // namespace

std::string to_sarif(const PipelineReport& report) {
  JsonWriter to;
  Object(to)
      .text("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
      .text("version", "2.1.0")
      .list("runs", std::vector<Run>{Run(report)}, [](JsonWriter& inner, const Run& run) { run.write(inner); });
  std::string text = to.take();
  text.push_back('\n');
  return text;
}

}  // namespace tunnelscope::report
