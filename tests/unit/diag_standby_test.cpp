// A connection that its owner declares active/standby: what a standby that is down comes to.
#include <gmock/gmock.h>

#include "diag_story.hpp"

namespace tunnelscope::diag::test {
namespace {

constexpr const char* kConnection = "vpn-0123456789abcdef0";

struct Row {
  const char* name;
  std::vector<StandbyTunnel> declared;
  const char* story;
  const char* findings;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

constexpr const char* kFirstIsDeleted =
    "00:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
    "2|00:10 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
    "10:00 dd AWS tunnel received DELETE for IKE_SA from cgw: 198.51.100.20\n"
    "2|14:00 ee AWS tunnel processed request (id=2) for CREATE_CHILD_SA\n";
constexpr const char* kFirstHasAnotherKey =
    "00:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
    "2|00:10 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
    "10:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
    "2|14:00 ee AWS tunnel processed request (id=2) for CREATE_CHILD_SA\n";
constexpr const char* kBothAreDeleted =
    "00:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
    "2|00:10 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
    "10:00 dd AWS tunnel received DELETE for IKE_SA from cgw: 198.51.100.20\n"
    "2|11:00 dd AWS tunnel received DELETE for IKE_SA from cgw: 198.51.100.20\n";

const Row kRows[] = {
    {"NothingIsDeclared", {}, kFirstIsDeleted,
     "critical root-cause peer-closed-ike-sa 1 x1\nwarning symptom redundancy-lost connection x1\n"},
    {"TheStandbyMayBeDown", {{kConnection, "203.0.113.1"}}, kFirstIsDeleted, "info root-cause peer-closed-ike-sa 1 x1\n"},
    {"WhicheverIsDownIsTheStandby", {{kConnection, ""}}, kFirstIsDeleted, "info root-cause peer-closed-ike-sa 1 x1\n"},
    {"TheActiveTunnelMayNot", {{kConnection, "203.0.113.2"}}, kFirstIsDeleted,
     "critical root-cause peer-closed-ike-sa 1 x1\nwarning symptom redundancy-lost connection x1\n"},
    {"AnotherConnectionIsDeclared", {{"vpn-0123456789abcdef9", ""}}, kFirstIsDeleted,
     "critical root-cause peer-closed-ike-sa 1 x1\nwarning symptom redundancy-lost connection x1\n"},
    {"AStandbyThatCouldNotComeUpIsAWarning", {{kConnection, ""}}, kFirstHasAnotherKey, "warning root-cause psk-mismatch 1 x2\n"},
    {"BothDownIsAsBadAsEver", {{kConnection, ""}}, kBothAreDeleted,
     "critical root-cause peer-closed-ike-sa 1 x1\ncritical root-cause peer-closed-ike-sa 2 x1\n"
     "critical symptom connection-outage connection x1\n"},
};

class Standby : public ::testing::TestWithParam<Row> {};

TEST_P(Standby, ComesToTheseFindings) {
  Story story(GetParam().story);
  story.options.standby = GetParam().declared;
  EXPECT_EQ(findings_text(story.tell()), GetParam().findings);
}

INSTANTIATE_TEST_SUITE_P(Stories, Standby, ::testing::ValuesIn(kRows), [](const auto& row) { return row.param.name; });

TEST(Standby, RedundancyStaysAFactAndTheReportSaysThatAStandbyWaits) {
  Story story(kFirstIsDeleted);
  story.options.standby = {{kConnection, ""}};
  const ConnectionReport connection = story.tell().connections.at(0);
  EXPECT_EQ(connection.redundancy, "one");
  EXPECT_TRUE(connection.active_standby && connection.standby_waits);
}

}  // namespace
}  // namespace tunnelscope::diag::test
