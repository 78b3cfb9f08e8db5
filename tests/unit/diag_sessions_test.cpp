// Session records to sessions: each system's lifecycle as one line a session, and what the findings say of it.
// A record is written as one line too: "<seconds> <happening> key=value ...".
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "diag/diagnose.hpp"
#include "kb/loader.hpp"

namespace tunnelscope::diag {
namespace {

constexpr Time kStart = 1772323200000;  // 2026-03-01T00:00:00Z

struct Words {
  std::map<std::string, std::string> by_key;
  std::string_view operator[](const std::string& key) const {
    const auto it = by_key.find(key);
    return it == by_key.end() ? std::string_view() : std::string_view(it->second);
  }
  Time time(const std::string& key) const {
    return (*this)[key].empty() ? kNoTime : kStart + std::stoll(by_key.at(key)) * kSecond;
  }
  std::int64_t number(const std::string& key) const { return (*this)[key].empty() ? -1 : std::stoll(by_key.at(key)); }
};

Happening happening_named(const std::string& word) {
  static const std::map<std::string, Happening> names{
      {"message", Happening::Message}, {"waiting", Happening::Waiting}, {"handed-over", Happening::HandedOver},
      {"started", Happening::Started}, {"ended", Happening::Ended},     {"whole", Happening::Whole},
      {"failed", Happening::Failed},   {"denied", Happening::Denied}};
  return names.at(word);
}

// "message" runs to the end of the line.
void push(Intake& intake, Dialect dialect, const std::string& line, std::uint64_t number) {
  std::istringstream in(line);
  std::string seconds, happening, word;
  in >> seconds >> happening;
  Words words;
  while (in >> word) {
    const auto split = word.find('=');
    std::string value = word.substr(split + 1);
    if (word.substr(0, split) == "message") {
      std::string rest;
      std::getline(in, rest);
      value += rest;
    }
    words.by_key[word.substr(0, split)] = value;
  }
  SessionRecord r;
  r.dialect = dialect;
  r.happening = happening_named(happening);
  r.time = kStart + std::stoll(seconds) * kSecond;
  r.id = words["id"];
  r.group = words["group"].empty() ? "g" : words["group"];
  if (words["group"] == "-") r.group = {};
  r.user = words["user"];
  r.device = words["device"];
  r.address = words["address"];
  r.resource = words["resource"];
  r.connector = words["connector"];
  r.protocol = words["protocol"];
  r.start = words.time("start");
  r.end = words.time("end");
  r.duration = words.number("duration") < 0 ? -1 : words.number("duration") * kSecond;
  r.to_client = words.number("in");
  r.from_client = words.number("out");
  r.message = words["message"].empty() ? "connection-attempt successful" : words["message"];
  intake.session(r, number);
}

Report report_of(Dialect dialect, const std::vector<std::string>& lines, Time now = kNoTime, Time since = kNoTime) {
  static const Classifier classifier(kb::built_in());
  Intake intake(classifier);
  intake.begin_input("log");
  for (std::size_t i = 0; i < lines.size(); ++i) push(intake, dialect, lines[i], i + 1);
  intake.finish();
  Options options;
  options.now = now;
  options.since = since;
  return diagnose(intake, classifier, options);
}

// "a ended 10..20 (10 s) 5/7" per session, by id; times in seconds after the start, bytes to and from the client.
std::string sessions_in(const Report& report) {
  std::vector<std::string> list;
  const auto second = [](Time time) { return time == kNoTime ? std::string("?") : std::to_string((time - kStart) / kSecond); };
  for (const SessionGroup& g : report.sessions)
    for (const SessionLine& s : g.list) {
      std::string text = fmt::format("{} {} {}..{}", s.id, s.outcome, second(s.start), second(s.end));
      if (s.duration_s) text += fmt::format(" ({} s)", *s.duration_s);
      if (s.to_client) text += fmt::format(" {}/{}", *s.to_client, s.from_client.value_or(-1));
      list.push_back(text);
    }
  std::sort(list.begin(), list.end());
  return fmt::format("{}", fmt::join(list, "; "));
}

// "cause severity subject" per finding.
std::string findings_in(const Report& report) {
  std::vector<std::string> list;
  for (const Finding& f : report.findings)
    list.push_back(fmt::format("{} {} {}{}", f.cause, kb::name_of(f.severity), f.subject, f.ongoing ? ", lasts" : ""));
  return fmt::format("{}", fmt::join(list, "; "));
}

struct Story {
  const char* name;
  Dialect dialect;
  std::vector<std::string> records;
  const char* sessions;
};

void PrintTo(const Story& story, std::ostream* out) { *out << story.name; }

class Lifecycle : public testing::TestWithParam<Story> {};

TEST_P(Lifecycle, records_become_sessions_in_any_order) {
  Story story = GetParam();
  EXPECT_EQ(sessions_in(report_of(story.dialect, story.records)), story.sessions);
  std::reverse(story.records.begin(), story.records.end());
  EXPECT_EQ(sessions_in(report_of(story.dialect, story.records)), story.sessions);
}

INSTANTIATE_TEST_SUITE_P(
    Sessions, Lifecycle,
    testing::Values(
        Story{"a_missing_close_is_no_failure", Dialect::AwsClientVpn, {"0 started id=a user=joe start=0"}, "a open 0..?"},
        Story{"a_reset_ends_it_and_brings_the_bytes", Dialect::AwsClientVpn,
              {"0 started id=a user=joe start=0", "318 ended id=a start=0 end=318 in=5 out=7 message=connection-reset"},
              "a ended 0..318 (318 s) 5/7"},
        Story{"a_repeated_record_updates_and_is_not_summed", Dialect::AwsClientVpn,
              {"0 started id=a start=0", "60 started id=a start=0 in=10 out=10", "120 started id=a start=0 in=30 out=20"},
              "a open 0..? 30/20"},
        Story{"an_end_without_an_id_ends_the_session_with_its_start", Dialect::AwsClientVpn,
              {"0 started user=joe start=0", "5 started user=joe start=5", "9 started user=ann start=9", "60 ended user=joe start=0 end=60", "90 ended user=ann start=8 end=90"},
              " ended 0..60 (60 s);  ended 8..90 (82 s);  open 5..?"},
        Story{"an_id_that_several_use_is_a_session_of_each", Dialect::CloudConnexa,
              {"0 started id=a user=joe start=0", "10 started id=a user=ann start=10", "60 ended id=a user=joe start=0 end=60", "90 ended id=a user=ann start=10 end=90",
               "95 started id=a user=ann start=95"},
              "a ended 0..60 (60 s); a ended 10..90 (80 s); a open 95..?"},
        Story{"a_start_that_is_stated_less_exactly_is_of_the_same_session", Dialect::Twingate,
              {"5 started id=a user=joe start=5", "60 ended id=a user=joe start=2 end=60"}, "a ended 2..60 (58 s)"},
        Story{"a_saml_login_of_one_id_is_one_session", Dialect::AwsClientVpn,
              {"0 waiting id=a user=joe message=connection-attempt waiting-for-assertion",
               "5 handed-over id=a user=joe message=connection-reset assertion-received", "6 started id=a user=joe start=6"},
              "a open 6..?"},
        Story{"a_saml_login_of_three_ids_is_one_session", Dialect::AwsClientVpn,
              {"0 waiting id=a user=joe message=connection-attempt waiting-for-assertion",
               "5 handed-over id=b user=joe message=connection-reset assertion-received", "6 started id=c user=joe start=6"},
              "c open 6..?"},
        Story{"a_wait_that_nothing_follows_is_abandoned", Dialect::AwsClientVpn,
              {"0 waiting id=a user=joe message=connection-attempt waiting-for-assertion", "400 started id=b user=ann start=400"},
              "a abandoned 0..?; b open 400..?"},
        Story{"an_end_without_a_start_knows_its_own", Dialect::CloudConnexa,
              {"14 ended id=a start=10 end=14 duration=4 in=3 out=4 message=client-disconnected: User Disconnected"},
              "a ended 10..14 (4 s) 3/4"},
        Story{"a_refused_flow_is_no_session", Dialect::CloudConnexa,
              {"0 started id=a start=0 message=client-connected", "5 denied id=a resource=db:5432 message=flow-established denied"},
              "a open 0..?"},
        Story{"the_same_id_at_another_start_is_another_session", Dialect::Pangolin,
              {"5 whole id=a start=0 end=5 protocol=tcp message=tcp session ended", "25 whole id=a start=20 end=25 protocol=tcp message=tcp session ended"},
              "a ended 0..5 (5 s); a ended 20..25 (5 s)"},
        Story{"an_error_has_no_close", Dialect::Twingate,
              {"0 failed id=a user=joe resource=db:5432 message=failed_to_connect: CONNECTION_FAILED"}, "a failed 0..?"}),
    [](const auto& story) { return std::string(story.param.name); });

TEST(SessionFindings, a_handler_that_fails_for_three_users_is_critical_until_others_get_in) {
  std::vector<std::string> records;
  for (const char* user : {"ann", "bob", "cid"})
    records.push_back(fmt::format("{} failed id={} user={} message=connection-attempt failed: client-connect-handler-timed-out",
                                  records.size(), user, user));
  EXPECT_EQ(findings_in(report_of(Dialect::AwsClientVpn, records)), "authorization-handler-failing critical aws-client-vpn/g, lasts");
  records.push_back("30 started id=d user=dan start=30");
  records.push_back("1000 started id=e user=eva start=1000");
  EXPECT_EQ(findings_in(report_of(Dialect::AwsClientVpn, records)), "authorization-handler-failing warning aws-client-vpn/g");
}

TEST(SessionFindings, one_address_that_tries_many_names_is_guessing_unless_one_gets_in) {
  std::vector<std::string> records;
  for (int i = 0; i < 6; ++i)
    records.push_back(fmt::format("{} failed id=f{} user=u{} address=198.51.100.7 message=connection-attempt failed: authentication-failed", i, i, i));
  for (int i = 0; i < 9; ++i) records.push_back(fmt::format("{} started id=s{} user=w{} address=192.0.2.{} start={}", i, i, i, i, i));
  EXPECT_NE(findings_in(report_of(Dialect::AwsClientVpn, records)).find("credential-guessing warning aws-client-vpn/198.51.100.7"),
            std::string::npos);
  records.push_back("20 started id=x user=u9 address=198.51.100.7 start=20");
  EXPECT_EQ(findings_in(report_of(Dialect::AwsClientVpn, records)).find("credential-guessing"), std::string::npos);
}

// CloudConnexa writes a refused login as a connection that ends at once.
TEST(SessionFindings, a_session_of_hours_that_ends_with_a_word_of_authentication_is_no_failed_login) {
  const auto report = [](int lasted) {
    std::vector<std::string> records;
    for (int i = 0; i < 4; ++i)
      records.push_back(fmt::format("{} ended id=s{} user=u{} start={} end={} duration={} in=9 out=9 message=client-disconnected: Authentication failed", i * 70 + lasted, i,
                                    i, i * 70, i * 70 + lasted, lasted));
    return report_of(Dialect::CloudConnexa, records);
  };
  EXPECT_EQ(findings_in(report(1)), "authentication-failures critical cloudconnexa/g, lasts");
  EXPECT_EQ(findings_in(report(7000)), "");
  EXPECT_EQ(sessions_in(report(7000)).substr(0, 27), "s0 ended 0..7000 (7000 s) 9");
}

TEST(SessionFindings, ends_at_the_session_maximum_are_no_mass_disconnect) {
  std::vector<std::string> at_maximum, together;
  for (int i = 0; i < 12; ++i) {
    const int start = i * 40;
    at_maximum.push_back(fmt::format("{} ended id=m{} user=u{} start={} end={} in=9 out=9 message=connection-reset", start + 36000, i, i, start, start + 36000));
    together.push_back(fmt::format("36000 ended id=t{} user=u{} start={} end={} in=9 out=9 message=connection-reset", i, i, start, 36000 + i));
  }
  EXPECT_EQ(findings_in(report_of(Dialect::AwsClientVpn, at_maximum)), "session-timeout info aws-client-vpn/g");
  EXPECT_EQ(findings_in(report_of(Dialect::AwsClientVpn, together)), "mass-disconnect warning aws-client-vpn/g");
}

// Thirty people behind an address each, connected for an hour or so, twice; or one who comes back every two minutes from two places in turn.
TEST(SessionFindings, a_name_that_many_share_churns_only_where_one_address_does) {
  std::vector<std::string> shared, roaming;
  for (int i = 0; i < 60; ++i) {
    const int start = i * 900, end = start + 3000 + i * 30;
    shared.push_back(fmt::format("{} ended id=s{} user=all address=192.0.2.{} start={} end={} in=9 out=9", end, i, i % 30, start, end));
  }
  for (int i = 0; i < 30; ++i)
    roaming.push_back(fmt::format("{} ended id=r{} user=joe address=192.0.2.{} start={} end={} in=9 out=9", i * 120 + 170, i, i % 2, i * 120, i * 120 + 170));
  EXPECT_EQ(findings_in(report_of(Dialect::AwsClientVpn, shared)), "");
  EXPECT_EQ(findings_in(report_of(Dialect::AwsClientVpn, roaming)), "session-churn warning aws-client-vpn/joe");
  for (int i = 0; i < 12; ++i)
    shared.push_back(fmt::format("{} ended id=b{} user=all address=198.51.100.9 start={} end={} in=9 out=9", i * 100 + 30, i, i * 100, i * 100 + 30));
  const Report report = report_of(Dialect::AwsClientVpn, shared);
  ASSERT_EQ(findings_in(report), "session-churn warning aws-client-vpn/all");
  EXPECT_EQ(std::get<double>(report.findings[0].details.at("short_sessions")), 12);
}

// Nine people lose ten connections each, which each had opened together.
TEST(SessionFindings, connections_of_many_people_are_lost_however_they_were_opened) {
  std::vector<std::string> records;
  for (int i = 0; i < 90; ++i) {
    const int user = i / 10, start = 100 * user;
    records.push_back(fmt::format("{} whole id=m{} user=u{} device=d{} resource=r{} start={} end={} in=5 out=5 protocol=tcp message=tcp session ended", 5000 + i % 5, i, user, user, i % 7, start, 5000 + i % 5));
  }
  EXPECT_NE(findings_in(report_of(Dialect::Pangolin, records)).find("mass-disconnect"), std::string::npos);
}

TEST(SessionFindings, the_last_of_many_that_end_one_after_the_other_are_no_restart) {
  std::vector<std::string> records;
  for (int i = 0; i < 40; ++i)
    records.push_back(fmt::format("{} whole id=m{} user=u{} device=d{} resource=r{} start={} end={} in=5 out=5 protocol=tcp message=tcp session ended", 5000 + i, i, i, i, i % 7, 50 * i, 5000 + std::min(i, 37)));
  records.push_back("9000 whole id=z user=u1 device=d1 resource=r1 start=8900 end=9000 in=5 out=5 protocol=tcp message=tcp session ended");
  EXPECT_EQ(findings_in(report_of(Dialect::Pangolin, records)).find("agent-restart"), std::string::npos);
}

TEST(SessionFindings, a_slow_refusal_without_traffic_is_a_failed_login) {
  std::vector<std::string> records;
  for (int i = 0; i < 6; ++i)
    records.push_back(fmt::format("{} ended id=f{} user=u{} start={} end={} duration=90 in=0 out=0 message=client-disconnected: Authentication failed", 100 * i + 90, i, i, 100 * i, 100 * i + 90));
  EXPECT_NE(findings_in(report_of(Dialect::CloudConnexa, records)).find("authentication-failures"), std::string::npos);
}

TEST(SessionFindings, a_busy_site_loses_no_flows_by_having_many) {
  std::vector<std::string> records;
  for (int i = 0; i < 3000; ++i)
    records.push_back(fmt::format("{} whole id=f{} user=u{} device=d{} resource=r{} start={} end={} protocol=tcp message=tcp session ended",
                                  i + 12 + i % 40, i, i % 9, i % 9, i % 7, i, i + 12 + i % 40));
  EXPECT_EQ(findings_in(report_of(Dialect::Pangolin, records)), "");
}

// A session of long ago makes the log too long to be counted by seconds: then sessions are put in order and looked at one by one.
TEST(SessionFindings, ends_counted_by_seconds_show_what_ends_in_order_do) {
  std::mt19937 random(19);
  const auto draw = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
  std::size_t with_findings = 0;
  for (int trial = 0; trial < 120; ++trial) {
    const Dialect dialect = trial % 2 == 0 ? Dialect::Twingate : Dialect::Pangolin;
    const int crash = 200 + draw(200), silence = draw(3) * 15, every = 1 + draw(4), late = draw(3), closes = draw(4);
    std::vector<std::string> records;
    for (int i = 0; i < 600 / every; ++i) {
      const int start = i * every + (i * every < crash ? 0 : silence), length = 5 + draw(60);
      const bool cut = start < crash && start + length >= crash && closes != 0;
      const int end = cut ? crash + draw(late + 1) : start + length;
      const std::string who = fmt::format("id=s{} user=u{} device=d{} resource=r{} connector=c start={}", i, i % 9, i % 9, i % 7, start);
      const bool never_ends = closes == 1 && cut;
      if (dialect == Dialect::Twingate) records.push_back(fmt::format("{} started {} message=established_connection", start, who));
      if (dialect == Dialect::Twingate && !never_ends) records.push_back(fmt::format("{} ended {} end={} message=closed_connection", end, who, end));
      if (dialect == Dialect::Pangolin) records.push_back(fmt::format("{} whole {} end={} in=5 out=5 protocol=tcp message=tcp session ended", end, who, end));
    }
    const std::string found = findings_in(report_of(dialect, records));
    if (!found.empty()) ++with_findings;
    records.push_back("-900000000 whole id=old group=other user=u resource=r connector=d start=-900000000 end=-899999990 in=5 out=5 protocol=tcp message=closed_connection");
    EXPECT_EQ(findings_in(report_of(dialect, records)), found) << trial;
  }
  EXPECT_GT(with_findings, 10u);
  EXPECT_LT(with_findings, 110u);
}

// Twenty of twenty sessions end within a minute on Monday, twelve of twelve on Tuesday: what is told of a minute is of one of them.
TEST(SessionFindings, several_mass_disconnects_are_told_by_the_worst) {
  std::vector<std::string> records;
  for (int day = 0; day < 2; ++day)
    for (int i = 0; i < (day == 0 ? 20 : 12); ++i)
      records.push_back(fmt::format("{} ended id=s{}d{} user=u{} start={} end={} in=9 out=9 message=connection-reset", day * 86400 + 20000 + i, i, day, i,
                                    day * 86400 + i * 61, day * 86400 + 20000 + i));
  const Report report = report_of(Dialect::AwsClientVpn, records);
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_TRUE(report.findings[0].summary.starts_with("20 of 32 sessions ended within a minute at 2026-03-01 05:33:20: 100 percent of the 20 that were open, the worst of 2 such minutes"))
      << report.findings[0].summary;
}

// Twelve flows end at once: of one page, of twelve names that were looked up, or of people who had begun at different times.
TEST(SessionFindings, what_one_client_opens_together_is_no_mass_disconnect) {
  const auto found = [](const char* protocol, bool one_page) {
    std::vector<std::string> records;
    const auto flow = [&](int user, int start, int end, const char* of) {
      records.push_back(fmt::format("{} whole id=f{} user=u{} resource=r{} start={} end={} in=5 out=5 protocol={} message={} session ended", end, records.size(), user,
                                    records.size() % 7, start, end, of, of));
    };
    for (int i = 0; i < 60; ++i) flow(i % 9, i * 400, i * 400 + 5 + i % 40, "tcp");
    for (int i = 0; i < 12; ++i) flow(one_page ? 1 : i, one_page ? 30000 + i / 6 : 30000 + i * 11, 30200, protocol);
    flow(3, 30201, 30300, "tcp");
    return findings_in(report_of(Dialect::Pangolin, records));
  };
  EXPECT_EQ(found("tcp", true), "");
  EXPECT_EQ(found("udp", false), "");
  EXPECT_EQ(found("tcp", false), "mass-disconnect warning pangolin/g");
}

// Pangolin's rows of clients that have no names but their addresses in the tunnel.
TEST(SessionFindings, clients_without_names_are_as_many_as_their_addresses) {
  std::vector<std::string> records;
  for (int i = 0; i < 12; ++i)
    records.push_back(fmt::format("{} whole id=f{} device=100.90.128.{} resource=db:1 start={} end={} protocol=tcp message=tcp session ended", i * 60 + 5, i, i % 5, i * 60, i * 60 + 5));
  const Report report = report_of(Dialect::Pangolin, records);
  EXPECT_EQ(findings_in(report), "resource-unreachable critical pangolin/db:1, lasts");
  EXPECT_EQ(report.sessions.at(0).users, 5u);
}

// Five sessions end at once, on one or both sides of a second; before and after, sessions come and go.
TEST(SessionFindings, an_agent_restarts_on_whichever_side_of_a_second_its_sessions_end) {
  const auto found = [](const char* more) {
    std::vector<std::string> records;
    const auto flow = [&](int i, int start, int end) {
      records.push_back(fmt::format("{} whole id=f{} user=u{} device=d{} resource=r{} start={} end={} in=5 out=5 protocol=tcp message=tcp session ended", end, records.size(),
                                    i % 9, i % 9, i % 7, start, end));
    };
    for (int i = 0; i < 40; ++i) flow(i, i * 20, i * 20 + 13 + i % 7), flow(i, 1000 + i * 20, 1000 + i * 20 + 13 + i % 7);
    for (int i = 0; i < 5; ++i) flow(i, 100 + i * 37, 840 + (more[i] - '0'));
    const Report report = report_of(Dialect::Pangolin, records);
    return report.findings.empty() ? std::string("none") : fmt::format("{} {}", report.findings[0].cause, report.findings[0].count);
  };
  EXPECT_EQ(found("00000"), "agent-restart 5");
  EXPECT_EQ(found("00011"), "agent-restart 5");
  EXPECT_EQ(found("01111"), "agent-restart 5");
  EXPECT_EQ(found("02468"), "none");
}

// Connections that never close and begin all day long, or all of a few minutes before a silence after which they are opened again.
TEST(SessionFindings, connections_that_still_stand_when_nothing_else_is_open_are_no_restart) {
  const auto found = [](int every, bool opened_again) {
    std::vector<std::string> records;
    const auto session = [&](const std::string& who, int start, int end) {
      const std::string named = fmt::format("id=s{} {} connector=c start={}", start, who, start);
      records.push_back(fmt::format("{} started {} message=established_connection", start, named));
      if (end > 0) records.push_back(fmt::format("{} ended {} end={} message=closed_connection", end, named, end));
    };
    for (int i = 0; i < 100; ++i) session(fmt::format("user=u{} resource=web", i % 9), i * 20, i * 20 + 15);
    for (int i = 0; i < 100; ++i) session(fmt::format("user=u{} resource=web", i % 9), 2600 + i * 20, 2600 + i * 20 + 15);
    for (int i = 0; i < 6; ++i) session(fmt::format("user=l{} resource=ssh", i), 1991 - i * every, 0);
    for (int i = 0; i < 6 && opened_again; ++i) session(fmt::format("user=l{} resource=ssh", i), 2603 + i, 0);
    return findings_in(report_of(Dialect::Twingate, records));
  };
  EXPECT_EQ(found(300, false), "");
  EXPECT_EQ(found(300, true), "agent-restart warning twingate/c");
  EXPECT_EQ(found(10, false), "agent-restart warning twingate/c");
}

// Three of a thousand flows end within a second, and nothing comes for half a minute, as it does time and again.
TEST(SessionFindings, a_quiet_site_is_not_restarted_by_chance) {
  std::mt19937 random(7);
  const auto draw = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
  std::vector<std::string> records;
  const auto flow = [&](int start, int end) {
    records.push_back(fmt::format("{} whole id=f{} user=u{} device=d{} resource=r{} start={} end={} in=5 out=5 protocol=tcp message=tcp session ended", end, records.size(),
                                  records.size() % 9, records.size() % 9, records.size() % 7, start, end));
  };
  for (int i = 0, start = 0; i < 1000; ++i, start += draw(60)) flow(start, start + 1 + draw(30));
  for (const int start : {32010, 32020, 32030}) flow(start, 32050);
  flow(32090, 32100);
  EXPECT_EQ(findings_in(report_of(Dialect::Pangolin, records)), "");
}

TEST(SessionFindings, a_resource_that_one_of_two_connectors_reaches_is_not_down_for_everyone) {
  std::vector<std::string> records;
  for (int i = 0; i < 20; ++i)
    records.push_back(i % 2 == 0 ? fmt::format("{} failed id=f{} user=u{} connector=c1 resource=db:1 message=failed_to_connect: Unable to connect", i, i, i)
                                 : fmt::format("{} started id=s{} user=u{} connector=c2 resource=db:1 message=established_connection", i, i, i));
  EXPECT_EQ(findings_in(report_of(Dialect::Twingate, records)), "resource-unreachable warning twingate/db:1, lasts");
}

// People paste commands into a shell: what a log names as a resource is put there only if it can be nothing but a host and a port.
TEST(SessionFindings, commands_name_the_host_and_port_that_failed) {
  const std::pair<const char*, const char*> rows[] = {
      {"10.20.0.9:8443", "nc -zv 10.20.0.9 8443; curl -v telnet://10.20.0.9:8443; "},
      {"db.internal:5432", "nc -zv db.internal 5432; curl -v telnet://db.internal:5432; "},
      {"[fd00::5]:8080", "nc -zv fd00::5 8080; curl -v telnet://[fd00::5]:8080; "},
      {"fd00::5:8080", "nc -zv fd00::5 8080; curl -v telnet://[fd00::5]:8080; "},
      {"db.internal", "nc -zv db.internal PORT; curl -v telnet://db.internal:PORT; "},
      {"-e/bin/sh:1", "nc -zv HOST PORT; curl -v telnet://HOST:PORT; "},
      {"$(reboot):22", "nc -zv HOST PORT; curl -v telnet://HOST:PORT; "},
      {"db;reboot:22", "nc -zv HOST PORT; curl -v telnet://HOST:PORT; "},
      {"-h:22", "nc -zv HOST PORT; curl -v telnet://HOST:PORT; "},
      {"db:22`reboot`", "nc -zv HOST PORT; curl -v telnet://HOST:PORT; "},
      {"db:", "nc -zv HOST PORT; curl -v telnet://HOST:PORT; "},
  };
  for (const auto& [resource, expected] : rows) {
    std::vector<std::string> records;
    for (int i = 0; i < 4; ++i) records.push_back(fmt::format("{} failed id=f{} user=u{} resource={} message=failed_to_connect: Unable to connect", i, i, i, resource));
    const Report report = report_of(Dialect::Twingate, records);
    ASSERT_EQ(report.findings.size(), 1U) << resource;
    std::string commands;
    for (const Step& step : report.findings[0].steps)
      if (step.command.starts_with("nc ") || step.command.starts_with("curl ")) commands += step.command + "; ";
    EXPECT_EQ(commands, expected) << resource;
  }
}

// What the group counts and what the finding counts are the same flows, under names that say how they are known.
TEST(SessionCounts, flows_of_pangolin_that_look_failed_are_counted_as_such) {
  const auto flow = [](int at, int lasted, const char* resource = "db:1") {
    return std::pair(Dialect::Pangolin, fmt::format("{} whole id=f{}{} user=u{} resource={} start={} end={} protocol=tcp message=tcp session ended", at + lasted, at,
                                                    resource, at % 3, resource, at, at + lasted));
  };
  const auto error = [](int at) { return std::pair(Dialect::PangolinAgent, fmt::format("{} message group=g resource=db:1 message=TCP Forwarder: Failed to connect to db:1: i/o timeout", at)); };
  struct Row {
    const char* name;
    std::vector<std::pair<Dialect, std::string>> records;
    const char* counts;
  };
  using Records = std::vector<std::pair<Dialect, std::string>>;
  const auto flows = [&](int from, int to, auto lasted) {
    Records list;
    for (int i = from; i < to; ++i) list.push_back(flow(i * 60 + i % 3, lasted(i)));
    return list;
  };
  const auto probed = [&] {
    Records list = flows(0, 30, [](int i) { return 20 + i; });
    for (int i = 0; i < 600; ++i) list.push_back({Dialect::Pangolin, fmt::format("{} whole id=p{} user=probe resource=db:1 start={} end={} protocol=tcp message=tcp session ended", i * 3, i, i * 3, i * 3)});
    return list;
  };
  const Row rows[] = {
      {"a resource that goes down after a day", flows(0, 60, [](int i) { return i < 40 ? 20 + i : 5; }), "60 connections, 0 failed, 20 look failed; finding of 20"},
      {"a resource that is down for a while", flows(0, 60, [](int i) { return i / 20 == 1 ? 5 : 20 + i; }), "60 connections, 0 failed, 20 look failed; finding of 20"},
      {"a resource that refuses for a while", flows(0, 60, [](int i) { return i / 20 == 1 ? 0 : 20 + i; }), "60 connections, 0 failed, 20 look failed; finding of 20"},
      {"flows that last five seconds now and then", flows(0, 60, [](int i) { return i % 3 == 1 ? 5 : 20 + i; }), "60 connections, 0 failed, 0 look failed; no finding"},
      {"short flows are usual", flows(0, 100, [](int i) { return i / 12 == 4 || i % 3 != 0 ? 1 : 20 + i; }), "100 connections, 0 failed, 0 look failed; no finding"},
      {"a probe that connects and closes", probed(), "630 connections, 0 failed, 0 look failed; no finding"},
      {"flows that worked", {flow(0, 20), flow(30, 40)}, "2 connections, 0 failed, 0 look failed; no finding"},
      {"flows that ended by the dial timeout", {flow(0, 5), flow(10, 5), flow(20, 5), flow(30, 40)}, "4 connections, 0 failed, 3 look failed; finding of 3"},
      {"flows to another resource do not count", {flow(0, 5), flow(10, 5), flow(20, 5), flow(40, 5, "web:1")}, "4 connections, 0 failed, 3 look failed; finding of 3"},
      {"flows that the agent's error tells of have failed", {flow(0, 5), flow(10, 5), flow(20, 5), error(5), error(15)}, "3 connections, 2 failed, 1 look failed; finding of 3"},
      {"errors that no flow shows are attempts", {flow(30, 40), error(5), error(15), error(25)}, "4 connections, 3 failed, 0 look failed; finding of 3"},
  };
  static const Classifier classifier(kb::built_in());
  for (const Row& row : rows) {
    Intake intake(classifier);
    intake.begin_input("log");
    for (std::size_t i = 0; i < row.records.size(); ++i) push(intake, row.records[i].first, row.records[i].second, i + 1);
    intake.finish();
    const Report report = diagnose(intake, classifier, {});
    ASSERT_EQ(report.sessions.size(), 1U) << row.name;
    const SessionGroup& g = report.sessions[0];
    const std::string found = report.findings.empty() ? "no finding" : fmt::format("finding of {}", report.findings[0].count);
    EXPECT_EQ(fmt::format("{} connections, {} failed, {} look failed; {}", g.connections, g.failed, g.looks_failed, found), row.counts) << row.name;
  }
}

TEST(SessionCounts, a_session_of_no_time_is_open_in_its_moment_only) {
  const auto peak = [](const std::vector<std::string>& records) {
    const Report report = report_of(Dialect::AwsClientVpn, records);
    const Concurrency& c = report.sessions.at(0).concurrency;
    return fmt::format("{}: {}", c.peak, fmt::join(std::set<std::uint32_t>(c.most.begin(), c.most.end()), ", "));
  };
  const std::string none = "0 ended id=a user=joe start=0 end=0", one = "90 ended id=b user=joe start=60 end=90", other = "150 ended id=c user=joe start=120 end=150";
  EXPECT_EQ(peak({none, one, other}), "1: 0, 1");
  EXPECT_EQ(peak({one, other, "75 ended id=d user=ann start=75 end=75"}), "2: 0, 1, 2");
  EXPECT_EQ(peak({none}), "1: 1");
}

TEST(SessionCounts, what_is_open_since_before_counts_and_what_was_over_does_not) {
  const std::vector<std::string> records{"0 started id=a user=joe start=0", "5 started id=b user=ann start=5", "9 ended id=c user=bob start=1 end=9", "5000 started id=d user=cid start=5000",
                                         "5060 ended id=d user=cid start=5000 end=5060"};
  const Report report = report_of(Dialect::AwsClientVpn, records, kNoTime, kStart + 3000 * kSecond);
  const SessionGroup& g = report.sessions.at(0);
  EXPECT_EQ(fmt::format("{} connections, {} open, {} users, {} at once", g.connections, g.open, g.users, g.concurrency.peak), "3 connections, 2 open, 3 users, 3 at once");
}

TEST(SessionCounts, a_sum_of_bytes_stops_at_the_most_it_can_say) {
  std::vector<std::string> records;
  for (int i = 0; i < 3; ++i)
    records.push_back(fmt::format("{} ended id=s{} user=joe start=0 end={} in=9223372036854775807 out=4611686018427387904", i + 9, i, i + 9));
  const Report report = report_of(Dialect::AwsClientVpn, records);
  ASSERT_EQ(report.sessions.size(), 1U);
  const SessionGroup& g = report.sessions[0];
  constexpr std::int64_t kMost = 9223372036854775807;
  EXPECT_EQ(g.to_client, kMost);
  EXPECT_EQ(g.from_client, kMost);
  ASSERT_EQ(g.busiest.size(), 1U);
  EXPECT_EQ(g.busiest[0].bytes, kMost);
}

TEST(SessionFindings, lines_of_a_connector_belong_to_the_connector_beside_them) {
  EXPECT_EQ(findings_in(report_of(Dialect::TwingateConnector, {"0 message group=- message=State: Offline"})),
            "connector-offline critical twingate/unknown, lasts");
  EXPECT_EQ(findings_in(report_of(Dialect::TwingateConnector, {"0 message group=- connector=c1 message=State: Offline",
                                                               "60 message group=- connector=c1 message=State: Online"})),
            "connector-offline warning twingate/c1");
}

TEST(SessionTimes, a_time_without_a_year_takes_the_year_that_brings_it_nearest) {
  const Time new_year = 1767225600000;  // 2026-01-01
  EXPECT_EQ(rfc3339(with_year_near(951868800000, new_year)), "2026-03-01T00:00:00.000Z");          // 2000-03-01
  EXPECT_EQ(rfc3339(with_year_near(978220800000 - kDay, new_year)), "2025-12-30T00:00:00.000Z");  // 2000-12-30
}

}  // namespace
}  // namespace tunnelscope::diag
