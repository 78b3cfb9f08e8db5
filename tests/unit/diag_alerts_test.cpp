// What alerts are told of a history of outages and findings. A history is written as when each tunnel was down, in seconds; what is told as
// "110 opened warning a" (instant, change, severity, tunnels that are down).
#include <gmock/gmock.h>

#include <charconv>
#include <functional>
#include <random>
#include <set>
#include <sstream>

#include "diag/alerts.hpp"

namespace tunnelscope::diag {
namespace {

struct Down {
  Time start = 0, end = 0;
};
struct Tunnel {
  std::string id;
  Time first = 0;
  std::vector<Down> downs;
  bool standby = false;
};
constexpr Time kNever = 1'000'000'000;

// "a 100-200 300-": down twice, the second time for good; "b@50": first heard of at 50; "b*": a standby; one a line.
std::vector<Tunnel> history(const std::string& text) {
  std::vector<Tunnel> tunnels;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Tunnel t;
    words >> t.id;
    t.standby = t.id.back() == '*';
    if (t.standby) t.id.pop_back();
    if (const auto at = t.id.find('@'); at != std::string::npos) {
      t.first = std::stoll(t.id.substr(at + 1)) * kSecond;
      t.id.resize(at);
    }
    for (std::string word; words >> word;) {
      const auto dash = word.find('-');
      const std::string end = word.substr(dash + 1);
      t.downs.push_back({std::stoll(word) * kSecond, end.empty() ? kNever * kSecond : std::stoll(end) * kSecond});
    }
    tunnels.push_back(t);
  }
  return tunnels;
}

// What diagnose says of it at `now`, with a journal that begins at `from`. Tunnel a stands in a.log, b in b.log.
Report report_at(const std::vector<Tunnel>& tunnels, Time now, Time from = 0) {
  Report report;
  report.first = from;
  report.last = report.now = now;
  for (const Tunnel& t : tunnels) {
    if (t.first > now) continue;
    TunnelReport r;
    r.id = t.id;
    r.connection = "c";
    r.status = "up";
    r.phase2 = PhaseState::Established;
    r.first = std::max(t.first, from);
    r.last = now;
    r.standby = t.standby;
    for (const Down& d : t.downs) {
      if (d.start > now || d.end < from || (d.end <= now && d.end - d.start < 10 * kSecond)) continue;
      Outage o;
      o.start = std::max(d.start, from);
      if (d.end <= now) o.end = d.end;
      o.evidence = {t.id + ".log:1"};
      r.outages.push_back(o);
    }
    report.tunnels.push_back(r);
  }
  ConnectionReport c;
  c.id = "c";
  report.connections.push_back(c);
  return report;
}

std::string text_of(const AlertChange& c) {
  std::string text = std::to_string(c.at / kSecond) + " " + std::string(name_of(c.kind));
  if (c.kind != ChangeKind::Resolved) text += c.episode.severity == kb::Severity::Critical ? " critical " : " warning ";
  for (const std::string& id : c.episode.down) text += id;
  return text;
}

// Asks at each of `times` (seconds).
template <class ReportAt>
std::vector<AlertChange> told(const std::vector<Time>& times, const AlertOptions& options, ReportAt report) {
  std::vector<AlertChange> all;
  Told before;
  for (const Time time : times) {
    Alerts alerts = alerts_of(report(time * kSecond), before, options);
    for (AlertChange& change : alerts.changes) all.push_back(std::move(change));
    before = std::move(alerts.told);
  }
  return all;
}

std::string joined(const std::vector<AlertChange>& changes) {
  std::string text;
  for (const AlertChange& change : changes) text += text_of(change) + "\n";
  return text;
}

std::vector<Time> each_second(Time end, Time from = 1) {
  std::vector<Time> times;
  for (Time t = from; t <= end; ++t) times.push_back(t);
  return times;
}

struct Row {
  const char* name;
  const char* history;
  const char* told;
  Time began = 0;  // seconds
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

const Row kRows[] = {
    {"AnOutageOpensAfterTheGraceTimeAndIsOverWhenStable", "a 100-200\nb", "110 opened warning a\n500 resolved\n"},
    {"ALoneTunnelIsAllThereIs", "a 100-200", "110 opened critical a\n500 resolved\n"},
    {"WhatIsShorterThanTheGraceTimeIsNone", "a 100-109\nb", ""},
    {"BothTunnelsDownAreOneEpisodeThatGetsWorse", "a 100-\nb 150-", "110 opened warning a\n160 severity-changed critical ab\n"},
    {"BothAtOnceAreCriticalFromTheStart", "a 100-200\nb 100-220", "110 opened critical ab\n520 resolved\n"},
    {"OneIsBackSoItIsLessGraveOnceThatIsStable", "a 100-\nb 100-200", "110 opened critical ab\n500 severity-changed warning a\n"},
    {"OneIsBackAndGoesAgainSoItStaysCritical", "a 100-\nb 100-200 300-400", "110 opened critical ab\n700 severity-changed warning a\n"},
    {"AShortTimeWithBothDownIsNotCritical", "a 100-200\nb 195-300", "110 opened warning a\n600 resolved\n"},
    {"AGapShorterThanStableIsBridged", "a 100-200 499-600\nb", "110 opened warning a\n900 resolved\n"},
    {"AGapAsLongAsStableIsNot", "a 100-200 500-600\nb", "110 opened warning a\n500 resolved\n510 opened warning a\n900 resolved\n"},
    {"TheTunnelsTakeTurnsInOneEpisode", "a 100-200\nb 300-400", "110 opened warning a\n700 resolved\n"},
    {"ATunnelFirstHeardOfInTheOutageMakesItLessGrave", "a 100-\nb@300", "110 opened critical a\n600 severity-changed warning a\n"},
    {"WhatHadEndedBeforeTheWatchBeganIsHistory", "a 100-200\nb", "", 200},
    {"WhatHadBegunBeforeOpens", "a 100-201\nb", "110 opened warning a\n501 resolved\n", 200},
    {"AfterHistoryAnEpisodeBeginsAnew", "a 100-200 300-\nb", "310 opened warning a\n", 250},
    {"AStandbyMayBeDown", "a* 100-200\nb", ""},
    {"AStandbyDownWithTheOtherIsNoHelp", "a* 100-\nb 200-", "210 opened critical ab\n"},
    {"TheOtherUpAgainLeavesAStandbyThatMayBeDown", "a* 100-\nb 200-300", "210 opened critical ab\n600 resolved\n"},
};

class AlertHistory : public ::testing::TestWithParam<Row> {
 protected:
  AlertOptions options() const {
    AlertOptions o;
    o.began = GetParam().began * kSecond;
    return o;
  }
  std::vector<AlertChange> asked(const std::vector<Time>& times) const {
    const auto tunnels = history(GetParam().history);
    return told(times, options(), [&](Time now) { return report_at(tunnels, now); });
  }
};

TEST_P(AlertHistory, IsToldLive) { EXPECT_EQ(joined(asked(each_second(1200, GetParam().began))), GetParam().told); }
TEST_P(AlertHistory, IsToldAtTheEnd) { EXPECT_EQ(joined(asked({1200})), GetParam().told); }
INSTANTIATE_TEST_SUITE_P(Outages, AlertHistory, ::testing::ValuesIn(kRows), [](const auto& row) { return row.param.name; });

// Random histories, asked at random instants.
class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  Time upto(Time most) { return static_cast<Time>(random_() % static_cast<std::uint64_t>(most + 1)); }
  bool one_in(Time n) { return upto(n - 1) == 0; }

