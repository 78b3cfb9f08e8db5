// The same ten records in every container give the same events; only the container's name differs.
#include <gmock/gmock.h>

#include <array>
#include <functional>

#include "input_world.hpp"
#include "src/input/containers/csv.hpp"

namespace tunnelscope::input::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kStream = "vpn-0123456789abcdef0-203.0.113.17-IKE.log";
constexpr std::int64_t kStart = 1673252138;

struct Record {
  std::int64_t time;
  std::string text, phase1, phase2;
};

std::vector<Record> ten_records() {
  std::vector<Record> records;
  for (int i = 0; i < 10; ++i)
    records.push_back({kStart + i * 60, "AWS tunnel processed request (id=" + std::to_string(i) + ") for CREATE_CHILD_SA",
                       "established", i % 2 == 0 ? "rekeying" : "down"});
  records[3].text = "No Proposal Match Found. Notifying with \"No proposal chosen\"";
  records[7].text = "AWS tunnel {braces}, commas \\ back\\slashes and\ttabs";
  return records;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\t') out += "\\t";
    else out += c;
  }
  return out;
}

std::string json(const Record& r) {
  return "{\"event_timestamp\":" + std::to_string(r.time) + ",\"details\":\"" + escaped(r.text) +
         "\",\"dpd_enabled\":true,\"nat_t_detected\":false,\"ike_phase1_state\":\"" + r.phase1 +
         "\",\"ike_phase2_state\":\"" + r.phase2 + "\"}";
}

std::string pretty(const Record& r) {
  return "{\n    \"event_timestamp\": " + std::to_string(r.time) + ",\n    \"details\": \"" + escaped(r.text) +
         "\",\n    \"dpd_enabled\": true,\n    \"nat_t_detected\": false,\n    \"ike_phase1_state\": \"" + r.phase1 +
         "\",\n    \"ike_phase2_state\": \"" + r.phase2 + "\"\n}";
}

std::string ms(const Record& r) { return std::to_string(r.time * 1000); }
std::string iso(const Record& r, const std::string& tail) {
  return diag::rfc3339(r.time * 1000).substr(0, 19) + tail;
}
std::string insights_time(const Record& r) {
  std::string text = diag::rfc3339(r.time * 1000).substr(0, 23);
  text[10] = ' ';
  return text;
}

