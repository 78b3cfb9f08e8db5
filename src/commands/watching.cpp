#include "src/commands/watching.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "diag/diagnose.hpp"
#include "src/commands/background.hpp"
#include "src/commands/common.hpp"
#include "src/commands/configured.hpp"
#include "src/commands/diagnosed.hpp"
#include "src/escape.hpp"
#include "src/live/receivers/receiver.hpp"
#include "src/live/watch.hpp"
#include "src/moment.hpp"
#include "src/project_file.hpp"
#include "src/redact.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::commands {
namespace {

using app::Console;
using app::Exit;
using app::Settings;
using app::UsageError;
using std::chrono::milliseconds;

constexpr milliseconds kRound{200};
constexpr milliseconds kLastDeliveries{10'000};  // how long couriers may try when the watch ends
constexpr std::size_t kMarkedRecords = 2000;     // of a tunnel's timeline, for the page

// Set by SIGINT and SIGTERM.
std::atomic<bool> stopped = false;
static_assert(std::atomic<bool>::is_always_lock_free);

class StopSignals {
 public:
  StopSignals() {
    stopped = false;
    for (std::size_t i = 0; i < std::size(kSignals); ++i) before_[i] = std::signal(kSignals[i], [](int) { stopped = true; });
  }
  ~StopSignals() {
    for (std::size_t i = 0; i < std::size(kSignals); ++i) std::signal(kSignals[i], before_[i]);
  }
  StopSignals(const StopSignals&) = delete;

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
  void (*before_[std::size(kSignals)])(int) = {};
};

template <class Unit>
diag::Duration counted_by_a_steady_clock() {
  return std::chrono::duration_cast<Unit>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

tl::expected<diag::Duration, UsageError> duration_of(const Settings& settings, std::string_view option, const std::string& text) {
  const auto moment = app::moment_of(text);
  if (moment && moment->kind == app::Moment::Kind::Before && moment->distance > 0) return moment->distance;
  return tl::unexpected(UsageError{fmt::format("{} {} is not a span of time", app::spelled(settings, option), app::for_terminal(text)), "5m, 24h or 1d12h"});
}

tl::expected<std::uint64_t, UsageError> megabytes_of(const Settings& settings, const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= 65536) return number << 20;
  return tl::unexpected(UsageError{fmt::format("{} {} is not a number of megabytes", app::spelled(settings, "--journal"), app::for_terminal(text)), "1 to 65536"});
}

// What the command line asks for, as far as nothing needs to be opened for it.
struct Plan {
  live::WatchOptions watch;
  diag::Options diagnose;
  std::vector<std::shared_ptr<const live::Receiver>> receivers;
  live::CourierOptions courier;
  Configured configured;
};

tl::expected<Plan, UsageError> plan_of(const Settings& settings, Console& console) {
  Plan plan;
  const auto take = [&](std::string_view option, const std::string& text, diag::Duration& to) -> tl::expected<void, UsageError> {
    if (text.empty()) return {};
    const auto read = duration_of(settings, option, text);
    if (!read) return tl::unexpected(read.error());
    to = *read;
    return {};
  };
  if (auto ok = take("--horizon", settings.horizon, plan.watch.journal.horizon); !ok) return tl::unexpected(ok.error());
  if (auto ok = take("--stable", settings.stable, plan.watch.stable); !ok) return tl::unexpected(ok.error());
  if (auto ok = take("--stale-after", settings.stale_after, plan.watch.stale_after); !ok) return tl::unexpected(ok.error());
  if (!settings.journal.empty()) {
    const auto bytes = megabytes_of(settings, settings.journal);
    if (!bytes) return tl::unexpected(bytes.error());
    plan.watch.journal.most_bytes = *bytes;
  }
  plan.watch.tunnel = settings.tunnel;
  if (!settings.until.empty()) {
    plan.watch.wants_health = true;
    plan.watch.routine_every = 5 * diag::kSecond;
  }
  auto maintenance = maintenance_of(settings, console);
  if (!maintenance) return tl::unexpected(maintenance.error());
  auto configured = read_configured(settings, console);
  if (!configured) return tl::unexpected(configured.error());
  plan.configured = std::move(*configured);
  plan.diagnose.maintenance = std::move(*maintenance);
  plan.diagnose.standby = settings.project->standby;
  plan.diagnose.facts = plan.configured.facts;
  plan.diagnose.marked_records = kMarkedRecords;
  const live::Environment environment = [&console](const std::string& name) -> std::optional<std::string> {
    std::string value = console.environment(name);
    return value.empty() ? std::nullopt : std::optional(std::move(value));
  };
  for (const std::string& text : settings.alerts) {
    auto receiver = live::receiver_named(text, environment);
    if (!receiver) return tl::unexpected(UsageError{receiver.error().reason, receiver.error().hint});
    plan.receivers.push_back(std::move(*receiver));
  }
  if (!settings.heartbeat.empty()) {
    const auto& variables = settings.from_environment;
    const bool is_seen = std::find(variables.begin(), variables.end(), "--heartbeat") == variables.end();
    auto url = live::url_named(settings.heartbeat, environment, is_seen);
    if (!url) return tl::unexpected(UsageError{fmt::format("{}: {}", app::spelled(settings, "--heartbeat"), url.error().reason), url.error().hint});
    plan.courier.heartbeat = std::move(*url);
  }
  return plan;
}

// The way of `diagnose`, for a journal.
class Diagnosis {
 public:
  Diagnosis(const std::vector<std::string>& names, const Settings& settings, const Plan& plan, const KnownFindings& known, const diag::Classifier& classifier,
            Console& console)
      : names_(names), plan_(plan), known_(known), classifier_(classifier), console_(console) {
    reading_.tunnel = settings.tunnel;
  }

  std::shared_ptr<const report::Document> at(std::vector<input::OpenInput> inputs, diag::Time now) const {
    diag::Intake intake(classifier_, {false, nullptr});
    auto document = std::make_shared<report::Document>();
    document->problems = input::read_open_inputs(std::move(inputs), reading_, intake);
    intake.finish();
    diag::Options options = plan_.diagnose;
    options.now = now;
    document->report = diag::diagnose(intake, classifier_, options);
    add_silent(document->report.inputs);
    complete(*document, plan_.configured, known_, console_.clock());
    app::clean(*document, nullptr);
    return document;
  }

 private:
  // Inputs that are followed, and of which nothing counts yet or any more.
  void add_silent(std::vector<diag::InputSummary>& inputs) const {
    for (const std::string& name : names_) {
      const bool known = std::any_of(inputs.begin(), inputs.end(), [&](const diag::InputSummary& i) { return i.path == name; });
      if (!known) inputs.push_back({name, {}, {}, 0, 0, false});
    }
    std::stable_sort(inputs.begin(), inputs.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  }

  const std::vector<std::string>& names_;
  input::ReadOptions reading_;
  const Plan& plan_;
  const KnownFindings& known_;
  const diag::Classifier& classifier_;
  Console& console_;
};

struct Opened {
  live::Database database;
  std::vector<std::unique_ptr<live::Source>> sources;
};

tl::unexpected<Exit> usage(Console& console, const UsageError& error) {
  app::complain(console, error.reason, error.hint);
  return tl::unexpected(Exit::Usage);
}

// Where only room is missing, the command line is not at fault: a service that ends so is started again.
tl::unexpected<Exit> unusable(const live::DatabaseFault& fault, const Settings& settings, Console& console) {
  const std::string what = settings.state.empty() ? "the state of this watch" : fmt::format("{} {}", app::spelled(settings, "--state"), app::for_terminal(settings.state));
  app::complain(console, fmt::format("{} cannot be used: {}", what, fault.reason), fault.passes ? "make room for it, and start this again" : "");
  return tl::unexpected(fault.passes ? Exit::Internal : Exit::Usage);
}

tl::expected<Opened, Exit> opened(const std::vector<std::string>& names, const Settings& settings, Console& console) {
  auto database = live::Database::open(settings.state);
  if (!database) return unusable(database.error(), settings, console);
  const auto cursors = live::Watch::cursors(*database);
  if (!cursors) return unusable(cursors.error(), settings, console);
  std::vector<std::unique_ptr<live::Source>> sources;
  for (const std::string& name : names) {
    const auto cursor = cursors->find(name);
    auto source = live::source_named(name, cursor == cursors->end() ? "" : cursor->second, settings, console.clock());
    if (!source) return usage(console, {source.error().reason, source.error().hint});
    sources.push_back(std::move(*source));
  }
  return Opened{std::move(*database), std::move(sources)};
}

void tell_undelivered(const live::ReceiverStatus& left, const Settings& settings, Console& console) {
  const std::string why = left.trouble.empty() ? "" : ": " + app::for_terminal(left.trouble);
  app::complain(console, fmt::format("{} did not take {} {}{}", app::for_terminal(left.name), left.waiting, left.waiting == 1 ? "alert" : "alerts", why),
                settings.state.empty() ? "with --state FILE they wait for the next watch" : "the next watch with this --state tries again");
}

}  // namespace

tl::expected<Ending, Exit> follow(std::string_view command, const Settings& settings, Console& console, const kb::Knowledge& knowledge,
                                  live::Board& board, const Companion& companion, const Observer& observer) {
  const auto plan = plan_of(settings, console);
  if (!plan) return usage(console, plan.error());
  if (!check_tunnel(settings, console)) return tl::unexpected(Exit::Usage);
  const auto inputs = inputs_of(settings, console, fmt::format("name files that grow or cloudwatch:GROUP, or pipe a log in: aws logs tail GROUP --follow | tunnelscope {}", command));
  if (!inputs) return tl::unexpected(inputs.error());
  const auto known = KnownFindings::of(settings, "diagnose", knowledge, false);
  if (!known) return usage(console, known.error());
  auto state = opened(*inputs, settings, console);
  if (!state) return tl::unexpected(state.error());
  if (companion.start && !companion.start()) return tl::unexpected(Exit::Usage);

  const StopSignals signals;
  const diag::Classifier classifier(knowledge);
  const Diagnosis diagnosis(*inputs, settings, *plan, *known, classifier, console);
  live::WatchDoors doors;
  doors.diagnose = [&](std::vector<input::OpenInput> open, diag::Time now) { return diagnosis.at(std::move(open), now); };
  doors.machine_clock = console.clock;
  doors.steady_clock = counted_by_a_steady_clock<milliseconds>;
  live::Watch watch(*inputs, std::move(state->sources), state->database, classifier, plan->watch, std::move(doors), plan->receivers, plan->courier, board);
  std::shared_ptr<const live::Snapshot> seen;
  Ending ending = Ending::InputsEnded;
  for (bool more = true; more;) {
    more = watch.round(kRound);
    if (stopped) {
      ending = Ending::Stopped;
      break;
    }
    if (companion.go_on && !companion.go_on()) {
      ending = Ending::SeenEnough;
      break;
    }
    const auto newest = board.newest();
    if (newest == nullptr || newest == seen) continue;
    seen = newest;
    if (!observer(*newest, watch.take_changes())) {
      ending = Ending::SeenEnough;
      break;
    }
  }
  for (const live::ReceiverStatus& left : watch.stop(ending == Ending::Stopped ? milliseconds(1000) : kLastDeliveries)) tell_undelivered(left, settings, console);
  board.close();
  if (companion.stop) companion.stop();
  return ending;
}

}  // namespace tunnelscope::commands