  std::vector<Tunnel> tunnels(Time end) {
    std::vector<Tunnel> list;
    for (const char* id : {"a", "b", "c"}) {
      if (*id == 'c' && !one_in(6)) break;
      if (*id == 'b' && one_in(6)) break;
      Tunnel t{.id = id, .first = one_in(4) ? upto(end / 2) * kSecond : 0, .downs = {}, .standby = one_in(6)};
      Time at = t.first / kSecond;
      while ((at += 1 + upto(one_in(3) ? 20 : 700)) < end) {
        const Time length = 1 + upto(one_in(2) ? 20 : one_in(2) ? 400 : 2000);
        t.downs.push_back({at * kSecond, (at + length) * kSecond});
        at += length;
      }
      list.push_back(t);
    }
    return list;
  }

  std::vector<Time> asks(Time end) {
    std::vector<Time> times;
    const Time most = one_in(2) ? 30 : 1500;
    for (Time t = 1 + upto(most); t < end; t += 1 + upto(most)) times.push_back(t);
    times.push_back(end);
    return times;
  }

 private:
  std::mt19937_64 random_;
};

std::string ids_of(std::vector<AlertChange> changes) {
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& a, const auto& b) { return std::tie(a.at, a.id) < std::tie(b.at, b.id); });
  std::string text;
  for (const AlertChange& c : changes) text += c.id + " " + text_of(c) + "\n";
  return text;
}

