// The containers: how log records come wrapped, and the names that `inputs[].container` shows.
// A new wrapper object is one row in kWrappers or kPayloads; a new line form is one row in kLineForms.
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "src/input/fields.hpp"
#include "src/input/recorder.hpp"

namespace tunnelscope::input {

namespace container {
inline constexpr std::string_view kS3Export = "cloudwatch-s3-export";
inline constexpr std::string_view kFilterLogEvents = "filter-log-events";
inline constexpr std::string_view kGetLogEvents = "get-log-events";
inline constexpr std::string_view kTailDetailed = "aws-logs-tail-detailed";
inline constexpr std::string_view kTailShort = "aws-logs-tail-short";
inline constexpr std::string_view kTailJson = "aws-logs-tail-json";
inline constexpr std::string_view kInsightsJson = "insights-json";
inline constexpr std::string_view kInsightsCsv = "insights-csv";
inline constexpr std::string_view kConsoleCsv = "console-csv";
inline constexpr std::string_view kSubscription = "subscription";
inline constexpr std::string_view kLambdaEvent = "lambda-event";
inline constexpr std::string_view kFirehose = "firehose";
inline constexpr std::string_view kKinesis = "kinesis";
inline constexpr std::string_view kLiveTail = "live-tail";
inline constexpr std::string_view kJournald = "journald";
inline constexpr std::string_view kJournaldJson = "journald-json";
inline constexpr std::string_view kSyslog = "syslog";
inline constexpr std::string_view kDockerLogs = "docker-logs";
inline constexpr std::string_view kDockerJson = "docker-json";
inline constexpr std::string_view kCri = "cri";
inline constexpr std::string_view kCsv = "csv";
inline constexpr std::string_view kSessionApi = "session-api";
inline constexpr std::string_view kPangolinApi = "pangolin-api";
inline constexpr std::string_view kPangolinStream = "pangolin-stream";
inline constexpr std::string_view kPangolinEmptyExport = "pangolin-empty-export";
inline constexpr std::string_view kTwingateSync = "twingate-s3-sync";
inline constexpr std::string_view kNdjson = "ndjson";
inline constexpr std::string_view kJson = "json";
inline constexpr std::string_view kJsonArray = "json-array";
inline constexpr std::string_view kText = "text";
inline constexpr std::string_view kWriteTestMarker = "write-test-marker";
inline constexpr std::string_view kEmpty = "empty";
}  // namespace container

// An object whose array of events is read element by element. The first row that applies names the container.
struct Wrapper {
  Key array;
  std::string_view name;
  bool (*applies)(const Fields& shell);  // shell: the object's other fields
};
inline constexpr std::array kWrappers{
    Wrapper{Key::LogEvents, container::kSubscription, [](const Fields&) { return true; }},
    Wrapper{Key::Events, container::kGetLogEvents, [](const Fields& f) { return f.has(Key::NextToken); }},
    Wrapper{Key::Events, container::kFilterLogEvents, [](const Fields&) { return true; }},
    Wrapper{Key::Results, container::kInsightsJson, [](const Fields&) { return true; }},
    Wrapper{Key::SessionResults, container::kLiveTail, [](const Fields&) { return true; }},
    Wrapper{Key::Sessions, container::kSessionApi, [](const Fields&) { return true; }},
    Wrapper{Key::Records, container::kFirehose, [](const Fields&) { return true; }},
};
bool is_wrapper(Key key);

// A field that holds base64 (of gzip or plain), or an object that holds it under "data".
struct Payload {
  Key key;
  std::string_view name;
};
inline constexpr std::array kPayloads{
    Payload{Key::AwsLogs, container::kLambdaEvent},
    Payload{Key::Kinesis, container::kKinesis},
    Payload{Key::Data, container::kFirehose},
};

// What stands before the JSON or the text in a line: a time, perhaps a log stream name.
struct LinePrefix {
  bool found = false;     // the line begins with a time or a stream name
  std::size_t length = 0; // bytes, with the blanks behind it
  LeadingTime time;
  std::string_view stream;
};
LinePrefix line_prefix(std::string_view line);

// `docker logs -t` writes nanoseconds, as nobody else here.
inline bool is_dockers(const LeadingTime& time) {
  constexpr std::string_view kMicroseconds = "2026-01-01T00:00:00.000000Z";
  return time.zulu && time.length > kMicroseconds.size();
}

struct LineForm {
  std::string_view name;
  bool (*applies)(const LinePrefix& prefix, bool spans_lines);
};
inline constexpr std::array kLineForms{
    LineForm{container::kTailJson, [](const LinePrefix& p, bool spans) { return spans && !p.stream.empty(); }},
    LineForm{container::kTailDetailed, [](const LinePrefix& p, bool) { return !p.stream.empty(); }},
    LineForm{container::kTailShort, [](const LinePrefix& p, bool) { return p.time.iso && !p.time.zone; }},
    LineForm{container::kDockerLogs, [](const LinePrefix& p, bool) { return is_dockers(p.time); }},
    LineForm{container::kS3Export, [](const LinePrefix&, bool) { return true; }},
};
std::string_view line_form(const LinePrefix& prefix, bool spans_lines);

// A row of `aws logs filter-log-events` or `get-log-events` with `--output text`: EVENTS, then an id, the time of ingestion and
// the stream, as far as the command has them, then the message and its time, with tabs between.
struct EventRow {
  std::string_view stream, message, container;
  diag::Time time = diag::kNoTime;
};
std::optional<EventRow> event_row(std::string_view line);

// What journald, syslog or a container runtime puts before a line of a service, and before that `docker compose` or `kubectl`.
struct ServicePrefix {
  std::size_t length = 0;      // bytes, with the blanks behind it; 0: there is none
  ParsedTime time;
  bool yearless = false;       // `time` stands in the year 2000
  std::string_view host, program;
  std::string_view container;  // empty: only a time stands there
  std::string_view stream;     // a container's stdout or stderr
  bool partial = false;        // the rest of the line follows in that stream's next one
};
ServicePrefix service_prefix(std::string_view line);

// Whether a gateway's IKE daemon wrote the line: charon ("05[IKE] ") or pluto ("\"gw1\" #3: ").
bool is_of_ike_daemon(std::string_view line, const ServicePrefix& prefix);

bool is_connector(std::string_view program);  // of Twingate

}  // namespace tunnelscope::input
