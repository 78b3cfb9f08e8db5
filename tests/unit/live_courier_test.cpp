// The courier against a server in this process: what goes together, what waits, what stops, and the heartbeat. tests/live/ has the many
// ways in which a receiver fails.
#include <gmock/gmock.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "src/live/courier.hpp"

namespace tunnelscope::live {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

class Server {
 public:
  Server() {
    server_.Post("/", [this](const httplib::Request& request, httplib::Response& response) {
      {
        const std::lock_guard lock(mutex_);
        bodies_.push_back(request.body);
      }
      if (request.body == "hang") std::this_thread::sleep_for(milliseconds(1500));
      response.status = request.body.find("bad") == std::string::npos ? 200 : 400;
    });
    server_.Get("/", [this](const httplib::Request&, httplib::Response&) { ++beats; });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Server() {
    server_.stop();
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }
  std::atomic<int> beats = 0;

 private:
  httplib::Server server_;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> bodies_;
  std::thread thread_;
};

// Sends the titles of what it is given.
class Titles : public Receiver {
 public:
  Titles(std::string url, std::size_t at_once, int a_minute) : url_(std::move(url)), at_once_(at_once), a_minute_(a_minute) {}
  const std::string& name() const override { return name_; }
  std::size_t most_at_once() const override { return at_once_; }
  int most_a_minute() const override { return a_minute_; }
  Request request(std::span<const Delivery> deliveries, diag::Time) const override {
    std::string body;
    for (const Delivery& d : deliveries) body += (body.empty() ? "" : ",") + d.change.episode.title;
    return {url_, {}, body, ""};
  }

 private:
  std::string name_ = "titles", url_;
  std::size_t at_once_;
  int a_minute_;
};

Due due(const std::string& title, const std::string& connection = "vpn-1") {
  Due d;
  d.receiver = "titles";
  d.delivery.id = d.delivery.change.id = d.delivery.change.episode.key = d.delivery.change.episode.title = title;
  d.delivery.change.episode.connection = connection;
  return d;
}

std::vector<Attempt> attempts_of(Courier& courier, std::size_t count) {
  std::vector<Attempt> all;
  for (int i = 0; i < 500 && all.size() < count; ++i) {
    for (Attempt& a : courier.attempts()) all.push_back(std::move(a));
    std::this_thread::sleep_for(milliseconds(10));
  }
  return all;
}

std::unique_ptr<Courier> courier_to(const Server& server, std::size_t at_once = 1, int a_minute = 1000, CourierOptions options = {}) {
  std::vector<std::shared_ptr<const Receiver>> receivers{std::make_shared<Titles>(server.url(), at_once, a_minute)};
  return std::make_unique<Courier>(std::move(receivers), std::move(options), nullptr);
}

TEST(CourierBatch, HoldsWhatIsOfOneConnection) {
  Server server;
  const auto courier = courier_to(server, 10);
  courier->send({due("hang", "")});
  std::this_thread::sleep_for(milliseconds(200));
  courier->send({due("a"), due("b", "vpn-2"), due("c"), due("d", "")});
  EXPECT_THAT(attempts_of(*courier, 5), ::testing::SizeIs(5));
  EXPECT_THAT(server.bodies(), ElementsAre("hang", "a,c", "b", "d"));
}

TEST(CourierBatch, ThatIsRefusedIsTriedOneByOne) {
  Server server;
  const auto courier = courier_to(server, 10);
  courier->send({due("hang", "")});
  std::this_thread::sleep_for(milliseconds(200));
  courier->send({due("a"), due("bad"), due("c")});
  const auto attempts = attempts_of(*courier, 4);
  EXPECT_THAT(server.bodies(), ElementsAre("hang", "a,bad,c", "a", "bad", "c"));
  ASSERT_THAT(attempts, ::testing::SizeIs(4));
  EXPECT_EQ(attempts[1].outcome, Outcome::Delivered);
  EXPECT_EQ(attempts[2].outcome, Outcome::Refused);
  EXPECT_EQ(attempts[3].outcome, Outcome::Delivered);
}

TEST(CourierLimit, KeepsBackWhatIsTooMuchForAMinute) {
  Server server;
  const auto courier = courier_to(server, 1, 3);
  courier->send({due("a"), due("b"), due("c"), due("d")});
  EXPECT_THAT(attempts_of(*courier, 3), ::testing::SizeIs(3));
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_THAT(server.bodies(), ElementsAre("a", "b", "c"));
}

TEST(CourierStop, DoesNotWaitLongerThanItMay) {
  Server server;
  auto courier = courier_to(server);
  courier->send({due("hang"), due("a")});
  std::this_thread::sleep_for(milliseconds(200));
  const auto before = std::chrono::steady_clock::now();
  courier->stop(milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(600));
  courier.reset();
  EXPECT_THAT(server.bodies(), ElementsAre("hang"));
}

TEST(CourierStop, DeliversWhatIsQueuedWhenThereIsTime) {
  Server server;
  auto courier = courier_to(server);
  courier->send({due("a"), due("b")});
  courier->stop(milliseconds(5000));
  EXPECT_THAT(courier->attempts(), ::testing::SizeIs(2));
}

TEST(CourierHeartbeat, BeatsWhileTheWatchIsAliveAndNotWhileItIsStale) {
  Server server;
  CourierOptions options;
  options.heartbeat = server.url();
  options.heartbeat_every = milliseconds(50);
  const auto courier = courier_to(server, 1, 1000, options);
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_EQ(server.beats, 0);
  courier->set_alive(true);
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_GE(server.beats, 3);
  courier->set_alive(false);
  std::this_thread::sleep_for(milliseconds(200));
  const int then = server.beats;
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(server.beats, then);
}

TEST(CourierSend, RefusesForAReceiverThatIsNoLongerNamed) {
  Courier courier({}, {}, nullptr);
  courier.send({due("a")});
  const auto attempts = courier.attempts();
  ASSERT_THAT(attempts, ::testing::SizeIs(1));
  EXPECT_EQ(attempts[0].outcome, Outcome::Refused);
}

}  // namespace
}  // namespace tunnelscope::live