std::string csv_cell(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

using Encode = std::function<std::string(const Record&)>;

std::string joined(const Encode& encode, const std::string& between) {
  std::string out;
  for (const auto& record : ten_records()) out += (out.empty() ? "" : between) + encode(record);
  return out;
}

std::string lines(const Encode& encode) { return joined(encode, "\n") + "\n"; }

std::string filter_event(const Record& r) {
  return std::string("{\"logStreamName\":\"") + kStream + "\",\"timestamp\":" + ms(r) + ",\"message\":" + json_string(json(r)) +
         ",\"ingestionTime\":1673252140123,\"eventId\":\"37" + ms(r) + "\"}";
}
std::string get_event(const Record& r) {
  return "{\"ingestionTime\": 1673252140123, \"timestamp\": " + ms(r) + ", \"message\": " + json_string(json(r)) + "}";
}
std::string log_event(const Record& r) {
  return "{\"id\":\"35" + ms(r) + "\",\"timestamp\":" + ms(r) + ",\"message\":" + json_string(json(r)) + "}";
}
std::string subscription(const std::string& events) {
  return std::string("{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"123456789012\",\"logGroup\":\"g\",\"logStream\":\"") +
         kStream + "\",\"subscriptionFilters\":[\"x\"],\"logEvents\":[" + events + "]}";
}
std::string subscription_sorted(const std::string& events) {
  return "{\n\"logEvents\": [\n" + events + "\n],\n\"logGroup\": \"g\",\n\"logStream\": \"" + kStream +
         "\",\n\"messageType\": \"DATA_MESSAGE\"\n}\n";
}
std::string all_subscription() { return subscription(joined(log_event, ",")); }
std::string insights_row(const Record& r) {
  return "[{\"field\":\"@timestamp\",\"value\":\"" + insights_time(r) + "\"},{\"field\":\"@message\",\"value\":" +
         json_string(json(r)) + "},{\"field\":\"@logStream\",\"value\":\"" + kStream + "\"},{\"field\":\"@ptr\",\"value\":\"Cm\"}]";
}
std::string insights_fields(const Record& r) {
  const auto cell = [](const std::string& field, const std::string& value) {
    return "{\"field\":\"" + field + "\",\"value\":\"" + escaped(value) + "\"}";
  };
  return "[" + cell("@timestamp", insights_time(r)) + "," + cell("details", r.text) + "," +
         cell("event_timestamp", std::to_string(r.time)) + "," + cell("ike_phase1_state", r.phase1) + "," +
         cell("ike_phase2_state", r.phase2) + "," + cell("dpd_enabled", "1") + "," + cell("nat_t_detected", "0") + "," +
         cell("@logStream", kStream) + "]";
}
std::string live_tail(const Record& r) {
  return std::string("{\"logStreamName\":\"") + kStream + "\",\"logGroupIdentifier\":\"1:g\",\"message\":" + json_string(json(r)) +
         ",\"timestamp\":" + ms(r) + ",\"ingestionTime\":1}";
}
std::string control() {
  return "{\"messageType\":\"CONTROL_MESSAGE\",\"owner\":\"CloudwatchLogs\",\"logGroup\":\"\",\"logStream\":\"\","
         "\"logEvents\":[{\"id\":\"\",\"timestamp\":1,\"message\":\"CWL CONTROL MESSAGE: Checking health\"}]}";
}

struct Container {
  std::string label, name, bytes;
  bool stream_inside = true;
};

std::vector<Container> containers() {
  const auto prefixed = [](const std::string& tail, const std::string& between) {
    return [=](const Record& r) { return iso(r, tail) + between + json(r); };
  };
  const std::string stream = std::string(" ") + kStream + " ";
  return {
      {"S3ExportIso", "cloudwatch-s3-export", lines(prefixed(".000Z", " ")), false},
      {"S3ExportEpoch", "cloudwatch-s3-export", lines([](const Record& r) { return ms(r) + " " + json(r); }), false},
      {"S3ExportCrLf", "cloudwatch-s3-export", joined(prefixed(".000Z", " "), "\r\n") + "\r\n", false},
      {"S3ExportWithByteOrderMark", "cloudwatch-s3-export", "\xef\xbb\xbf" + lines(prefixed(".000Z", " ")), false},
      {"S3ExportJoinedWithoutNewline", "cloudwatch-s3-export", joined(prefixed(".000Z", " "), ""), false},
      {"FilterLogEvents", "filter-log-events",
       "{\"events\":[" + joined(filter_event, ",") + "],\"searchedLogStreams\":[],\"nextToken\":\"t\"}"},
      {"FilterLogEventsPretty", "filter-log-events",
       "{\n  \"events\": [\n    " + joined(filter_event, ",\n    ") + "\n  ],\n  \"searchedLogStreams\": []\n}\n"},
      {"GetLogEvents", "get-log-events",
       "{\"nextForwardToken\":\"f/3\",\"events\":[" + joined(get_event, ",") + "],\"nextBackwardToken\":\"b/3\"}", false},
      {"GetLogEventsPretty", "get-log-events",
       "{\n \"events\": [\n" + joined(get_event, ",\n") + "\n],\n\"nextForwardToken\": \"f\"\n}\n", false},
      {"TailDetailed", "aws-logs-tail-detailed", lines(prefixed(".000000+00:00", stream))},
      {"TailDetailedColoured", "aws-logs-tail-detailed", lines([&](const Record& r) {
         return "\x1b[32m" + iso(r, ".000000+00:00") + "\x1b[0m \x1b[36m" + kStream + "\x1b[0m " + json(r);
       })},
      {"TailShort", "aws-logs-tail-short", lines(prefixed("", " ")), false},
      {"TailJson", "aws-logs-tail-json", lines([&](const Record& r) { return iso(r, "+00:00") + stream + "\n" + pretty(r); })},
      {"TailJsonSameLine", "aws-logs-tail-json", lines([&](const Record& r) { return iso(r, "+00:00") + stream + pretty(r); })},
      {"InsightsJson", "insights-json",
       "{\"queryLanguage\":\"CWLI\",\"results\":[" + joined(insights_row, ",") + "],\"statistics\":{},\"status\":\"Complete\"}"},
      {"InsightsJsonPretty", "insights-json",
       "{\n\"results\": [\n" + joined(insights_row, ",\n") + "\n],\n\"status\": \"Complete\"\n}"},
      {"InsightsJsonFields", "insights-json", "{\"results\":[" + joined(insights_fields, ",") + "]}"},
      {"InsightsCsv", "insights-csv", "@logStream,@timestamp,@message\n" + lines([](const Record& r) {
                                        return std::string(kStream) + "," + insights_time(r) + "," + csv_cell(json(r));
                                      })},
      {"InsightsCsvPrettyMessages", "insights-csv", "@timestamp,@message,@logStream\r\n" + joined([](const Record& r) {
                                        return insights_time(r) + "," + csv_cell(pretty(r)) + "," + kStream;
                                      }, "\r\n")},
      {"InsightsCsvFields", "insights-csv",
       "event_timestamp,details,ike_phase1_state,ike_phase2_state,dpd_enabled,nat_t_detected,@logStream\n" +
           lines([](const Record& r) {
             return std::to_string(r.time) + "," + csv_cell(r.text) + "," + r.phase1 + "," + r.phase2 + ",1,0," + kStream;
           })},
      {"ConsoleCsv", "console-csv", "timestamp,message\n" + lines([](const Record& r) {
                                      return ms(r) + "," + csv_cell(json(r));
                                    }), false},
      {"Subscription", "subscription", all_subscription()},
      {"SubscriptionKeysSorted", "subscription", subscription_sorted(joined(log_event, ",\n"))},
      {"SubscriptionLines", "subscription", lines([](const Record& r) { return subscription(log_event(r)); })},
      {"LambdaEvent", "lambda-event", "{\"awslogs\":{\"data\":\"" + base64(gzip(all_subscription())) + "\"}}"},
      {"LambdaEventPretty", "lambda-event",
       "{\n  \"awslogs\": {\n    \"data\": \"" + base64(gzip(all_subscription())) + "\"\n  }\n}\n"},
      {"Kinesis", "kinesis", "{\"Records\":[" + joined([](const Record& r) {
         return "{\"kinesis\":{\"data\":\"" + base64(gzip(subscription(log_event(r)))) + "\"},\"eventSource\":\"aws:kinesis\"}";
       }, ",") + "]}"},
      {"FirehoseRecords", "firehose", "{\"invocationId\":\"i\",\"records\":[" + joined([](const Record& r) {
         return "{\"recordId\":\"1\",\"data\":\"" + base64(gzip(subscription(log_event(r)))) + "\"}";
       }, ",") + "]}"},
      {"FirehoseRecordsPlain", "firehose", "{\n\"records\": [\n" + joined([](const Record& r) {
         return "{\"recordId\":\"1\",\"data\":\"" + base64(subscription(log_event(r))) + "\"}";
       }, ",\n") + "]}"},
      {"FirehoseConcatenated", "firehose", joined([](const Record& r) { return subscription(log_event(r)); }, "")},
      {"FirehoseGzipMembers", "firehose", joined([](const Record& r) { return gzip(subscription(log_event(r))); }, "")},
      {"FirehoseGzipInGzip", "firehose", gzip(joined([](const Record& r) { return gzip(subscription(log_event(r))); }, ""))},
      {"LiveTail", "live-tail", lines(live_tail)},
      {"LiveTailUpdate", "live-tail",
       "{\"sessionUpdate\":{\"sessionMetadata\":{\"sampled\":false},\"sessionResults\":[" + joined(live_tail, ",") + "]}}"},
      {"LiveTailPretty", "live-tail", "{\n\"sessionResults\": [\n" + joined(live_tail, ",\n") + "\n]}\n"},
      {"FilterLogEventsText", "filter-log-events", lines([](const Record& r) {
         return "EVENTS\t37" + ms(r) + "\t1673259999123\t" + kStream + "\t" + json(r) + "\t" + ms(r);
       })},
      {"GetLogEventsText", "get-log-events",
       lines([](const Record& r) { return "EVENTS\t1\t" + json(r) + "\t" + ms(r); }), false},
      {"ChosenFields", "json-array",
       "[\n" + joined([](const Record& r) { return "    [\n        " + ms(r) + ",\n        " + json_string(json(r)) + "\n    ]"; }, ",\n") + "\n]\n",
       false},
      {"ChosenFieldsWithStream", "json-array", "[" + joined([](const Record& r) {
         return std::string("[\"") + kStream + "\"," + json_string(json(r)) + "," + ms(r) + "]";
       }, ",") + "]"},
      {"BehindAServiceOfCompose", "text", lines([](const Record& r) { return "shipper-1  | " + json(r); }), false},
      {"BehindAPod", "text", lines([](const Record& r) { return "[pod/shipper-5d/app] " + json(r); }), false},
      {"BehindAnyWords", "text", lines([](const Record& r) { return "shipper-5d app " + json(r); }), false},
      {"BehindAFile", "text", lines([](const Record& r) { return "vpn.ndjson:12:" + json(r); }), false},
      {"BehindAQuotationMark", "text", lines([](const Record& r) { return "> " + json(r); }), false},
      {"BehindAGroupAndAStream", "text",
       lines([](const Record& r) { return std::string("/aws/vendedlogs/vpn ") + kStream + " " + json(r); })},
      {"Ndjson", "ndjson", lines(json), false},
      {"NdjsonWithCommas", "ndjson", joined(json, ",\n"), false},
      {"NdjsonOfStrings", "ndjson", lines([](const Record& r) { return json_string(json(r)); }), false},
      {"BareConcatenated", "ndjson", joined(json, ""), false},
      {"PrettyJson", "json", lines(pretty), false},
      {"JsonArray", "json-array", "[" + joined(json, ",") + "]", false},
      {"JsonArrayPretty", "json-array", "[\n" + joined(pretty, ",\n") + "\n]\n", false},
      {"SdkArrayOfEvents", "json-array", "[\n" + joined(filter_event, ",\n") + "\n]\n"},
      {"StringInStringInString", "ndjson", lines([](const Record& r) {
         return "{\"message\":" + json_string("{\"message\":" + json_string(json(r)) + "}") + "}";
       }), false},
      {"MessageIsAnObject", "ndjson", lines([](const Record& r) {
         return "{\"host\":\"h\",\"message\":" + json(r) + ",\"timestamp\":\"" + iso(r, "Z") + "\"}";
       }), false},
      {"Utf16", "ndjson", [] {
         std::string wide = "\xff\xfe";
         for (const char c : lines(json)) (wide += c) += '\0';
         return wide;
       }(), false},
      {"Utf16WithoutAMark", "ndjson", [] {
         std::string wide;
         for (const char c : lines(json)) (wide += c) += '\0';
         return wide;
       }(), false},
      {"Utf16BigEndianWithoutAMark", "ndjson", [] {
         std::string wide;
         for (const char c : lines(json)) (wide += '\0') += c;
         return wide;
       }(), false},
  };
}

class InputContainers : public World {};

Lines expected_events() {
  Lines events;
  for (const auto& r : ten_records())
    events.push_back("vpn-0123456789abcdef0/203.0.113.17 " + diag::rfc3339(r.time * 1000) + " aws-s2s-ike " + r.phase1 + "/" +
                     r.phase2 + " dpd=yes nat=no | " + r.text);
  return events;
}

TEST_F(InputContainers, EveryContainerGivesTheSameRecords) {
  for (const auto& container : containers()) {
    SCOPED_TRACE(container.label);
    const std::string folder = container.stream_inside ? "plain/" : std::string("taskid/") + kStream + "/";
    const auto reading = read_bytes(container.bytes, folder + "000000");
    EXPECT_EQ(reading.events, expected_events());
    EXPECT_THAT(reading.skipped, IsEmpty());
    EXPECT_THAT(reading.notes, IsEmpty());
    EXPECT_THAT(reading.problems, IsEmpty());
    EXPECT_THAT(reading.containers, ElementsAre(container.name));
  }
}

TEST_F(InputContainers, RowsOfInsightsMayHoldTheMessageAsAnObject) {
  std::string rows;
  for (const auto& r : ten_records())
    rows += (rows.empty() ? "" : ",") + ("{\"@timestamp\":\"" + insights_time(r) + "\",\"@message\":" + json(r) + ",\"@logStream\":\"" + kStream + "\"}");
  EXPECT_EQ(read_bytes("[" + rows + "]", "plain/rows.json").events, expected_events());
}

TEST_F(InputContainers, RowsOfInsightsWithoutATypeAreOfWhatTheirStreamIsOf) {
  const auto row = [](const std::string& stream) {
    return "{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2026-05-17 06:40:10.000\"},{\"field\":\"@logStream\",\"value\":\"vpn-0123456789abcdef0_203.0.113.17-" +
           stream + ".log\"},{\"field\":\"status\",\"value\":\"DOWN\"},{\"field\":\"message.details\",\"value\":\"AWS-side peer BGP hold timer expired\"}]]}";
  };
  EXPECT_THAT(read_bytes(row("BGP"), "plain/bgp.json").events, ElementsAre(HasSubstr("2026-05-17T06:40:10.000Z aws-s2s-bgp")));
  EXPECT_THAT(read_bytes(row("IKE"), "plain/ike.json").events, ElementsAre(HasSubstr("2026-05-17T06:40:10.000Z aws-s2s-ike")));
}

TEST_F(InputContainers, RowsOfABgpStreamNeedNoOtherField) {
  const std::string csv =
      "@timestamp,@logStream,message.details\n"
      "2026-05-17 06:40:10.000,vpn-0123456789abcdef0_203.0.113.17-BGP.log,AWS-side peer BGP session state has changed from Idle to Connect\n";
  EXPECT_THAT(read_bytes(csv, "plain/bgp.csv").events,
              ElementsAre("vpn-0123456789abcdef0/203.0.113.17 2026-05-17T06:40:10.000Z aws-s2s-bgp unknown/unknown dpd=? nat=? | AWS-side peer "
                          "BGP session state has changed from Idle to Connect"));
}

TEST_F(InputContainers, LinesOfAGatewaysIkeDaemonAreRefusedWhole) {
  const char* const lines[] = {
      "2026-11-21T23:24:57 07[IKE] <conn|1> tried 1 shared key for '203.0.113.10' - '198.51.100.20', but MAC mismatched",
      "2026-11-21T23:24:57 07[IKE1] <1> no IKE config found for 203.0.113.10...198.51.100.20, sending NO_PROPOSAL_CHOSEN",
      "Nov 21 23:24:57 gw1 charon: 07[IKE] <conn|1> received DELETE for IKE_SA conn[1]",
      "2026-11-21T23:24:57+0000 gw1 charon-systemd[12]: received AUTHENTICATION_FAILED notify error",
      "2026-11-21T23:24:57.123Z \"gw1\" #3: IKE_AUTH response rejected Child SA with NO_PROPOSAL_CHOSEN"};
  for (const std::string line : lines) {
    const auto reading = read_bytes(line + "\n", "plain/charon.log");
    EXPECT_THAT(reading.events, IsEmpty()) << line;
    EXPECT_THAT(reading.skipped, ElementsAre(HasSubstr("gateway's own IKE log"))) << line;
  }
}

TEST_F(InputContainers, TextBehindATimeAndAStreamIsNoAnnouncement) {
  const auto reading = read_bytes("2026-05-17T06:40:10+00:00 cvpn-endpoint-0aa11bb22cc33dd44-us-east-1-abc\n2026-05-17T06:40:11Z hello\n", "plain/x");
  EXPECT_THAT(reading.skipped, ElementsAre("not a VPN log record x2 at plain/x:1"));
}

TEST_F(InputContainers, TruncatedJsonBehindAPrefixIsNotReadAsText) {
  const auto reading = read_bytes(std::string("EVENTS\t1\t2\t") + kStream + "\t{\"event_timestamp\":1673252138,\"details\":\"AWS tunnel DPD ti\t1673252138000\n" +
                                  "shipper | {\"event_timestamp\":1673252138,\"details\":\"AWS tunnel DPD ti\n", "plain/x");
  EXPECT_THAT(reading.events, IsEmpty());
  EXPECT_EQ(reading.skipped_count, 2u);
}

TEST_F(InputContainers, EveryContainerIsReadCompressedTwice) {
  for (const auto& container : containers()) {
    SCOPED_TRACE(container.label);
    const std::string folder = container.stream_inside ? "plain/" : std::string("taskid/") + kStream + "/";
    const auto reading = read_bytes(gzip(gzip(container.bytes)), folder + "000000.gz");
    EXPECT_EQ(reading.events, expected_events());
    EXPECT_THAT(reading.containers, ElementsAre(container.name));
  }
}

TEST_F(InputContainers, AllContainersInOneFolderAreOneSetOfRecords) {
  for (const auto& container : containers())
    write((container.stream_inside ? "all/plain/" : std::string("all/") + kStream + "/") + container.label, container.bytes);
  const auto reading = read({path("all")});
  EXPECT_EQ(reading.events, expected_events());
  EXPECT_EQ(reading.containers.size(), containers().size());
}

// Two containers after one another in one file, without caring where the first ended.
TEST_F(InputContainers, ContainersMayFollowOneAnotherInAFile) {
  for (const auto& first : containers())
    for (const auto& second : {"FilterLogEventsPretty", "TailDetailed", "Ndjson", "InsightsCsv", "FirehoseConcatenated"}) {
      if (first.bytes.starts_with("\x1f\x8b") || first.label.starts_with("Utf16")) continue;
      if (first.name.ends_with("-csv")) continue;
      SCOPED_TRACE(first.label + " then " + second);
      const auto all = containers();
      const auto row = std::find_if(all.begin(), all.end(), [&](const auto& c) { return c.label == second; });
      const auto reading = read_bytes(first.bytes + "\n" + row->bytes, std::string(kStream) + "/x");
      EXPECT_EQ(reading.events, expected_events());
      EXPECT_EQ(reading.records, 20u);
      EXPECT_THAT(reading.skipped, IsEmpty());
    }
}

TEST_F(InputContainers, LinesAreThoseAtWhichRecordsBegin) {
  struct Case {
    std::string label;
    std::uint64_t first, step;
  };
  for (const auto& c : {Case{"S3ExportIso", 1, 1}, {"FilterLogEvents", 1, 0}, {"FilterLogEventsPretty", 3, 1},
                        {"TailJsonSameLine", 1, 8}, {"TailJson", 2, 9}, {"InsightsCsv", 2, 1}, {"InsightsCsvPrettyMessages", 2, 8},
                        {"SubscriptionKeysSorted", 3, 1}, {"PrettyJson", 1, 8}, {"JsonArrayPretty", 2, 8},
                        {"FirehoseConcatenated", 1, 0}, {"LambdaEventPretty", 1, 0}}) {
    SCOPED_TRACE(c.label);
    const auto all = containers();
    const auto row = std::find_if(all.begin(), all.end(), [&](const auto& entry) { return entry.label == c.label; });
    const auto reading = read_bytes(row->bytes, "f");
    ASSERT_EQ(reading.places.size(), 10u);
    for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(reading.places[i], "f:" + std::to_string(c.first + i * c.step));
  }
}

TEST_F(InputContainers, ControlMessagesAreSkippedWithTheirReason) {
  const auto reading = read_bytes(control() + all_subscription() + control());
  EXPECT_EQ(reading.events, expected_events());
  EXPECT_THAT(reading.skipped, ElementsAre("control message x2 at log:1"));
}

TEST_F(InputContainers, HeaderRepeatedInJoinedCsvFilesIsNoRow) {
  const std::string header = "@timestamp,@message,@logStream\n";
  std::string bytes;
  for (const auto& r : ten_records()) bytes += header + insights_time(r) + "," + csv_cell(json(r)) + "," + kStream + "\n";
  const auto reading = read_bytes(bytes);
  EXPECT_EQ(reading.events, expected_events());
  EXPECT_THAT(reading.skipped, IsEmpty());
}

// As programs write a table that they have read: with an index in front, with cells that have no name.
TEST_F(InputContainers, HeadersMayHaveEmptyAndOddNames) {
  for (const auto& [header, front, behind] : {std::array{",@timestamp,@message,@logStream", "7,", ""}, {"Unnamed: 0,@timestamp,@message,@logStream", "7,", ""},
                                              {"@timestamp,@message,@logStream,,", "", ",,"}, {"#,@timestamp,@message,@logStream,50%", "7,", ",1"},
                                              {"État,@timestamp,@message,@logStream,bin(5m)", "7,", ",1"}}) {
    std::string bytes = header + std::string("\n");
    for (const auto& r : ten_records()) bytes += front + insights_time(r) + "," + csv_cell(json(r)) + "," + kStream + behind + "\n";
    EXPECT_EQ(read_bytes(bytes).events, expected_events()) << header;
  }
}

// Athena names the object of each row so.
TEST_F(InputContainers, ThePathOfARowIsItsStream) {
  const std::string path = "s3://bucket/exportedlogs/0a1b/" + std::string(kStream) + "/000000.gz";
  std::string bytes = R"("event_timestamp","details","ike_phase1_state","ike_phase2_state","$path")" "\n";
  bytes += R"("1779000010","AWS tunnel x","established","down",")" + path + "\"\n";
  EXPECT_THAT(read_bytes(bytes, "plain/000000").events, ElementsAre(::testing::AllOf(HasSubstr("vpn-0123456789abcdef0/203.0.113.17"), HasSubstr("established/down"))));
}