std::string shown(const std::vector<Tunnel>& tunnels) {
  std::string text;
  for (const Tunnel& t : tunnels) {
    text += t.id + (t.standby ? "*" : "") + "@" + std::to_string(t.first / kSecond);
    for (const Down& d : t.downs) text += " " + std::to_string(d.start / kSecond) + "-" + std::to_string(d.end / kSecond);
    text += "\n";
  }
  return text;
}

TEST(AlertProperties, ItDoesNotMatterWhenTheyAreAskedFor) {
  constexpr Time kEnd = 6000;
  for (unsigned seed = 0; seed < 150; ++seed) {
    Dice dice(seed);
    const auto tunnels = dice.tunnels(kEnd);
    AlertOptions options;
    options.began = dice.one_in(2) ? dice.upto(kEnd) * kSecond : 0;
    options.stable = dice.one_in(2) ? 300 * kSecond : dice.upto(900) * kSecond;
    const auto report = [&](Time now) { return report_at(tunnels, now); };
    const std::string once = ids_of(told({kEnd}, options, report));
    SCOPED_TRACE("seed " + std::to_string(seed) + " began " + std::to_string(options.began / kSecond) + " stable " +
                 std::to_string(options.stable / kSecond) + "\n" + shown(tunnels));
    const auto since_it_began = [&](std::vector<Time> times) {
      std::erase_if(times, [&](Time t) { return t * kSecond < options.began; });
      return times;
    };
    ASSERT_EQ(ids_of(told(since_it_began(dice.asks(kEnd)), options, report)), once);
    if (seed % 25 == 0) {
      ASSERT_EQ(ids_of(told(since_it_began(each_second(kEnd)), options, report)), once);
    }
  }
}

TEST(AlertProperties, AJournalThatForgetsTellsTheSame) {
  constexpr Time kEnd = 12000;
  for (unsigned seed = 0; seed < 60; ++seed) {
    Dice dice(1000 + seed);
    const auto tunnels = dice.tunnels(kEnd);
    const Time horizon = (2000 + dice.upto(3000)) * kSecond;
    std::vector<Time> asks;
    for (Time t = 20; t <= kEnd; t += 1 + dice.upto(60)) asks.push_back(t);
    SCOPED_TRACE("seed " + std::to_string(seed) + " horizon " + std::to_string(horizon / kSecond) + "\n" + shown(tunnels));
    ASSERT_EQ(ids_of(told(asks, {}, [&](Time now) { return report_at(tunnels, now, std::max<Time>(0, now - horizon)); })),
              ids_of(told(asks, {}, [&](Time now) { return report_at(tunnels, now); })));
  }
}

TEST(AlertProperties, EachIsOpenedOnceAndResolvedOnceAndWasWellForSoLong) {
  constexpr Time kEnd = 6000;
  for (unsigned seed = 0; seed < 150; ++seed) {
    Dice dice(2000 + seed);
    const auto tunnels = dice.tunnels(kEnd);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + shown(tunnels));
    std::set<std::string> ids;
    bool open = false;
    for (const AlertChange& c : told(dice.asks(kEnd), {}, [&](Time now) { return report_at(tunnels, now); })) {
      ASSERT_TRUE(ids.insert(c.id).second);
      ASSERT_EQ(c.kind == ChangeKind::Opened, !open);
      open = c.kind != ChangeKind::Resolved;
      if (open) continue;
      ASSERT_EQ(c.at, c.episode.recovered + 300 * kSecond);
      for (const Tunnel& t : tunnels)
        for (const Down& d : t.downs)
          if (d.end - d.start >= 10 * kSecond && !t.standby) {
            ASSERT_TRUE(d.end <= c.episode.recovered || d.start >= c.at);
          }
    }
  }
}

// What one report says after another.
class Alerting : public ::testing::Test {
 protected:
  std::string ask(const Report& report) {
    Alerts alerts = alerts_of(report, told_, options);
    told_ = alerts.told;
    due = alerts.due;
    last = alerts.changes;
    return joined(alerts.changes);
  }
  std::string ask(const std::string& tunnels, Time now) { return ask(report_at(history(tunnels), now * kSecond)); }

