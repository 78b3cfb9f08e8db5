// Tunnel identities in stream names, resource ids, paths, options, and which of them wins.
#include "src/input/identity.hpp"

#include <gmock/gmock.h>

#include "input_world.hpp"

namespace tunnelscope::input::testing {
namespace {

using ::testing::ElementsAre;

std::string shown(const Identity& identity) {
  return std::string(identity.connection()) + "/" + std::string(identity.outside_ip());
}

TEST(InputIdentity, StreamNamesAreReadInEveryForm) {
  struct Case {
    const char *text, *expected;
  };
  for (const auto& c : {Case{"vpn-0123456789abcdef0-203.0.113.17-IKE.log", "vpn-0123456789abcdef0/203.0.113.17"},
                        {"vpn-0123456789abcdef0_203.0.113.17-IKE.log", "vpn-0123456789abcdef0/203.0.113.17"},
                        {"vpn-1234abcd_1.2.3.4", "vpn-1234abcd/1.2.3.4"},
                        {"vpn-1234abcd_1.2.3.4.log", "vpn-1234abcd/1.2.3.4"},
                        {"VPN-1234ABCD-1.2.3.4-BGP.log", "vpn-1234abcd/1.2.3.4"},
                        {"vpn-1234abcd_2001:DB8:0:0:0:0:0:1-IKE.log", "vpn-1234abcd/2001:db8::1"},
                        {"vpn-1234abcd-2001:db8::1_BGP", "vpn-1234abcd/2001:db8::1"},
                        {"arn:aws:x:vpn-1234abcd_1.2.3.4", "vpn-1234abcd/1.2.3.4"},
                        {"vpn-1234abcd_2001-db8-10--1-IKE.log", "vpn-1234abcd/2001:db8:10::1"},
                        {"vpn-1234abcd-2001-db8-10--1-BGP.log", "vpn-1234abcd/2001:db8:10::1"},
                        {"vpn-1234abcd_2001_db8_10__1_IKE.log", "vpn-1234abcd/2001:db8:10::1"},
                        {"vpn-1234abcd_2001.db8.10..1-IKE.log", "vpn-1234abcd/2001:db8:10::1"},
                        {"vpn-1234abcd_2001%3Adb8%3a%3A1-IKE.log", "vpn-1234abcd/2001:db8::1"},
                        {"vpn-1234abcd_2001-0db8-0010-0000-0000-0000-0000-0001-IKE.log", "vpn-1234abcd/2001:db8:10::1"},
                        {"vpn-1234abcd_2001-db8-10-IKE.log", "/"},
                        {"vpn-1234abc-1.2.3.4", "/"},
                        {"vpn-0123456789abcdef01-1.2.3.4", "/"},
                        {"vpn-1234abcd-1.2.3.400", "/"},
                        {"vpn-1234abcd-1.2.3", "/"},
                        {"vpn-1234abcd", "/"},
                        {"xvpn-1234abcd-1.2.3.4", "/"},
                        {"vpn-1234abcd/1.2.3.4", "/"},
                        {"", "/"}}) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(shown(identity_in(c.text)), c.expected);
  }
}

TEST(InputIdentity, StreamsThatNameNoTunnelAreToldApartByTheirNames) {
  const auto told_by = [](const char* name) {
    const Identity found = identity_of_stream(name);
    return (found.known() ? "known " : "") + std::string(found.connection()) + "/" + std::string(found.outside_ip()) + "/" + std::string(found.stream());
  };
  EXPECT_EQ(told_by("vpn-1234abcd-1.2.3.4-IKE.log"), "known vpn-1234abcd/1.2.3.4/");
  EXPECT_EQ(told_by("1.2.3.4"), "known /1.2.3.4/");
  EXPECT_EQ(told_by("vpn-1234abcd-tunnel1-IKE.log"), "vpn-1234abcd//tunnel1");
  EXPECT_EQ(told_by("vpn-1234abcd_tunnel1_BGP.log"), "vpn-1234abcd//tunnel1");
  EXPECT_EQ(told_by("vpn-1234abcd-IKE.log"), "vpn-1234abcd//");
  EXPECT_EQ(told_by("branch-2"), "//branch-2");
  EXPECT_EQ(told_by(""), "//");
  const std::string long_name(100, 'x');
  EXPECT_NE(told_by((long_name + "1").c_str()), told_by((long_name + "2").c_str()));
}

TEST(InputIdentity, PathsGiveTheDeepestName) {
  EXPECT_EQ(shown(identity_in_path("a/vpn-11111111-1.1.1.1-IKE.log/vpn-22222222_2.2.2.2/000000.gz")), "vpn-22222222/2.2.2.2");
  EXPECT_EQ(shown(identity_in_path("exports/vpn-11111111/1.1.1.1/000000.gz")), "vpn-11111111/1.1.1.1");
  EXPECT_EQ(shown(identity_in_path("exports/000000.gz")), "/");
}

TEST(InputIdentity, TheOptionMayNameEitherHalf) {
  EXPECT_EQ(shown(identity_of_option("vpn-11111111/1.1.1.1")), "vpn-11111111/1.1.1.1");
  EXPECT_EQ(shown(identity_of_option("vpn-11111111")), "vpn-11111111/");
  EXPECT_EQ(shown(identity_of_option("")), "/");
}

class InputIdentityOrder : public World {};

std::string event(const std::string& extra = "") {
  return R"({"event_timestamp":1673252138,"details":"AWS tunnel x")" + extra + "}";
}
std::string tunnel_of(const Reading& reading) {
  return reading.events.size() == 1 ? reading.events[0].substr(0, reading.events[0].find(' ')) : "not one event";
}

TEST_F(InputIdentityOrder, StreamThenRecordThenPathThenOptionThenNone) {
  const std::string stream = R"("logStreamName":"vpn-11111111-1.1.1.1-IKE.log",)";
  const std::string own = R"(,"VpnConnectionId":"vpn-22222222","TunnelOutsideIPAddress":"2.2.2.2")";
  const auto enveloped = [](const std::string& name, const std::string& record) {
    return "{" + name + "\"timestamp\":1,\"message\":" + json_string(record) + "}\n";
  };
  ReadOptions option;
  option.tunnel = "vpn-44444444/4.4.4.4";
  const std::string folder = "vpn-33333333-3.3.3.3-IKE.log/x";
  EXPECT_EQ(tunnel_of(read({write(folder, enveloped(stream, event(own)))}, option)), "vpn-11111111/1.1.1.1");
  EXPECT_EQ(tunnel_of(read({write(folder, enveloped("", event(own)))}, option)), "vpn-22222222/2.2.2.2");
  EXPECT_EQ(tunnel_of(read({write(folder, enveloped("", event()))}, option)), "vpn-33333333/3.3.3.3");
  EXPECT_EQ(tunnel_of(read({write("x", enveloped("", event()))}, option)), "vpn-44444444/4.4.4.4");
  EXPECT_EQ(tunnel_of(read({write("x", enveloped("", event()))})), "unknown");
}

TEST_F(InputIdentityOrder, MixedStreamsKeepTheirOwn) {
  std::string bytes;
  for (const char* stream : {"vpn-11111111-1.1.1.1-IKE.log", "vpn-11111111-2.2.2.2-IKE.log", "vpn-11111111-1.1.1.1-IKE.log"})
    bytes += "2023-01-09T08:15:38+00:00 " + std::string(stream) + " " + event(",\"x\":" + std::to_string(bytes.size())) + "\n";
  const auto reading = read_bytes(bytes);
  EXPECT_EQ(reading.records, 3u);
  EXPECT_THAT(reading.events, ElementsAre(::testing::StartsWith("vpn-11111111/1.1.1.1 "), ::testing::StartsWith("vpn-11111111/2.2.2.2 ")));
}

}  // namespace
}  // namespace tunnelscope::input::testing