// What looks like the values below a header is none.
TEST_F(InputContainers, RowsOfValuesAreNoHeader) {
  for (const char* const row : {"message,2026-05-17 06:40:10", "message,17", "message,{\"a\":1}", "message,x=1", "details,10.0.0.1"})
    EXPECT_FALSE(CsvTable::of_header(row)) << row;
  EXPECT_TRUE(CsvTable::of_header("message,time"));
}

TEST_F(InputContainers, RowsThatStateAPhaseNeedNoMessage) {
  const auto reading = read_bytes("@timestamp,@logStream,ike_phase1_state,ike_phase2_state\n"
                                  "2026-05-17 06:40:10.000,vpn-0123456789abcdef0_203.0.113.17-IKE.log,established,down\n");
  EXPECT_THAT(reading.events, ElementsAre(HasSubstr("established/down")));
}

TEST_F(InputContainers, RowsWithoutTheirHeaderKeepTheirRecords) {
  std::string bytes;
  for (const auto& r : ten_records()) bytes += insights_time(r) + "," + csv_cell(json(r)) + "," + kStream + "\n";
  EXPECT_EQ(read_bytes(bytes).events, expected_events());
}

// `aws logs tail --follow` in a container or a unit, and collectors that file the stream as they like.
TEST_F(InputContainers, TheStreamIsFoundWhereverAWrapperKeepsIt) {
  const std::array<std::function<std::string(const Record&)>, 6> wrappers{
      [](const Record& r) { return R"({"log":")" + escaped(iso(r, ".000000+00:00") + " " + kStream + " " + json(r)) + R"(\n","stream":"stdout","time":")" + iso(r, "Z") + "\"}"; },
      [](const Record& r) { return R"({"message":")" + escaped(iso(r, ".000000+00:00") + " " + kStream + " " + json(r)) + "\"}"; },
      [](const Record& r) { return R"({"preview":false,"result":{"source":")" + std::string(kStream) + R"(","_raw":")" + escaped(json(r)) + "\"}}"; },
      [](const Record& r) { return R"({"_source":{"aws":{"cloudwatch":{"log_stream":")" + std::string(kStream) + R"("}},"message":")" + escaped(json(r)) + "\"}}"; },
      [](const Record& r) { return R"({"time":1,"source":")" + std::string(kStream) + R"(","event":)" + json(r) + "}"; },
      [](const Record& r) { return R"({"stream_name":")" + std::string(kStream) + R"(","log":")" + escaped(json(r)) + "\"}"; }};
  for (const auto& wrapped : wrappers) {
    std::string bytes;
    for (const auto& r : ten_records()) bytes += wrapped(r) + "\n";
    EXPECT_EQ(read_bytes(bytes, "plain/000000").events, expected_events()) << bytes.substr(0, 200);
  }
}