  static Finding finding(const std::string& cause, const std::string& subject, Time first, Time last_seen) {
    Finding f;
    f.cause = cause;
    f.subject = subject;
    f.fingerprint = cause + "/" + subject;
    f.severity = kb::Severity::Warning;
    f.first_seen = first * kSecond;
    f.last_seen = last_seen * kSecond;
    f.ongoing = true;
    f.title = "title of " + cause;
    return f;
  }
  static Report with(Report report, const std::vector<Finding>& findings) {
    report.findings = findings;
    return report;
  }
  static Report well(Time now) { return report_at(history("a\nb"), now * kSecond); }

  AlertOptions options;
  Told told_;
  Time due = kNoTime;
  std::vector<AlertChange> last;
};

TEST_F(Alerting, SaysWhenTimeAloneWillChangeSomething) {
  ask("a 100-\nb", 105);
  EXPECT_EQ(due, 110 * kSecond);
  ask("a 100-\nb", 110);
  EXPECT_EQ(due, kNoTime);
  ask("a 100-200\nb", 201);
  EXPECT_EQ(due, 500 * kSecond);
}

TEST_F(Alerting, LateRecordsThatMoveTheStartLeaveTheEpisodeAsItWas) {
  EXPECT_EQ(ask("a 100-\nb", 130), "110 opened warning a\n");
  EXPECT_EQ(ask("a 97-\nb", 140), "");
  EXPECT_EQ(ask("a 103-150\nb", 150), "");
  EXPECT_EQ(ask("a 98-150\nb", 600), "450 resolved\n");
  EXPECT_EQ(told_.over.at(0).start, 100 * kSecond);
}

TEST_F(Alerting, LateRecordsAboutWhatIsOverTellNothing) {
  ask("a 100-200\nb", 600);
  EXPECT_EQ(ask("a 95-205\nb 120-180", 700), "");
}

TEST_F(Alerting, AnOutageOfWhichLateRecordsTellIsTold) {
  ask("a\nb", 900);
  EXPECT_EQ(ask("a 100-200\nb", 901), "110 opened warning a\n500 resolved\n");
}

TEST_F(Alerting, ATunnelThatTheReportNoLongerKnowsHasNotRecovered) {
  ask("a 100-\nb", 130);
  EXPECT_EQ(ask(report_at(history("b"), 5000 * kSecond, 4000 * kSecond)), "");
  EXPECT_EQ(ask(report_at({}, 6000 * kSecond, 5000 * kSecond)), "");
  EXPECT_THAT(told_.open, ::testing::SizeIs(1));
  EXPECT_EQ(ask(report_at(history("a@7000\nb"), 7400 * kSecond, 6000 * kSecond)), "7300 resolved\n");
}

TEST_F(Alerting, AnInputThatIsNoLongerNamedEndsWhatItShowed) {
  ask("a 100-\nb", 130);
  options.watched = {"b.log"};
  EXPECT_EQ(ask("b", 400), "400 resolved\n");
  EXPECT_THAT(last.at(0).episode.summary, ::testing::StartsWith("a.log is no longer watched"));
  EXPECT_EQ(ask("b", 800), "");
  EXPECT_THAT(told_.open, ::testing::IsEmpty());
}

TEST_F(Alerting, WhatAnotherInputShowsAsWellGoesOn) {
  ask("a 100-\nb", 130);
  options.watched = {"b.log"};
  EXPECT_EQ(ask("a 100-\nb", 400), "");
  EXPECT_EQ(ask("a 100-500\nb", 900), "800 resolved\n");
}

TEST_F(Alerting, OfTwoTunnelsThatAreDownTheOneThatIsStillWatchedDecides) {
  EXPECT_EQ(ask("a 100-\nb 100-", 130), "110 opened critical ab\n");
  options.watched = {"b.log"};
  EXPECT_EQ(ask("b 100-", 400), "");
  EXPECT_EQ(ask("b 100-500", 700), "");
  EXPECT_EQ(ask("b 100-500", 900), "800 resolved\n");
}

