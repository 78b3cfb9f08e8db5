// A log group as a source: names, pages, late events, restarts at any moment, faults. The service is a small one of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "src/live/aws/ledger.hpp"
#include "src/live/aws/log_events.hpp"
#include "src/live/aws/log_group.hpp"
#include "src/live/aws/program.hpp"
#include "src/live/aws_credentials.hpp"
#include "src/live/sources/cloudwatch.hpp"

namespace tunnelscope::live {
namespace {

using diag::kHour;
using diag::kMinute;
using diag::kSecond;
using diag::Time;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Time kNoon = 1'772'366'400'000;

app::Environment environment(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

// Names

struct GroupCase {
  std::string name;
  std::map<std::string, std::string, std::less<>> variables;
  std::string text;  // group, region, endpoint, stream prefix, profile; or the reason why it is none
};
void PrintTo(const GroupCase& one, std::ostream* out) { *out << one.name; }

class LogGroupNames : public testing::TestWithParam<GroupCase> {};

TEST_P(LogGroupNames, SayWhereToRead) {
  const auto group = log_group_of(GetParam().name, environment(GetParam().variables));
  EXPECT_EQ(GetParam().text, group ? fmt::format("{} {} {} {} {}", group->name, group->region, group->endpoint, group->stream_prefix, group->profile)
                                   : group.error().reason);
}

INSTANTIATE_TEST_SUITE_P(All, LogGroupNames, testing::Values(
    GroupCase{"cloudwatch:/aws/vpn/prod?region=eu-central-1", {}, "/aws/vpn/prod eu-central-1 https://logs.eu-central-1.amazonaws.com  "},
    GroupCase{"cloudwatch:vpn", {{"AWS_DEFAULT_REGION", "us-east-1"}}, "vpn us-east-1 https://logs.us-east-1.amazonaws.com  "},
    GroupCase{"cloudwatch:vpn", {{"AWS_DEFAULT_REGION", "us-east-1"}, {"AWS_REGION", "us-west-2"}}, "vpn us-west-2 https://logs.us-west-2.amazonaws.com  "},
    GroupCase{"cloudwatch:vpn?region=cn-north-1", {}, "vpn cn-north-1 https://logs.cn-north-1.amazonaws.com.cn  "},
    GroupCase{"cloudwatch:vpn?region=eu-west-1&stream-prefix=vpn-0&profile=net%20ops", {}, "vpn eu-west-1 https://logs.eu-west-1.amazonaws.com vpn-0 net ops"},
    GroupCase{"cloudwatch:vpn?region=eu-west-1&endpoint=http://127.0.0.1:5000/", {}, "vpn eu-west-1 http://127.0.0.1:5000  "},
    GroupCase{"cloudwatch:vpn?region=eu-west-1", {{"AWS_ENDPOINT_URL", "http://localstack:4566"}}, "vpn eu-west-1 http://localstack:4566  "},
    GroupCase{"cloudwatch:arn:aws:logs:eu-west-3:123456789012:log-group:/aws/vpn:*", {},
              "arn:aws:logs:eu-west-3:123456789012:log-group:/aws/vpn eu-west-3 https://logs.eu-west-3.amazonaws.com  "},
    GroupCase{"cloudwatch:?region=eu-west-1", {}, "no log group is named"},
    GroupCase{"cloudwatch:vpn", {}, "no region is named"},
    GroupCase{"cloudwatch:vpn?regoin=eu-west-1", {}, "regoin is no parameter of a log group"},
    GroupCase{"cloudwatch:vpn?region=", {}, "region has no value"},
    GroupCase{"cloudwatch:vpn?region=eu.example.com/x", {}, "eu.example.com/x is no region"},
    GroupCase{"cloudwatch:v p\nn?region=eu-west-1", {}, "v p\\nn is no name of a log group"},
    GroupCase{"cloudwatch:vpn?region=eu-west-1&endpoint=file:///etc/passwd", {}, "file:///etc/passwd is no address of http or https"},
    GroupCase{"cloudwatch:vpn?region=eu-west-1&endpoint=https://user:word@host", {}, "https://user:word@host is no address of http or https"}));

// A service

struct Stored {
  Time time, ingested;
  int id;
  bool operator<(const Stored& other) const { return std::tie(time, ingested, id) < std::tie(other.time, other.ingested, other.id); }
};

struct Service {
  Time now = kNoon;
  std::set<Stored> stored;
  std::size_t page_size = 10'000;
  std::vector<PageFault> faults;  // the next answers
  int requests = 0;

  void put(int id, Time time, Time ingested) { stored.insert({time, ingested, id}); }

  // A token is the event that the page before ended with; what has come in since can stand before it.
  PageResult page(const PageRequest& request) {
    ++requests;
    if (!faults.empty()) {
      const PageFault fault = faults.front();
      faults.erase(faults.begin());
      return tl::unexpected(fault);
    }
    EventPage page;
    std::optional<Stored> behind;
    if (!request.token.empty()) {
      behind.emplace();
      std::sscanf(request.token.c_str(), "%ld %ld %d", &behind->time, &behind->ingested, &behind->id);
    }
    for (const Stored& one : stored) {
      if (one.ingested > now || one.time < request.from || (request.until != diag::kNoTime && one.time > request.until)) continue;
      if (behind && !(*behind < one)) continue;
      if (page.events.size() == page_size) {
        page.token = token_;
        return page;
      }
      token_ = fmt::format("{} {} {}", one.time, one.ingested, one.id);
      page.events.push_back({{static_cast<std::uint64_t>(one.id), one.time, one.ingested}, fmt::format("{}\n", one.id)});
    }
    return page;
  }

  std::unique_ptr<Source> source(const std::string& cursor = "", bool once = false) {
    CloudwatchOptions options{kNoon - 24 * kHour, diag::kNoTime, 24 * kHour, once, milliseconds(0), milliseconds(0), milliseconds(1)};
    return make_cloudwatch_source("cloudwatch:/vpn?region=x", cursor, options, {[this](const PageRequest& r) { return page(r); }, [] {}},
                                  [this] { return now; })
        .value();
  }

 private:
  std::string token_;
};

std::vector<int> ids_in(const Poll& poll) {
  std::vector<int> ids;
  for (const Lines& lines : poll.lines)
    for (std::size_t at = 0; at < lines.text.size(); at = lines.text.find('\n', at) + 1) ids.push_back(std::stoi(lines.text.substr(at)));
  return ids;
}

// Where nothing is new, a poll takes that long. A round that takes longer, as on a busy machine, is not read to its end.
constexpr milliseconds kWait{5}, kLongWait{200};

// What a source gives until it has read all that is there.
std::vector<int> all_of(Source& source, std::size_t most = 1 << 20) {
  std::vector<int> ids;
  for (int i = 0; i < 100'000; ++i) {
    const Poll poll = source.poll(kLongWait, most);
    for (const int id : ids_in(poll)) ids.push_back(id);
    if (poll.caught_up) return ids;
  }
  ADD_FAILURE() << "the source is never caught up";
  return ids;
}

std::vector<int> numbers(int from, int to) {
  std::vector<int> list;
  for (int i = from; i < to; ++i) list.push_back(i);
  return list;
}

// Pages

TEST(CloudwatchSource, GivesEachEventOnceOverManyPagesAndRounds) {
  Service service;
  service.page_size = 7;
  for (int i = 0; i < 100; ++i) service.put(i, kNoon - kHour + i * kSecond, kNoon - kHour + i * kSecond);
  const auto source = service.source();
  EXPECT_FALSE(source->past_backlog());
  EXPECT_EQ(all_of(*source), numbers(0, 100));
  EXPECT_TRUE(source->past_backlog());
  EXPECT_THAT(all_of(*source), IsEmpty());
  EXPECT_EQ(source->name(), "cloudwatch:/vpn");
}

TEST(CloudwatchSource, GivesNoMoreBytesThanAskedForAndNumbersItsLines) {
  Service service;
  for (int i = 10; i < 20; ++i) service.put(i, kNoon - kHour, kNoon - kHour);
  const auto source = service.source();
  const Poll first = source->poll(milliseconds(1'000), 7);
  const Poll second = source->poll(milliseconds(1'000), 7);
  EXPECT_THAT(ids_in(first), ElementsAre(10, 11));
  EXPECT_THAT(ids_in(second), ElementsAre(12, 13));
  EXPECT_EQ(first.lines[0].first_line, 1U);
  EXPECT_EQ(second.lines[0].first_line, 3U);
  EXPECT_FALSE(second.caught_up);
}

TEST(CloudwatchSource, EndsWhenItIsReadOnce) {
  Service service;
  service.put(1, kNoon - kHour, kNoon - kHour);
  const auto source = service.source("", true);
  EXPECT_THAT(all_of(*source), ElementsAre(1));
  EXPECT_TRUE(source->poll(milliseconds(0), 100).ended);
}

TEST(CloudwatchSource, GoesOnBehindTheLastEventWhenItsTokenIsRefused) {
  Service service;
  service.page_size = 3;
  for (int i = 0; i < 9; ++i) service.put(i, kNoon - kHour + i, kNoon - kHour);
  const auto source = service.source();
  source->poll(milliseconds(1'000), 1 << 20);
  service.faults = {{PageFault::Kind::BadToken, "the token has expired", ""}};
  EXPECT_EQ(all_of(*source), numbers(3, 9));
}

// Late events

TEST(CloudwatchSource, FindsEventsThatComeInLate) {
  Service service;
  service.put(1, kNoon - 2 * kMinute, kNoon - kMinute);
  service.put(2, kNoon - 9 * kMinute, kNoon + 5 * kSecond);   // by a few minutes: in the next round
  service.put(3, kNoon - 20 * kHour, kNoon + 7 * kSecond);    // by many hours: once ten minutes have passed
  const auto source = service.source();
  EXPECT_THAT(all_of(*source), ElementsAre(1));
  service.now = kNoon + 10 * kSecond;
  EXPECT_THAT(all_of(*source), ElementsAre(2));
  service.now = kNoon + 11 * kMinute;
  EXPECT_THAT(all_of(*source), ElementsAre(3));
  EXPECT_THAT(all_of(*source), IsEmpty());
}

TEST(CloudwatchSource, FindsWhatCameInWhileNobodyWatched) {
  Service service;
  service.put(1, kNoon - kMinute, kNoon - kMinute);
  std::string cursor;
  {
    const auto source = service.source();
    all_of(*source);
    cursor = source->cursor();
  }
  service.put(2, kNoon + 9 * kHour, kNoon + 9 * kHour);
  service.put(3, kNoon - 3 * kHour, kNoon + kHour);  // late, and long before the restart
  service.now = kNoon + 72 * kHour;                  // longer than the horizon
  const auto source = service.source(cursor);
  EXPECT_THAT(all_of(*source), ElementsAre(3, 2));
}

TEST(CloudwatchSource, MissesNothingWhenTheMachinesClockIsHoursAhead) {
  Service service;
  service.put(1, kNoon - kMinute, kNoon - kMinute);
  Time machine = kNoon + 5 * kHour;
  CloudwatchOptions options{kNoon - kHour, diag::kNoTime, 24 * kHour, false, milliseconds(0), milliseconds(0), milliseconds(1)};
  const auto source =
      make_cloudwatch_source("cloudwatch:/vpn", "", options, {[&](const PageRequest& r) { return service.page(r); }, [] {}}, [&] { return machine; }).value();
  EXPECT_THAT(all_of(*source), ElementsAre(1));
  service.put(2, kNoon, kNoon);
  EXPECT_THAT(all_of(*source), ElementsAre(2));
}

// Restarts

// Lives of one to four polls each, the last one's cursor handed on; the clock runs, and some events are late.
TEST(CloudwatchSource, GivesEachEventOnceHoweverOftenItIsKilled) {
  for (const int life : {1, 2, 5}) {
    Service service;
    service.page_size = 5;
    for (int i = 0; i < 300; ++i) {
      const Time ingested = kNoon + i * 7 * kSecond - kHour / 2;
      service.put(i, ingested - (i % 10 == 3 ? 2 * kHour : i % 4 * kMinute), ingested);
    }
    std::vector<int> ids;
    std::string cursor;
    for (int start = 0; start < 300 && (ids.size() < 300 || start < 60); ++start) {
      const auto source = service.source(cursor);
      for (int i = 0; i < life; ++i) {
        for (const int id : ids_in(source->poll(kWait, 20))) ids.push_back(id);
        cursor = source->cursor();
      }
      source->poll(kWait, 20);  // lost with the process
      service.now += kMinute;
    }
    for (const int id : all_of(*service.source(cursor))) ids.push_back(id);
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(ids, numbers(0, 300)) << "polls a life: " << life;
  }
}

TEST(CloudwatchSource, GivesEachEventOnceWhenMoreComesInThanItRemembers) {
  Service service;
  constexpr int kMany = static_cast<int>(EventLedger::kMostIds) * 5 / 2;
  for (int i = 0; i < kMany; ++i) service.put(i, kNoon - kMinute + i / 10, kNoon - kMinute + i / 5);
  std::vector<int> ids;
  std::string cursor;
  for (bool done = false; !done;) {
    const auto source = service.source(cursor);
    for (int i = 0; i < 2 && !done; ++i) {
      const Poll poll = source->poll(milliseconds(1'000), 1 << 19);
      for (const int id : ids_in(poll)) ids.push_back(id);
      done = poll.caught_up;
    }
    cursor = source->cursor();
  }
  EXPECT_THAT(all_of(*service.source(cursor)), IsEmpty());
  EXPECT_LT(cursor.size(), std::size_t{4} << 20);
  EXPECT_EQ(ids, numbers(0, kMany));
}

TEST(CloudwatchSource, ForgetsIdsThatAreSettled) {
  Service service;
  for (int i = 0; i < 1'000; ++i) service.put(i, kNoon - 20 * kHour + i, kNoon - 20 * kHour + i);
  service.put(1'000, kNoon, kNoon);
  const auto source = service.source();
  all_of(*source);
  EXPECT_LT(source->cursor().size(), 300U);
}

class DamagedCursors : public testing::TestWithParam<std::string> {};

TEST_P(DamagedCursors, AreRefused) {
  const auto source = make_cloudwatch_source("cloudwatch:/vpn", GetParam(), CloudwatchOptions{}, PageSource{}, [] { return kNoon; });
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().reason, "the place where reading had stopped cannot be read");
}

INSTANTIATE_TEST_SUITE_P(All, DamagedCursors, testing::Values("{", "[]", R"({"version":2,"ids":[]})", R"({"version":"1","ids":[]})", R"({"version":1})",
    R"({"version":1,"ids":[["ab",0,0]]})", R"({"version":1,"newest":5,"ids":[["xyz",0,0]]})", R"({"version":1,"newest":5,"ids":[["ab",0,9e300]]})",
    R"({"version":1,"newest":5,"ids":[["ab",0,9223372036854775807]]})", R"({"version":1,"newest":5,"ids":[[[[[[1]]]]]]})"));

// Faults

TEST(CloudwatchSource, TellsOfAFaultUntilItIsOver) {
  Service service;
  service.put(1, kNoon - kMinute, kNoon - kMinute);
  for (int i = 0; i < 5; ++i) service.faults.push_back({PageFault::Kind::Throttled, "too many", "wait"});
  const auto source = service.source();
  std::optional<Trouble> told;
  Poll poll;
  for (int i = 0; i < 200 && poll.lines.empty(); ++i) {
    poll = source->poll(milliseconds(2), 100);
    if (poll.trouble) told = poll.trouble;
    EXPECT_FALSE(poll.trouble && poll.caught_up);
  }
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, "throttled");
  EXPECT_EQ(told->hint, "wait");
  EXPECT_FALSE(poll.trouble);
  EXPECT_THAT(ids_in(poll), ElementsAre(1));
}

TEST(CloudwatchSource, KeepsToItsTimeWhenTheServiceIsSlow) {
  CloudwatchOptions options;
  std::atomic<bool> stopped = false;
  PageSource slow{[&](const PageRequest&) -> PageResult {
                    while (!stopped) std::this_thread::sleep_for(milliseconds(1));
                    return EventPage{};
                  },
                  [&] { stopped = true; }};
  const auto source = make_cloudwatch_source("cloudwatch:/vpn", "", options, slow, [] { return kNoon; }).value();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(source->poll(milliseconds(20), 100).caught_up);
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(1'000));
}

struct FaultCase {
  long status;
  std::string body;
  PageFault::Kind kind;
  std::string reason;
};
void PrintTo(const FaultCase& one, std::ostream* out) { *out << one.status << " " << one.body; }

class ServiceFaults : public testing::TestWithParam<FaultCase> {};

TEST_P(ServiceFaults, AreTold) {
  const PageFault fault = fault_in({GetParam().status, GetParam().body}, {"/aws/vpn", "eu-west-1", "", "", ""});
  EXPECT_EQ(static_cast<int>(fault.kind), static_cast<int>(GetParam().kind));
  EXPECT_EQ(fault.reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(All, ServiceFaults, testing::Values(
    FaultCase{400, R"({"__type":"ThrottlingException","message":"Rate exceeded"})", PageFault::Kind::Throttled, "CloudWatch Logs takes no more requests for now: Rate exceeded"},
    FaultCase{429, "", PageFault::Kind::Throttled, "CloudWatch Logs takes no more requests for now: HTTP status 429"},
    FaultCase{500, R"({"__type":"InternalFailure"})", PageFault::Kind::Unreachable, "CloudWatch Logs has failed: InternalFailure"},
    FaultCase{502, "<html>bad gateway</html>", PageFault::Kind::Unreachable, "CloudWatch Logs has failed: HTTP status 502"},
    FaultCase{400, R"({"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token included in the request is expired"})",
              PageFault::Kind::Expired, "the credentials are no longer valid: The security token included in the request is expired"},
    FaultCase{400, R"({"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."})",
              PageFault::Kind::Expired, "the credentials are no longer valid: The security token included in the request is invalid."},
    FaultCase{400, R"({"__type":"AccessDeniedException","Message":"User: arn:aws:iam::1:user/a is not authorized"})", PageFault::Kind::Denied,
              "access is denied: User: arn:aws:iam::1:user/a is not authorized"},
    FaultCase{400, R"({"__type":"ResourceNotFoundException","message":"The specified log group does not exist."})", PageFault::Kind::Missing,
              "there is no log group /aws/vpn in eu-west-1"},
    FaultCase{400, "{\"__type\":\"InvalidParameterException\",\"message\":\"no \\u001b[31m\"}", PageFault::Kind::Other, "CloudWatch Logs refuses: no \\x1b[31m"}));

// Events

TEST(EventPages, KeepAllOfAnEventOnOneLine) {
  const auto page = page_in(R"({"events":[{"logStreamName":"s","timestamp":5,"message":"a\nb \"c\" é","ingestionTime":7,"eventId":"9"}],
                                "searchedLogStreams":[],"nextToken":"t"})", "");
  ASSERT_TRUE(page);
  ASSERT_THAT(page->events, SizeIs(1));
  EXPECT_EQ(page->events[0].line, "{\"logStreamName\":\"s\",\"timestamp\":5,\"message\":\"a\\nb \\\"c\\\" é\",\"ingestionTime\":7,\"eventId\":\"9\"}\n");
  EXPECT_EQ(page->events[0].stamp.time, 5);
  EXPECT_EQ(page->events[0].stamp.ingested, 7);
  EXPECT_EQ(page->token, "t");
}

TEST(EventPages, TellEventsApartByIdStreamAndTime) {
  const auto stamp = [](const std::string& event) { return page_in(R"({"events":[)" + event + "]}", "")->events[0].stamp.id; };
  const auto one = stamp(R"({"logStreamName":"s","timestamp":5,"message":"m","eventId":"9"})");
  EXPECT_EQ(one, stamp(R"({"eventId":"9","timestamp":5,"message":"m","ingestionTime":7,"logStreamName":"s"})"));
  EXPECT_NE(one, stamp(R"({"logStreamName":"s","timestamp":5,"message":"m","eventId":"10"})"));
  EXPECT_NE(one, stamp(R"({"logStreamName":"t","timestamp":5,"message":"m","eventId":"9"})"));
  EXPECT_NE(one, stamp(R"({"logStreamName":"s","timestamp":6,"message":"m","eventId":"9"})"));
}

TEST(EventPages, LeaveOutStreamsWithAnotherPrefixAndWhatIsNoEvent) {
  const auto page = page_in(R"({"events":[{"logStreamName":"other","timestamp":1},7,{"logStreamName":"vpn-1","timestamp":2}],"nextToken":null})", "vpn-");
  ASSERT_TRUE(page);
  ASSERT_THAT(page->events, SizeIs(1));
  EXPECT_EQ(page->events[0].stamp.time, 2);
  EXPECT_TRUE(page->token.empty());
}

TEST(EventPages, AreRefusedWhenTheAnswerIsSomethingElse) {
  for (const std::string body : {"", "<html>", "[]", "{}", R"({"events":7})"}) EXPECT_FALSE(page_in(body, "")) << body;
}

// Credentials

TEST(Credentials, AreReadAsTheCliAndMetadataWriteThem) {
  std::string cli = R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"2026-03-01T12:00:00+00:00"})";
  const auto one = credentials_in(cli);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->key_id, "A");
  EXPECT_EQ(one->key.reveal(), "S");
  EXPECT_EQ(one->token.reveal(), "T");
  EXPECT_EQ(one->expires, kNoon);
  EXPECT_TRUE(cli.empty());
  std::string instance = R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2026-03-01T12:00:00Z"})";
  EXPECT_TRUE(credentials_in(instance)->same_key(*one));
}

TEST(Credentials, AreNoneWhereAKeyIsMissing) {
  for (std::string text : {"", "{", "[]", R"({"AccessKeyId":"A"})", R"({"AccessKeyId":"A","SecretAccessKey":7})", R"({"SecretAccessKey":"S"})"})
    EXPECT_FALSE(credentials_in(text)) << text;
}

TEST(Credentials, OfTheEnvironmentComeFirst) {
  AwsCredentialsSource source(environment({{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "S"}, {"AWS_SESSION_TOKEN", "T"}}), "", [] { return kNoon; });
  const auto found = source.get();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key_id + found->key.reveal() + found->token.reveal(), "AST");
}

TEST(Credentials, OfAContainerAreAskedForOnlyWhereAwsServesThem) {
  for (const char* good : {"https://anywhere.example/x", "http://127.0.0.1:80/x", "http://localhost/x", "http://169.254.170.23/v1", "http://[::1]:1/x"})
    EXPECT_TRUE(is_container_address(good)) << good;
  for (const char* bad : {"http://10.0.0.1/x", "http://127.0.0.1.example/x", "http://localhost@evil/x", "ftp://127.0.0.1/", ""})
    EXPECT_FALSE(is_container_address(bad)) << bad;
}

// Programs

TEST(Programs, GiveWhatTheyWrite) {
  const auto output = output_of({"printf", "%s", "one two"}, milliseconds(10'000), nullptr);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->reveal(), "one two");
}

struct ProgramCase {
  std::string what;
  std::vector<std::string> words;
  std::string reason;
};
void PrintTo(const ProgramCase& one, std::ostream* out) { *out << one.what; }

class ProgramFaults : public testing::TestWithParam<ProgramCase> {};

TEST_P(ProgramFaults, AreTold) {
  const auto output = output_of(GetParam().words, milliseconds(1'000), nullptr);
  ASSERT_FALSE(output);
  EXPECT_THAT(output.error().reason, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(All, ProgramFaults, testing::Values(
    ProgramCase{"missing", {"no-such-program-here"}, "No such file"},
    ProgramCase{"fails with a reason", {"sh", "-c", "echo first >&2; echo the token has expired >&2; exit 3"}, "the token has expired"},
    ProgramCase{"fails without a word", {"false"}, "false failed"},
    ProgramCase{"hangs", {"sleep", "60"}, "sleep did not end within 1 s"},
    ProgramCase{"hangs with a child that holds its output", {"sh", "-c", "sleep 60 & sleep 60"}, "sh did not end within 1 s"},
    ProgramCase{"writes without end", {"yes"}, "yes wrote too much"}));

}  // namespace
}  // namespace tunnelscope::live