TEST_F(InputContainers, CsvWithABrokenQuoteLosesOnlyThatRow) {
  const auto records = ten_records();
  std::string bytes = "@timestamp,@message,@logStream\n";
  for (std::size_t i = 0; i < 10; ++i) {
    const auto cell = csv_cell(json(records[i]));
    bytes += insights_time(records[i]) + "," + (i == 4 ? cell.substr(0, cell.size() / 2) : cell + "," + kStream) + "\n";
  }
  const auto reading = read_bytes(bytes);
  auto expected = expected_events();
  expected.erase(expected.begin() + 4);
  EXPECT_EQ(reading.events, expected);
  EXPECT_THAT(reading.skipped, ElementsAre("malformed CSV row x1 at log:6"));
}

TEST_F(InputContainers, SemicolonsAndTabsSeparateCsvToo) {
  for (const std::string mark : {";", "\t"}) {
    const auto reading = read_bytes("@logStream" + mark + "@message\n" + lines([&](const Record& r) {
                                      return kStream + mark + csv_cell(json(r));
                                    }));
    EXPECT_EQ(reading.events, expected_events());
  }
}

TEST_F(InputContainers, WriteTestMarkerIsNoInputFault) {
  write("export/aws-logs-write-test", "Permission Check Successful");
  write(std::string("export/task/") + kStream + "/000000.gz", gzip(lines(json)));
  const auto reading = read({path("export")});
  EXPECT_EQ(reading.events, expected_events());
  EXPECT_THAT(reading.skipped, IsEmpty());
  EXPECT_THAT(reading.containers, ElementsAre("write-test-marker", "ndjson"));
}