TEST_F(Alerting, WhatLastsWhenAnInputIsNamedAgainIsToldAgain) {
  ask("a 100-\nb", 130);
  const std::string before = last.at(0).id;
  options.watched = {"b.log"};
  ask("b", 400);
  options.watched = {"a.log", "b.log"};
  EXPECT_EQ(ask("a 100-\nb", 500), "400 opened warning a\n");
  EXPECT_NE(last.at(0).id, before);
  EXPECT_EQ(ask("a 100-600\nb", 950), "900 resolved\n");
}

TEST_F(Alerting, NothingIsTakenForUnwatchedWhileANewInputIsRead) {
  ask("a 100-\nb", 130);
  EXPECT_EQ(ask("b", 400), "");
  options.watched = {"b.log", "a-renamed.log"};
  EXPECT_EQ(ask("a 100-\nb", 410), "");
}

TEST_F(Alerting, AFindingOfAnInputThatIsNoLongerNamedIsOver) {
  Finding f = finding("selector-churn", "a", 100, 200);
  f.evidence.push_back({.at = "a.log:7", .time = 100 * kSecond, .rule = {}, .message = {}, .state = {}, .fields = {}});
  EXPECT_EQ(ask(with(well(200), {f})), "200 opened warning \n");
  options.watched = {"b.log"};
  EXPECT_EQ(ask(report_at(history("b"), 400 * kSecond)), "400 resolved\n");
}

TEST_F(Alerting, WhatHadEndedWhenAnInputWasAddedIsHistory) {
  ask("b", 130);
  options.began_of = {{"a.log", 1000 * kSecond}};
  EXPECT_EQ(ask("a 100-200\nb 300-400", 1000), "310 opened warning b\n700 resolved\n");
  EXPECT_EQ(ask("a 100-200 900-\nb 300-400", 1010), "910 opened warning a\n");
}

TEST_F(Alerting, SilenceIsNoRecovery) {
  options.stable = 1800 * kSecond;
  ask("a 100-\nb", 130);
  Report silent = report_at(history("a 100-200\nb"), 2100 * kSecond);
  silent.tunnels[0].status = "unknown";
  silent.tunnels[0].last = 210 * kSecond;
  EXPECT_EQ(ask(silent), "");
  EXPECT_EQ(ask("a 100-200\nb", 2200), "2000 resolved\n");
}

TEST_F(Alerting, ACauseThatComesToLightChangesTheAnnotationAndNotTheEpisode) {
  Report report = report_at(history("a 100-\nb"), 130 * kSecond);
  report.tunnels[0].outages[0].cause = "dpd-timeout";
  Finding dpd = finding("dpd-timeout", "a", 100, 110), key = finding("psk-mismatch", "a", 120, 150);
  dpd.impact = key.impact = kb::Impact::Redundancy;
  ask(with(report, {dpd}));
  EXPECT_EQ(last.at(0).episode.title, "title of dpd-timeout");
  report = report_at(history("a 100-\nb"), 160 * kSecond);
  report.tunnels[0].outages[0].cause = report.tunnels[0].outages[0].blocked_by = "psk-mismatch";
  EXPECT_EQ(ask(with(report, {dpd, key})), "");
  EXPECT_EQ(told_.open.at(0).cause, "psk-mismatch");
}

TEST_F(Alerting, AnOutageThatItsOwnerHasExcusedOpensNothingEvenWhenItIsOver) {
  Report report = report_at(history("a 100-\nb"), 130 * kSecond);
  report.tunnels[0].outages[0].cause = "dpd-timeout";
  Finding excused = finding("dpd-timeout", "a", 100, 110);
  excused.impact = kb::Impact::Redundancy;
  excused.standing.suppressed = Suppressed{"known", "", ""};
  EXPECT_EQ(ask(with(report, {excused})), "");
  report = report_at(history("a 100-200\nb"), 600 * kSecond);
  report.tunnels[0].outages[0].cause = "dpd-timeout";
  EXPECT_EQ(ask(with(report, {excused})), "");
  EXPECT_EQ(ask("a 100-200\nb", 700), "");
}

TEST_F(Alerting, AFindingWithoutOutageOpensAndIsOverWhenItIsGoneForLongEnough) {
  EXPECT_EQ(ask(with(well(100), {finding("sa-churn", "a", 50, 90)})), "90 opened warning \n");
  Finding gone = finding("sa-churn", "a", 50, 90);
  gone.ongoing = false;
  EXPECT_EQ(ask(with(well(200), {gone})), "");
  EXPECT_EQ(due, 500 * kSecond);
  EXPECT_EQ(ask(with(well(500), {gone})), "500 resolved\n");
}

