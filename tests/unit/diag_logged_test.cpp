// Logs beside configurations: which difference explains which finding of the logs, what nothing explains, and what has not shown.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "diag/logged.hpp"
#include "diag_config_ends.hpp"
#include "kb/loader.hpp"

namespace tunnelscope::diag::test {
namespace {

using config::Configuration;
using config::test::Ends;
using config::test::healthy;

Check checked(const Ends& ends) {
  const auto of_side = [](const config::Endpoint& end) { return Configuration{"test.conf", "test", end.side, {}, {end}, {}}; };
  return check({{of_side(ends.cloud), of_side(ends.gateway)}, {}, {}, {}}, kb::built_in());
}

// A tunnel of the logs with these root causes; the first is its primary one.
Report logs(const std::vector<std::string>& causes, std::string connection = "vpn-0123456789abcdef0", std::string outside_ip = "203.0.113.10") {
  Report report;
  TunnelReport tunnel;
  tunnel.id = outside_ip.empty() ? "unknown" : connection + "/" + outside_ip;
  tunnel.connection = std::move(connection);
  tunnel.outside_ip = std::move(outside_ip);
  tunnel.status = causes.empty() ? "up" : "down";
  if (!causes.empty()) tunnel.primary_cause = causes.front();
  for (const std::string& cause : causes) {
    Finding finding;
    finding.cause = cause;
    finding.subject = tunnel.id;
    finding.role = kb::Role::RootCause;
    report.findings.push_back(finding);
  }
  report.tunnels.push_back(tunnel);
  return report;
}

std::string text_of(const LoggedTunnel& tunnel) {
  const auto words = [](const ConfiguredFault& fault) {
    return fmt::format("{} {}{}", fault.stage ? config::name(*fault.stage) : "setting", fault.cause, fault.verdict == config::Verdict::Fails ? "" : "?");
  };
  std::string text;
  for (const Explanation& one : tunnel.explained_by) text += fmt::format("{} by {}\n", one.shown, words(one.by));
  for (const UnexplainedFinding& one : tunnel.unexplained) text += fmt::format("{} unexplained\n", one.cause);
  for (const NotShown& one : tunnel.not_shown) text += fmt::format("{} not shown: {}\n", words(one.fault), one.because);
  return text;
}

LoggedTunnel joined(const Report& report, const Check& check) { return explain(report, check, kb::built_in()).at(0); }

void spoil_key(Ends& ends) { ends.gateway.keys = config::test::stated(std::vector{config::test::key("another-key-altogether")}); }
void spoil_identity(Ends& ends) { ends.gateway.local_identity = config::test::stated(config::identity_of("10.0.0.1")); }
void spoil_version(Ends& ends) {
  ends.gateway.accepts = ends.gateway.initiates = config::test::stated(config::Versions{true, false});
}
void spoil_pfs(Ends& ends) { ends.gateway.children[0].proposals = config::test::stated(config::test::proposals("aes256-sha256")); }
void spoil_proposal_and_pfs(Ends& ends) {
  ends.gateway.proposals = config::test::stated(config::test::proposals("aes128-sha1-modp1024"));
  spoil_pfs(ends);
}
void hide_keys(Ends& ends) { ends.gateway.keys = config::test::unknown<std::vector<config::Key>>("no secrets were given"); }

struct Row {
  const char* name;
  void (*spoil)(Ends&);
  std::vector<std::string> shown;
  const char* expected;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Logged : public ::testing::TestWithParam<Row> {};

TEST_P(Logged, IsExplainedByTheConfigurations) {
  Ends ends = healthy();
  if (GetParam().spoil) GetParam().spoil(ends);
  EXPECT_EQ(text_of(joined(logs(GetParam().shown), checked(ends))), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Of, Logged,
    ::testing::Values(
        Row{"TheSameCause", spoil_key, {"psk-mismatch"}, "psk-mismatch by authentication psk-mismatch\n"},
        Row{"ACauseThatShowsAsAnother", spoil_identity, {"authentication-failed"}, "authentication-failed by identity identity-mismatch\n"},
        Row{"ACauseThatIsNotLoggedAtAll", spoil_version, {"peer-unreachable"}, "peer-unreachable by ike-version ike-version-mismatch\n"},
        Row{"NothingOfTheKind", spoil_key, {"dpd-timeout"},
            "dpd-timeout unexplained\nauthentication psk-mismatch not shown: no message of it is in the logs\n"},
        Row{"NoDifference", nullptr, {"psk-mismatch"}, "psk-mismatch unexplained\n"},
        Row{"PfsBeforeTheFirstRekey", spoil_pfs, {}, "child-rekey pfs-mismatch not shown: it shows only when an SA is due for renewal\n"},
        Row{"TheKeyWhileTheTunnelIsUp", spoil_key, {},
            "authentication psk-mismatch not shown: the tunnel is up: it shows at the next start, unless the files are not what runs\n"},
        Row{"WhatComesAfterAStageThatFails", spoil_proposal_and_pfs, {"ike-proposal-mismatch"},
            "ike-proposal-mismatch by ike-proposal ike-proposal-mismatch\nchild-rekey pfs-mismatch not shown: an earlier stage fails first\n"},
        Row{"WhatCannotBeVerified", hide_keys, {"psk-mismatch"}, "psk-mismatch by authentication psk-mismatch?\n"}),
    [](const auto& row) { return row.param.name; });

TEST(LoggedTunnels, AreFoundByOutsideAddressAndVpnId) {
  Ends ends = healthy();
  EXPECT_EQ(joined(logs({}), checked(ends)).tunnel, "203.0.113.10/198.51.100.20");
  EXPECT_EQ(joined(logs({}, "vpn-0123456789abcdef0", "203.0.113.11"), checked(ends)).tunnel, "");
  ends.cloud.connection = config::test::stated(std::string("vpn-0fedcba9876543210"));
  EXPECT_EQ(joined(logs({}), checked(ends)).tunnel, "") << "the same address in another connection";
}

TEST(LoggedTunnels, WithoutIdentityAreAssumedToBeTheOnlyOne) {
  const Check one = checked(healthy());
  const LoggedTunnel assumed = joined(logs({}, "", ""), one);
  EXPECT_EQ(assumed.tunnel, "203.0.113.10/198.51.100.20");
  EXPECT_TRUE(assumed.assumed);
  Report two = logs({}, "", "");
  two.tunnels.push_back(two.tunnels.front());
  EXPECT_EQ(joined(two, one).tunnel, "");
}

TEST(LoggedTunnels, AreExplainedByWhatStoodThereBeforeTheChange) {
  Ends before = healthy(), after = healthy();
  spoil_key(before);
  const auto of_side = [](const config::Endpoint& end) { return Configuration{"test.conf", "test", end.side, {}, {end}, {}}; };
  for (const bool mends : {true, false}) {
    const Ends& now = mends ? after : before;
    const Check changed = check({{of_side(now.cloud), of_side(now.gateway)}, {of_side(before.gateway)}, {}, {}}, kb::built_in());
    const LoggedTunnel tunnel = joined(logs({"psk-mismatch"}), changed);
    EXPECT_EQ(text_of(tunnel), "psk-mismatch by authentication psk-mismatch\n");
    EXPECT_EQ(tunnel.explained_by.at(0).mended, mends);
  }
}

TEST(LoggedTunnels, OfWhichTheLogsHaveNoneAreListed) {
  const Check one = checked(healthy());
  EXPECT_EQ(without_log(one, {}), std::vector<std::string>{"203.0.113.10/198.51.100.20"});
  EXPECT_TRUE(without_log(one, explain(logs({}), one, kb::built_in())).empty());
}

}  // namespace
}  // namespace tunnelscope::diag::test