TEST_F(InputContainers, BgpRecordsKeepTheirMeaning) {
  const std::string status =
      R"({"resource_id":"vpn-1234abcd_1.2.3.4","event_timestamp":1762580429641,"timestamp":"2025-11-08 05:40:29.641Z","type":"BGPStatus","status":"UP","message":{"details":"AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85"}})";
  const std::string route =
      R"({"resource_id":"vpn-1234abcd_1.2.3.4","event_timestamp":1762579573243,"type":"RouteStatus","status":"UPDATED","message":{"prefix":"172.31.0.0/16","asPath":"64512","localPref":100,"med":100,"nextHopIp":"169.254.50.85","weight":32768,"details":"DENIED due to: as-path contains our own AS"}})";
  const std::string quiet =
      R"({"resource_id":"vpn-1234abcd_1.2.3.4","event_timestamp":1762579573244,"type":"RouteStatus","status":"ADVERTISED","message":{"prefix":"10.0.0.0/8","asPath":64512}})";
  const Lines expected{
      "vpn-1234abcd/1.2.3.4 2025-11-08T05:26:13.243Z aws-s2s-bgp unknown/unknown dpd=? nat=? | DENIED due to: as-path contains our own AS",
      "vpn-1234abcd/1.2.3.4 2025-11-08T05:26:13.244Z aws-s2s-bgp unknown/unknown dpd=? nat=? | RouteStatus ADVERTISED",
      "vpn-1234abcd/1.2.3.4 2025-11-08T05:40:29.641Z aws-s2s-bgp unknown/unknown dpd=? nat=? bgp=up | AWS-side peer BGP session "
      "state has changed from OpenConfirm to Established with neighbor 169.254.50.85"};
  EXPECT_EQ(read_bytes(status + "\n" + route + "\n" + quiet + "\n").events, expected);
  EXPECT_EQ(read_bytes("[" + status + "," + route + "," + quiet + "]").events, expected);
  std::string events;
  for (const auto& record : {status, route, quiet})
    events += (events.empty() ? "" : ",") + std::string(R"({"logStreamName":"vpn-1234abcd_1.2.3.4-BGP.log","timestamp":1,"message":)") +
              json_string(record) + "}";
  EXPECT_EQ(read_bytes("{\"events\":[" + events + "]}").events, expected);
  EXPECT_EQ(read_bytes("resource_id,event_timestamp,type,status,message.prefix,message.details\n"
                       "vpn-1234abcd_1.2.3.4,1762579573243,RouteStatus,UPDATED,172.31.0.0/16,DENIED due to: as-path contains our own AS\n"
                       "vpn-1234abcd_1.2.3.4,1762579573244,RouteStatus,ADVERTISED,10.0.0.0/8,\n"
                       "vpn-1234abcd_1.2.3.4,1762580429641,BGPStatus,UP,,AWS-side peer BGP session state has changed from OpenConfirm "
                       "to Established with neighbor 169.254.50.85\n").events,
            expected);
}

