// The server over a board made by hand, asked through sockets as friends and strangers would.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "src/live/server.hpp"
#include "tests/unit/live_snapshot.hpp"

namespace tunnelscope::live {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kPatience = 10s;  // of a test, with what must come

class Client {
 public:
  explicit Client(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~Client() { close(socket_); }
  Client(Client&& other) noexcept : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_), text_(std::move(other.text_)) {}
  Client(const Client&) = delete;

  bool connected() const { return connected_; }
  bool say(std::string_view text) { return send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()); }
  bool get(const std::string& path, const std::string& headers = "") {
    return say("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  }
  // All that came, at least until `end` stands in it; "" for the end of the connection.
  std::string until(std::string_view end, std::chrono::milliseconds patience = kPatience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (end.empty() || text_.find(end) == std::string::npos) {
      if (!more(deadline)) break;
    }
    return text_;
  }
  bool is_closed(std::chrono::milliseconds patience = kPatience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (more(deadline)) {}
    return ended_;
  }
  std::string all() { return until(""); }

 private:
  bool more(std::chrono::steady_clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd one{socket_, POLLIN, 0};
    if (left <= 0 || poll(&one, 1, static_cast<int>(left)) != 1) return false;
    char buffer[65536];
    const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
    ended_ = got <= 0;
    if (got > 0) text_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_;
  bool connected_ = false, ended_ = false;
  std::string text_;
};

ServerLimits small() {
  ServerLimits limits;
  limits.connections = 24;
  limits.streams = 8;
  limits.request_time = 1s;
  limits.idle = 5s;
  limits.patience = 600ms;
  limits.repeat = 200ms;
  return limits;
}

class TheServer : public ::testing::Test {
 protected:
  TheServer() : site_(board_, {true, [](const std::string& id) -> std::optional<std::string> {
                                 return id == "psk-mismatch" ? std::optional<std::string>("{\"id\": \"psk-mismatch\"}\n") : std::nullopt;
                               }, [this] { return clock_.load(); }}) {
    board_.publish(test::ill_snapshot(7));
    start(small());
  }
  void start(const ServerLimits& limits, const std::string& token = "") {
    server_.reset();
    auto started = Server::start({*listen_address("127.0.0.1:0"), token}, site_, limits);
    ASSERT_TRUE(started) << started.error();
    server_ = std::move(*started);
  }
  Client client() const { return Client(server_->port()); }
  std::string ask(const std::string& path, const std::string& headers = "") const {
    Client c = client();
    c.get(path, headers + "Connection: close\r\n");
    return c.all();
  }
  std::string say(const std::string& request) const {
    Client c = client();
    c.say(request);
    return c.all();
  }
  static std::string body_of(const std::string& answer) { return answer.substr(std::min(answer.find("\r\n\r\n") + 4, answer.size())); }

  std::atomic<diag::Time> clock_ = test::at(62);
  Board board_;
  Site site_;
  std::unique_ptr<Server> server_;
};

TEST_F(TheServer, GivesTheReportOfTheContract) {
  const std::string answer = ask("/api/report");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_EQ(body_of(answer), report::to_json(*board_.newest()->document, {}));
}

TEST_F(TheServer, GivesAnEntryOfTheKnowledgeBaseAndNoOther) {
  EXPECT_EQ(body_of(ask("/api/explain/psk-mismatch")), "{\"id\": \"psk-mismatch\"}\n");
  EXPECT_THAT(ask("/api/explain/nothing"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(ask("/api/explain/"), StartsWith("HTTP/1.1 404"));
}

TEST_F(TheServer, GivesAPageThatLoadsNothingFromElsewhere) {
  const std::string answer = ask("/");
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"));
  EXPECT_THAT(answer, HasSubstr("X-Frame-Options: DENY\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Access-Control")));
  EXPECT_THAT(answer, HasSubstr("id=\"live\""));
}

TEST_F(TheServer, SendsNothingTwice) {
  const std::string first = ask("/api/report");
  const std::size_t at = first.find("ETag: ") + 6;
  const std::string etag = first.substr(at, first.find('\r', at) - at);
  for (const std::string& known : {etag, "\"other\", " + etag, "\"a,b\",W/" + etag + " , \"c\"", "\"other\"\r\nIf-None-Match: " + etag, std::string("*")})
    EXPECT_THAT(ask("/api/report", "If-None-Match: " + known + "\r\n"), StartsWith("HTTP/1.1 304")) << known;
  for (const std::string& other : {etag.substr(1, etag.size() - 2), "\"x" + etag.substr(1), etag.substr(0, etag.size() - 1), "w/" + etag, std::string(","), std::string("\"")})
    EXPECT_THAT(ask("/api/report", "If-None-Match: " + other + "\r\n"), StartsWith("HTTP/1.1 200")) << other;
  board_.publish(test::ill_snapshot(8));
  EXPECT_THAT(ask("/api/report", "If-None-Match: " + etag + "\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(TheServer, RefusesAHeadThatOthersMayReadOtherwiseAndWhatFollowsIt) {
  const std::string next = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  for (const std::string_view head : {"Host : localhost", "Host: localhost\r\n evil.example", "Host: localhost\r\n\tHost: evil.example", "Host: localhost\r\nnothing"}) {
    const std::string answer = say(fmt::format("GET /api/report HTTP/1.1\r\n{}\r\n\r\n", head) + next);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400")) << head;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << head;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << head;
  }
  EXPECT_THAT(say("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(TheServer, AnswersHeadWithoutABody) {
  const std::string answer = say("HEAD /api/report HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(TheServer, IsHealthyUntilTheWatchIsStaleOrSilent) {
  EXPECT_THAT(ask("/healthz"), StartsWith("HTTP/1.1 200"));
  clock_ = test::at(120);
  EXPECT_THAT(ask("/healthz"), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(Json::parse(body_of(ask("/healthz")))["reason"], "the watch has taken no step for 58 min 30 s");
  clock_ = test::at(62);
  Snapshot stale = *test::ill_snapshot(8);
  stale.stale = "ike.log has not grown for an hour";
  board_.publish(std::make_shared<const Snapshot>(stale));
  EXPECT_EQ(Json::parse(body_of(ask("/healthz")))["reason"], "ike.log has not grown for an hour");
}

TEST_F(TheServer, SaysThatNothingHasBeenReadYet) {
  Board empty;
  const Site site(empty, {false, {}, [] { return test::at(0); }});
  const auto server = Server::start({*listen_address("127.0.0.1:0"), ""}, site, small());
  ASSERT_TRUE(server);
  Client c((*server)->port());
  c.get("/healthz", "Connection: close\r\n");
  EXPECT_THAT(c.all(), StartsWith("HTTP/1.1 503"));
}

TEST_F(TheServer, OfAWatchHasMetricsAndHealthAlone) {
  const Site site(board_, {false, {}, [] { return test::at(60); }});
  for (const Route& route : routes()) {
    const Answer answer = site.answer(std::string(route.path), "");
    EXPECT_EQ(answer.status, route.of_pages ? 404 : 200) << route.path;
  }
}

TEST_F(TheServer, TellsOfEachVersionAndIsNeverSilent) {
  Client c = client();
  c.get("/api/events");
  EXPECT_THAT(c.until("event: changed\nid: 7\n"), HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(c.until("event: alive\nid: 7\n"), HasSubstr("\"stale\":null"));
  board_.publish(test::ill_snapshot(8));
  EXPECT_THAT(c.until("event: changed\nid: 8\n"), HasSubstr("id: 8\n"));
}

TEST_F(TheServer, EndsItsStreamsWhenItEnds) {
  Client c = client();
  c.get("/api/events");
  c.until("event: changed");
  server_.reset();
  EXPECT_TRUE(c.is_closed());
}

TEST_F(TheServer, HasRoomForSoManyStreamsAndStillAnswersOthers) {
  std::vector<Client> streams;
  for (int i = 0; i < 200; ++i) {
    streams.push_back(client());
    streams.back().get("/api/events");
  }
  EXPECT_THAT(ask("/healthz"), StartsWith("HTTP/1.1 200"));
  int open = 0;
  for (Client& c : streams) open += c.until("\r\n").starts_with("HTTP/1.1 200") ? 1 : 0;
  EXPECT_EQ(open, 8);
  streams.clear();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  bool again = false;
  while (!again && std::chrono::steady_clock::now() < deadline) {
    Client c = client();
    c.get("/api/events");
    again = c.until("\r\n").starts_with("HTTP/1.1 200");
  }
  EXPECT_TRUE(again) << "streams whose clients have gone keep their places";
}

TEST_F(TheServer, LetsNobodyInByWaiting) {
  std::vector<Client> idle;
  for (int i = 0; i < 200; ++i) {
    idle.push_back(client());
    if (i % 2 == 0) idle.back().say("GET /healthz HT");
  }
  EXPECT_THAT(ask("/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(TheServer, CutsOffARequestThatNeverEnds) {
  Client c = client();
  c.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n");
  EXPECT_TRUE(c.is_closed(8s));
}

TEST_F(TheServer, CutsOffAClientThatDoesNotTakeItsAnswer) {
  test::ReportBuilder builder = test::ill_builder();
  builder.finding("psk-mismatch", "t", kb::Severity::Critical).explanation = std::string(30'000'000, 'x');
  board_.publish(std::make_shared<const Snapshot>(test::snapshot_of(builder, 9)));
  Client c = client();
  c.get("/api/report");
  EXPECT_THAT(ask("/healthz"), StartsWith("HTTP/1.1 200"));
  std::this_thread::sleep_for(1500ms);  // longer than the server's patience
  EXPECT_TRUE(c.is_closed());
  EXPECT_LT(c.all().size(), 30'000'000u);
}

struct Bad {
  const char* what;
  std::string request;
  const char* status;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.what; }

class ABadRequest : public TheServer, public ::testing::WithParamInterface<Bad> {};
TEST_P(ABadRequest, IsRefused) {
  EXPECT_THAT(say(GetParam().request), StartsWith(std::string("HTTP/1.1 ") + GetParam().status));
  EXPECT_THAT(ask("/healthz"), StartsWith("HTTP/1.1 200"));
}

std::string many_headers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "X: y\r\n";
  return text;
}
const std::string kClose = "Host: localhost\r\nConnection: close\r\n";
INSTANTIATE_TEST_SUITE_P(
    OfEachKind, ABadRequest,
    ::testing::Values(Bad{"another name", "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", "421"},
                      Bad{"no name", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400"},
                      Bad{"two names", "GET / HTTP/1.1\r\nHost: localhost\r\n" + kClose + "\r\n", "400"},
                      Bad{"another origin", "GET / HTTP/1.1\r\nOrigin: http://evil.example\r\n" + kClose + "\r\n", "403"},
                      Bad{"another method", "POST / HTTP/1.1\r\nContent-Length: 5\r\n" + kClose + "\r\nhello", "405"},
                      Bad{"a preflight", "OPTIONS /api/report HTTP/1.1\r\nOrigin: http://evil.example\r\n" + kClose + "\r\n", "405"},
                      Bad{"a body", "GET / HTTP/1.1\r\nContent-Length: 40\r\n" + kClose + "\r\nGET /healthz HTTP/1.1\r\n\r\n", "413"},
                      Bad{"a body in chunks", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kClose + "\r\n0\r\n\r\n", "413"},
                      Bad{"too many headers", "GET / HTTP/1.1\r\n" + kClose + many_headers(100) + "\r\n", "431"},
                      Bad{"headers that are too long", "GET / HTTP/1.1\r\n" + kClose + many_headers(10'000) + "\r\n", "431"},
                      Bad{"an address that is too long", "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n" + kClose + "\r\n", "431"},
                      Bad{"no HTTP", "hello\r\n\r\n", "400"}, Bad{"a way out", "GET /../../etc/passwd HTTP/1.1\r\n" + kClose + "\r\n", "404"},
                      Bad{"a way out in disguise", "GET /%2e%2e/%2fetc/passwd HTTP/1.1\r\n" + kClose + "\r\n", "404"}));

TEST_F(TheServer, WithATokenTellsNothingWithoutIt) {
  start(small(), "correct-horse-battery");
  for (const Route& route : routes()) {
    const std::string answer = ask(std::string(route.path));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 401")) << route.path;
    EXPECT_THAT(answer, HasSubstr("WWW-Authenticate: Basic"));
  }
  EXPECT_THAT(ask("/api/report", "Authorization: Bearer correct-horse-battery\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(TheServer, SharesItsPortWithNobody) {
  const auto second = Server::start({*listen_address(fmt::format("127.0.0.1:{}", server_->port())), ""}, site_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), "Address already in use");
}

}  // namespace
}  // namespace tunnelscope::live
