// What waits for receivers, across transactions that hold and that do not, and across processes.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "src/live/alert_document.hpp"
#include "src/live/outbox.hpp"

namespace tunnelscope::live {
namespace {

class Named : public Receiver {
 public:
  Named(std::string name, std::optional<std::chrono::seconds> repeat) : name_(std::move(name)), repeat_(repeat) {}
  const std::string& name() const override { return name_; }
  Request request(std::span<const Delivery>, diag::Time) const override { return {}; }
  std::optional<std::chrono::seconds> repeat() const override { return repeat_; }

 private:
  std::string name_;
  std::optional<std::chrono::seconds> repeat_;
};

diag::AlertChange change(const std::string& id, const std::string& key, diag::ChangeKind kind = diag::ChangeKind::Opened) {
  diag::AlertChange c{id, kind, 1000, {}};
  c.episode.key = key;
  c.episode.subject = "s \"\xff\n";
  c.episode.down = {"a", "b"};
  c.episode.start = 900;
  return c;
}

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() { open(); }
  ~OutboxTest() override {
    outbox_.reset();
    database_.reset();
    remove_files(path_);
  }

  static void remove_files(const std::string& path) {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  }

  void open() {
    outbox_.reset();
    database_.reset();
    database_.emplace(Database::open(path_).value());
    outbox_.emplace(*database_);
  }

  void put(const std::vector<diag::AlertChange>& changes, bool holds = true) {
    diag::Alerts alerts;
    alerts.told = told_;
    alerts.changes = changes;
    database_->begin();
    outbox_->put(alerts, receivers_);
    if (!holds) return database_->roll_back();
    ASSERT_TRUE(database_->commit());
  }

  std::string taken(diag::Time now = 0) {
    std::string text;
    for (const Due& d : outbox_->take(now)) text += d.receiver + " " + d.delivery.change.id + " " + std::to_string(d.attempts) + "\n";
    return text;
  }

  void settle(const std::string& receiver, const std::string& change_id, Outcome outcome, diag::Time next_try = 0) {
    database_->begin();
    const std::string reason = outcome == Outcome::Delivered ? "" : "why";
    outbox_->settle({{receiver, delivery_id(change_id, receiver), false, outcome, reason, next_try}}, 5000);
    ASSERT_TRUE(database_->commit());
  }

  std::string path_ = [] {
    const std::string path = ::testing::TempDir() + "/tunnelscope-outbox-" + std::to_string(getpid()) + ".db";
    remove_files(path);
    return path;
  }();
  Named hook_{"hook", {}}, manager_{"manager", std::chrono::seconds(60)};
  std::vector<const Receiver*> receivers_{&hook_};
  diag::Told told_;
  std::optional<Database> database_;
  std::optional<Outbox> outbox_;
};

TEST_F(OutboxTest, GivesTheEarliestOfEachEpisodeAndTheNextWhenThatIsDone) {
  put({change("1", "k"), change("2", "other"), change("3", "k", diag::ChangeKind::Resolved)});
  EXPECT_EQ(outbox_->take(0, 1).size(), 1U);
  EXPECT_EQ(taken(), "hook 2 0\n");
  EXPECT_EQ(taken(), "");
  settle("hook", "1", Outcome::Delivered);
  EXPECT_EQ(taken(), "hook 3 0\n");
}

TEST_F(OutboxTest, WaitsAsLongAsTheReceiverIsToBeLeftAlone) {
  put({change("1", "k")});
  taken();
  settle("hook", "1", Outcome::Failed, 700);
  EXPECT_EQ(taken(699), "");
  EXPECT_EQ(outbox_->next_due(699), 700);
  EXPECT_EQ(taken(700), "hook 1 1\n");
}

TEST_F(OutboxTest, WaitsNoLongerWhenTheMachinesClockIsSetBack) {
  put({change("1", "k")});
  taken(10'000'000);
  settle("hook", "1", Outcome::Failed, 10'001'000);
  EXPECT_EQ(taken(10'000'500), "");
  EXPECT_EQ(taken(500), "");
  EXPECT_EQ(outbox_->next_due(500), 1000);
  EXPECT_EQ(taken(1000), "hook 1 1\n");
}

TEST_F(OutboxTest, KeepsWhatWasGivenOutUntilItIsSettled) {
  put({change("1", "k")});
  EXPECT_EQ(taken(), "hook 1 0\n");
  open();
  EXPECT_EQ(taken(), "hook 1 0\n");
  settle("hook", "1", Outcome::Delivered);
  open();
  EXPECT_EQ(taken(), "");
}

TEST_F(OutboxTest, IgnoresAChangeThatItHasHad) {
  put({change("1", "k")});
  taken();
  settle("hook", "1", Outcome::Delivered);
  put({change("1", "k")});
  EXPECT_EQ(taken(), "");
}

TEST_F(OutboxTest, ForgetsATransactionThatDidNotHold) {
  put({change("1", "k")}, false);
  EXPECT_EQ(taken(), "");
}

TEST_F(OutboxTest, GoesOnAfterADeliveryThatIsRefused) {
  put({change("1", "k"), change("2", "k", diag::ChangeKind::Resolved)});
  taken();
  settle("hook", "1", Outcome::Refused);
  EXPECT_EQ(taken(), "hook 2 0\n");
  const ReceiverStatus status = outbox_->status(receivers_).at(0);
  EXPECT_EQ(status.refused, 1U);
  EXPECT_EQ(status.waiting, 1U);
  EXPECT_EQ(status.trouble, "why");
}

TEST_F(OutboxTest, RemembersWhatWasTold) {
  told_.until = 1234;
  told_.open = {change("1", "k").episode};
  told_.open[0].subject = "vpn-1";
  told_.over = {{"k", 1, 2}, {"l", 3, 4}};
  put({});
  open();
  EXPECT_EQ(outbox_->told(), told_);
}

TEST_F(OutboxTest, RepeatsWhatLastsToThoseWhoForgetUnlessSomethingElseWaits) {
  receivers_ = {&hook_, &manager_};
  told_.open = {change("1", "k").episode};
  put({change("1", "k")});
  EXPECT_THAT(outbox_->repeats(told_, receivers_, 0), ::testing::IsEmpty());
  taken();
  settle("manager", "1", Outcome::Delivered);
  const auto repeats = outbox_->repeats(told_, receivers_, 1000);
  ASSERT_THAT(repeats, ::testing::SizeIs(1));
  EXPECT_EQ(repeats[0].receiver, "manager");
  EXPECT_TRUE(repeats[0].delivery.repeated);
  EXPECT_THAT(outbox_->repeats(told_, receivers_, 60'999), ::testing::IsEmpty());
  EXPECT_THAT(outbox_->repeats(told_, receivers_, 61'000), ::testing::SizeIs(1));
}

TEST(StoredAlerts, ThatAreDamagedAreAnError) {
  for (const char* text : {"", "[]", "{}", "[\"1\",9,0,[]]", "[\"1\",0,0,[\"k\",0,\"s\"]]", "[1,2"}) {
    EXPECT_FALSE(stored_change(text)) << text;
  }
}

}  // namespace
}  // namespace tunnelscope::live
