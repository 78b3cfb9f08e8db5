// The outbox and the courier without a watch, for tests/live/. In: stored changes, one a line on standard input; arguments STATE SECONDS
// RECEIVER... Out: all of them delivered, or SECONDS over, and what lasts told again as a watch does. On standard output how each receiver
// stands, one JSON object a line.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/live/alert_document.hpp"
#include "src/live/courier.hpp"
#include "src/live/outbox.hpp"

using namespace tunnelscope;
using namespace tunnelscope::live;

namespace {

diag::Time unix_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

[[noreturn]] void fail(const std::string& why) {
  std::cerr << why << "\n";
  std::exit(2);
}

struct Setup {
  std::vector<std::shared_ptr<const Receiver>> owned;
  std::vector<const Receiver*> receivers;
};

Setup receivers_of(char** begin, char** end) {
  Setup setup;
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  for (char** text = begin; text != end; ++text) {
    auto receiver = receiver_named(*text, environment);
    if (!receiver) fail(receiver.error().reason + ": " + receiver.error().hint);
    setup.owned.push_back(std::move(*receiver));
    setup.receivers.push_back(setup.owned.back().get());
  }
  return setup;
}

void put_input(Database& database, Outbox& outbox, const std::vector<const Receiver*>& receivers) {
  diag::Alerts alerts;
  alerts.told = outbox.told();
  for (std::string line; std::getline(std::cin, line);) {
    auto change = stored_change(line);
    if (!change) fail(change.error());
    std::erase_if(alerts.told.open, [&](const diag::Episode& e) { return e.key == change->episode.key; });
    if (change->kind != diag::ChangeKind::Resolved) alerts.told.open.push_back(change->episode);
    alerts.changes.push_back(std::move(*change));
  }
  database.begin();
  outbox.put(alerts, receivers);
  if (auto done = database.commit(); !done) fail(done.error().reason);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) fail("deliver STATE SECONDS RECEIVER...");
  auto database = Database::open(argv[1]);
  if (!database) fail(database.error().reason);
  const Setup setup = receivers_of(argv + 3, argv + argc);
  Outbox outbox(*database);
  put_input(*database, outbox, setup.receivers);

  CourierOptions options;
  options.connect_timeout = options.timeout = std::chrono::milliseconds(1000);
  options.first_backoff = std::chrono::milliseconds(50);
  options.longest_backoff = std::chrono::milliseconds(400);
  Courier courier(setup.owned, options, {});
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[2]));
  bool waiting = true;
  while (waiting && std::chrono::steady_clock::now() < end) {
    courier.send(outbox.take(unix_now()));
    courier.send(outbox.repeats(outbox.told(), setup.receivers, unix_now()));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    database->begin();
    outbox.settle(courier.attempts(), unix_now());
    if (auto done = database->commit(); !done) fail(done.error().reason);
    waiting = false;
    for (const ReceiverStatus& s : outbox.status(setup.receivers)) waiting = waiting || s.waiting > 0;
  }
  courier.stop(std::chrono::milliseconds(2000));
  for (const ReceiverStatus& s : outbox.status(setup.receivers)) {
    std::string trouble;
    app::append_json_string(trouble, s.trouble);
    std::cout << fmt::format("{{\"delivered\": {}, \"failed_attempts\": {}, \"refused\": {}, \"waiting\": {}, \"trouble\": {}}}\n",
                             s.delivered, s.failed_attempts, s.refused, s.waiting, trouble);
  }
}