TEST_F(InputContainers, OlderDocumentsNamesAreTheSameRecord) {
  const auto reading = read_bytes(
      R"({"VpnLogCreationTimestamp":"2023-01-09 08:15:38","TunnelDPDEnabled":"True","TunnelCGWNATTDetectionStatus":"False","TunnelIKEPhase1State":"Established","TunnelIKEPhase2State":"Down","VpnLogDetail":"AWS tunnel DPD timed out after 3 retransmits","VpnConnectionId":"vpn-0123456789ABCDEF0","TunnelOutsideIPAddress":"203.0.113.17"})");
  EXPECT_THAT(reading.events,
              ElementsAre("vpn-0123456789abcdef0/203.0.113.17 2023-01-09T08:15:38.000Z aws-s2s-ike established/down dpd=yes nat=no "
                          "| AWS tunnel DPD timed out after 3 retransmits"));
  EXPECT_THAT(reading.notes, IsEmpty());
}

TEST_F(InputContainers, TextFormatIsReadAtBestEffort) {
  struct Case {
    std::string line, event;
  };
  const std::string tunnel = "vpn-0123456789abcdef0/203.0.113.17 2023-01-09T08:15:38.000Z ";
  for (const auto& c : std::vector<Case>{
           {"2023-01-09T08:15:39.000Z 1673252138 AWS tunnel DPD timed out after 3 retransmits true false down down",
            "aws-s2s-ike down/down dpd=yes nat=no | AWS tunnel DPD timed out after 3 retransmits"},
           {"1673252138,AWS tunnel DPD timed out after 3 retransmits,True,False,established,rekeying",
            "aws-s2s-ike established/rekeying dpd=yes nat=no | AWS tunnel DPD timed out after 3 retransmits"},
           {"1673252138|AWS tunnel DPD timed out after 3 retransmits|true|false|down|down",
            "aws-s2s-ike down/down dpd=yes nat=no | AWS tunnel DPD timed out after 3 retransmits"},
           {"1673252138\tAWS tunnel received DELETE for IKE_SA from CGW\tdown",
            "aws-s2s-ike unknown/unknown dpd=? nat=? | AWS tunnel received DELETE for IKE_SA from CGW"},
           {"event_timestamp=1673252138 details=\"AWS tunnel received DELETE for IKE_SA from CGW\" ike_phase1_state=down "
            "ike_phase2_state=down",
            "aws-s2s-ike down/down dpd=? nat=? | AWS tunnel received DELETE for IKE_SA from CGW"},
           {"2023-01-09 08:15:38 No Proposal Match Found. Notifying with \"No proposal chosen\"",
            "aws-s2s-ike unknown/unknown dpd=? nat=? | No Proposal Match Found. Notifying with \"No proposal chosen\""},
           {"1673252138 something that no document lists",
            "aws-s2s-ike unknown/unknown dpd=? nat=? | something that no document lists"},
           {"vpn-0123456789abcdef0_203.0.113.17 1673252138000 2023-01-09 08:15:38.000Z BGPStatus DOWN AWS-side peer sent a Hold Timer "
            "Expired notification to neighbor 169.254.50.85",
            "aws-s2s-bgp unknown/unknown dpd=? nat=? bgp=down | AWS-side peer sent a Hold Timer Expired notification to neighbor "
            "169.254.50.85"}}) {
    SCOPED_TRACE(c.line);
    const auto reading = read_bytes(c.line + "\n", std::string(kStream) + "/000000");
    EXPECT_THAT(reading.events, ElementsAre(tunnel + c.event));
    EXPECT_THAT(reading.containers, ElementsAre("text"));
  }
}

TEST_F(InputContainers, TextInEnvelopesIsReadToo) {
  const auto reading = read_bytes(std::string("{\"events\":[{\"logStreamName\":\"") + kStream +
                                  "\",\"timestamp\":1673252138000,\"message\":\"AWS tunnel DPD timed out after 3 retransmits down down\"}]}");
  EXPECT_THAT(reading.events, ElementsAre("vpn-0123456789abcdef0/203.0.113.17 2023-01-09T08:15:38.000Z aws-s2s-ike down/down dpd=? nat=? "
                                          "| AWS tunnel DPD timed out after 3 retransmits"));
}

TEST_F(InputContainers, UntilLeavesLaterRecordsOut) {
  ReadOptions options;
  options.until = (kStart + 60) * 1000;
  const auto reading = read({write("x", lines(json))}, options);
  EXPECT_EQ(reading.events.size(), 2u);
  EXPECT_EQ(reading.records, 2u);
}

}  // namespace
}  // namespace tunnelscope::input::testing