TEST_F(Alerting, AFindingThatComesBackIsAnotherEpisode) {
  ask(with(well(100), {finding("sa-churn", "a", 50, 90)}));
  const std::string first = last.at(0).id;
  ask(well(200));
  ask(well(500));
  ask(with(well(1000), {finding("sa-churn", "a", 50, 990)}));
  ASSERT_EQ(joined(last), "990 opened warning \n");
  EXPECT_EQ(last[0].episode.start, 990 * kSecond);
  EXPECT_NE(last[0].id, first);
}

TEST_F(Alerting, AFindingIsToldWhenItsSeverityChanges) {
  ask(with(well(100), {finding("session-churn", "aws-client-vpn/user", 50, 90)}));
  Finding worse = finding("session-churn", "aws-client-vpn/user", 50, 190);
  worse.severity = kb::Severity::Critical;
  EXPECT_EQ(ask(with(well(200), {worse})), "190 severity-changed critical \n");
  EXPECT_EQ(ask(with(well(300), {worse})), "");
}

struct Silent {
  const char* name;
  std::function<void(Finding&)> make;
};
void PrintTo(const Silent& row, std::ostream* out) { *out << row.name; }
class SilentFinding : public Alerting, public ::testing::WithParamInterface<Silent> {};
TEST_P(SilentFinding, OpensNothing) {
  Finding f = finding("sa-churn", "a", 50, 90);
  GetParam().make(f);
  EXPECT_EQ(ask(with(well(100), {f})), "");
}
const Silent kSilent[] = {
    {"Suppressed", [](Finding& f) { f.standing.suppressed = Suppressed{"known", "", ""}; }},
    {"InTheBaseline", [](Finding& f) { f.standing.in_baseline = true; }},
    {"Over", [](Finding& f) { f.ongoing = false; }},
    {"Info", [](Finding& f) { f.severity = kb::Severity::Info; }},
    {"ASymptom", [](Finding& f) { f.role = kb::Role::Symptom; }},
    {"OfAnOutage", [](Finding& f) { f.impact = kb::Impact::Outage; }},
};
INSTANTIATE_TEST_SUITE_P(Findings, SilentFinding, ::testing::ValuesIn(kSilent), [](const auto& row) { return row.param.name; });

TEST_F(Alerting, AFindingOfATunnelThatIsDownIsCoveredByTheOutage) {
  const auto churn = std::vector{finding("sa-churn", "b", 50, 90)};
  EXPECT_EQ(ask(with(report_at(history("a 100-\nb"), 105 * kSecond), churn)), "");
  EXPECT_EQ(ask(with(report_at(history("a 100-200\nb"), 300 * kSecond), churn)), "110 opened warning a\n");
  EXPECT_EQ(ask(with(report_at(history("a 100-200\nb"), 500 * kSecond), churn)), "90 opened warning \n500 resolved\n");
}

TEST_F(Alerting, AStaleSourceIsAnEpisodeOfTheWatch) {
  Alerts alerts = alerts_of(well(1000), {}, options);
  tell_stale(alerts, {{"app.log", 400 * kSecond, "nothing came for 10 min", "is the exporter running?"}}, options);
  EXPECT_EQ(joined(alerts.changes), "1000 opened warning \n");
  EXPECT_EQ(alerts.told.open.at(0).subject, "watch/app.log");
  EXPECT_EQ(alerts.told.open.at(0).start, 400 * kSecond);

  Alerts later = alerts_of(well(1100), alerts.told, options);
  tell_stale(later, {}, options);
  EXPECT_EQ(joined(later.changes), "");
  Alerts over = alerts_of(well(1160), later.told, options);
  tell_stale(over, {}, options);
  EXPECT_EQ(joined(over.changes), "1160 resolved\n");

  Alerts again = alerts_of(well(1200), over.told, options);
  tell_stale(again, {{"app.log", 400 * kSecond, "access denied", ""}}, options);
  ASSERT_EQ(joined(again.changes), "1200 opened warning \n");
  EXPECT_NE(again.changes[0].id, alerts.changes[0].id);
}

}  // namespace
}  // namespace tunnelscope::diag
