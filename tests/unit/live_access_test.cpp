// Who is let in: what a request says of itself, and what is said to it.
#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "src/live/access.hpp"

namespace tunnelscope::live {
namespace {

struct Case {
  const char* what;
  const char* listen;
  const char* host;
  const char* origin;
  const char* site;
  const char* mode;
  int status;  // 0: let in
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.what; }

class Request : public ::testing::TestWithParam<Case> {};
TEST_P(Request, IsAnsweredOrRefused) {
  const Case& c = GetParam();
  const Door door{*listen_address(c.listen), ""};
  const auto refused = refusal(door, {{c.host}, c.origin[0] == '\0' ? std::vector<std::string>{} : std::vector<std::string>{c.origin}, "", c.site, c.mode, ""});
  EXPECT_EQ(refused ? refused->status : 0, c.status) << (refused ? refused->reason : "let in");
}

constexpr const char* kHere = "127.0.0.1:4580";
INSTANTIATE_TEST_SUITE_P(
    ByWhereItComesFrom, Request,
    ::testing::Values(
        Case{"by the address", kHere, "127.0.0.1:4580", "", "", "", 0},
        Case{"by a forwarded port", kHere, "localhost:9000", "", "", "", 0},
        Case{"without a port", kHere, "LocalHost", "", "", "", 0},
        Case{"by IPv6", kHere, "[::1]:4580", "", "", "", 0},
        Case{"a name that was pointed here", kHere, "evil.example:4580", "", "", "", 421},
        Case{"a name that begins like ours", kHere, "localhost.evil.example", "", "", "", 421},
        Case{"a name that looks like an address", kHere, "127.0.0.1.evil.example", "", "", "", 421},
        Case{"another address", kHere, "10.0.0.1:4580", "", "", "", 421},
        Case{"no name", kHere, "", "", "", "", 421},
        Case{"a name with a user", kHere, "localhost@evil.example", "", "", "", 421},
        Case{"the port of the scheme", kHere, "127.0.0.1:", "", "", "", 0},
        Case{"another name with the port of the scheme", kHere, "evil.example:", "", "", "", 421},
        Case{"a port that is none", kHere, "localhost:http", "", "", "", 421},
        Case{"brackets that do not close", kHere, "[::1", "", "", "", 421},
        Case{"an address where all are listened on", "0.0.0.0:4580", "10.0.0.1:4580", "", "", "", 0},
        Case{"the name that is listened on", "monitor.example.com:4580", "Monitor.Example.com:4580", "", "", "", 0},
        Case{"another name", "monitor.example.com:4580", "evil.example", "", "", "", 421},
        Case{"our own origin", kHere, "localhost:4580", "http://localhost:4580", "same-origin", "cors", 0},
        Case{"behind TLS", kHere, "localhost:4580", "https://localhost:4580", "", "", 0},
        Case{"another origin", kHere, "localhost:4580", "http://evil.example", "cross-site", "cors", 403},
        Case{"another port's origin", kHere, "localhost:4580", "http://localhost:80", "", "", 403},
        Case{"an origin that hides", kHere, "localhost:4580", "null", "", "", 403},
        Case{"a picture on another site", kHere, "localhost:4580", "", "cross-site", "no-cors", 403},
        Case{"a link on another site", kHere, "localhost:4580", "", "cross-site", "navigate", 0},
        Case{"typed by the user", kHere, "localhost:4580", "", "none", "navigate", 0}));

TEST(Request, WithTwoHostHeadersIsRefused) {
  const Door door{*listen_address(kHere), ""};
  EXPECT_EQ(refusal(door, {{"localhost", "localhost"}, {}, "", "", "", ""})->status, 400);
  EXPECT_EQ(refusal(door, {{}, {}, "", "", "", ""})->status, 400);
}

TEST(Request, WithTwoOriginsIsRefusedWhicheverComesFirst) {
  const Door door{*listen_address(kHere), ""};
  const std::string ours = "http://localhost:4580", other = "http://evil.example";
  EXPECT_EQ(refusal(door, {{"localhost:4580"}, {ours}, "", "", "", ""}), std::nullopt);
  EXPECT_EQ(refusal(door, {{"localhost:4580"}, {ours, other}, "", "", "", ""})->status, 400);
  EXPECT_EQ(refusal(door, {{"localhost:4580"}, {other, ours}, "", "", "", ""})->status, 400);
}

TEST(Request, OfAWholeUrlIsJudgedByItsAuthorityToo) {
  const Door door{*listen_address(kHere), ""};
  EXPECT_EQ(refusal(door, {{"localhost"}, {}, "", "", "", "127.0.0.1:4580"}), std::nullopt);
  EXPECT_EQ(refusal(door, {{"localhost"}, {}, "", "", "", "evil.example"})->status, 421);
  EXPECT_EQ(refusal(door, {{"evil.example"}, {}, "", "", "", "127.0.0.1:4580"})->status, 421);
}

struct HeadCase {
  const char* what;
  const char* text;
  bool malformed;
};
void PrintTo(const HeadCase& c, std::ostream* out) { *out << c.what; }

class Head : public ::testing::TestWithParam<HeadCase> {};
TEST_P(Head, IsOfNamesAndValues) {
  HeadLines lines;
  for (const char c : std::string("GET / HTTP/1.1\r\n") + GetParam().text) lines.see(c);
  EXPECT_EQ(lines.malformed(), GetParam().malformed);
}
INSTANTIATE_TEST_SUITE_P(
    ByForm, Head,
    ::testing::Values(HeadCase{"usual", "Host: localhost\r\nAccept: text/html, */*\r\n\r\n", false},
                      HeadCase{"without blanks", "Host:localhost\r\nX-Empty:\r\n\r\n", false},
                      HeadCase{"with lines that end in \\n alone", "Host: localhost\nAccept: a:b\n\n", false},
                      HeadCase{"of none", "\r\n", false},
                      HeadCase{"with a blank before the colon", "Host : localhost\r\n\r\n", true},
                      HeadCase{"with a tab before the colon", "Host\t: localhost\r\n\r\n", true},
                      HeadCase{"with a line that goes on", "Host: localhost\r\nX-Long: a\r\n b\r\n\r\n", true},
                      HeadCase{"with a line that goes on and has a colon", "Host: localhost\r\n Host: evil.example\r\n\r\n", true},
                      HeadCase{"with a first line that goes on", " Host: evil.example\r\nHost: localhost\r\n\r\n", true},
                      HeadCase{"without a colon", "Host: localhost\r\nHost\r\n\r\n", true},
                      HeadCase{"without a name", "Host: localhost\r\n: x\r\n\r\n", true},
                      HeadCase{"with a line end within", "Host: localhost\r\n\rX: y\r\n\r\n", true},
                      HeadCase{"with a name in quotes", "\"Host\": localhost\r\n\r\n", true}));

struct TargetCase {
  const char* target;
  const char* decoded;
  const char* authority;
  const char* path;
};
void PrintTo(const TargetCase& c, std::ostream* out) { *out << c.target; }

class Targets : public ::testing::TestWithParam<TargetCase> {};
TEST_P(Targets, AreSplit) {
  const RequestTarget target = split_target(GetParam().target, GetParam().decoded);
  EXPECT_EQ(target.authority, GetParam().authority);
  EXPECT_EQ(target.path, GetParam().path);
}
INSTANTIATE_TEST_SUITE_P(ByForm, Targets,
                         ::testing::Values(TargetCase{"/api/report?x", "/api/report", "", "/api/report"},
                                           TargetCase{"http://localhost:1/a%20b?x=/", "http://localhost:1/a b", "localhost:1", "/a b"},
                                           TargetCase{"HTTP://localhost", "HTTP://localhost", "localhost", "/"},
                                           TargetCase{"http://localhost?x", "http://localhost", "localhost", "/"},
                                           TargetCase{"http:///api/report", "http:///api/report", "-", ""},
                                           TargetCase{"http://local%68ost/", "http://localhost/", "-", ""},
                                           TargetCase{"http://me@localhost/", "http://me@localhost/", "me@localhost", "/"}));

struct Credentials {
  const char* what;
  const char* authorization;
  bool let_in;
};
void PrintTo(const Credentials& c, std::ostream* out) { *out << c.what; }

class Token : public ::testing::TestWithParam<Credentials> {};
TEST_P(Token, IsAskedForBeyondLoopback) {
  const Door door{*listen_address("0.0.0.0:4580"), "correct-horse-battery"};
  const auto refused = refusal(door, {{"10.0.0.1"}, {}, GetParam().authorization, "", "", ""});
  EXPECT_EQ(!refused, GetParam().let_in);
  if (refused) {
    EXPECT_EQ(refused->status, 401);
  }
}
INSTANTIATE_TEST_SUITE_P(InItsForms, Token,
                         ::testing::Values(Credentials{"none", "", false}, Credentials{"bearer", "Bearer correct-horse-battery", true},
                                           Credentials{"scheme in any case", "bearer correct-horse-battery", true},
                                           Credentials{"wrong", "Bearer correct-horse-batterz", false},
                                           Credentials{"its beginning", "Bearer correct-horse", false},
                                           Credentials{"more than it", "Bearer correct-horse-battery2", false},
                                           Credentials{"no scheme", "correct-horse-battery", false},
                                           Credentials{"scheme alone", "Bearer", false},
                                           Credentials{"as a password", "Basic YW5hOmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ==", true},
                                           Credentials{"a wrong password", "Basic YW5hOnNlY3JldA==", false},
                                           Credentials{"no base64", "Basic !!!!", false},
                                           Credentials{"base64 of nothing", "Basic ", false},
                                           Credentials{"base64 without a colon", "Basic YW5h", false}));

struct Address {
  const char* text;
  const char* host;  // empty: refused
  int port;
  bool loopback;
};
void PrintTo(const Address& a, std::ostream* out) { *out << a.text; }

class ListenOn : public ::testing::TestWithParam<Address> {};
TEST_P(ListenOn, TheAddress) {
  const auto address = listen_address(GetParam().text);
  ASSERT_EQ(address.has_value(), GetParam().host[0] != '\0');
  if (!address) return;
  EXPECT_EQ(address->host, GetParam().host);
  EXPECT_EQ(address->port, GetParam().port);
  EXPECT_EQ(address->is_loopback(), GetParam().loopback);
}
INSTANTIATE_TEST_SUITE_P(
    InItsForms, ListenOn,
    ::testing::Values(Address{"127.0.0.1:4580", "127.0.0.1", 4580, true}, Address{"127.8.9.1:0", "127.8.9.1", 0, true},
                      Address{"[::1]:80", "::1", 80, true}, Address{"[::]:80", "::", 80, false}, Address{"localhost:80", "localhost", 80, true},
                      Address{"0.0.0.0:80", "0.0.0.0", 80, false}, Address{"127.example.com:80", "127.example.com", 80, false},
                      Address{"127.0.0.1", "", 0, false}, Address{":80", "", 0, false}, Address{"127.0.0.1:65536", "", 0, false},
                      Address{"127.0.0.1:-1", "", 0, false}, Address{"::1:80", "", 0, false}, Address{"[::1]80", "", 0, false}, Address{"", "", 0, false}));

TEST(AToken, IsLongAndPlain) {
  EXPECT_TRUE(check_token("0123456789abcdef"));
  EXPECT_FALSE(check_token("0123456789abcde"));
  EXPECT_FALSE(check_token("0123456789 abcdef"));
  EXPECT_FALSE(check_token(std::string(2000, 'a')));
}

}  // namespace
}  // namespace tunnelscope::live
