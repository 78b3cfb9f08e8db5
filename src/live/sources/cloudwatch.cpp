// Pages are fetched one at a time on a thread of their own, so that poll() keeps to its time however slow the service is.
#include "src/live/sources/cloudwatch.hpp"

#include <algorithm>
#include <cstdlib>
#include <future>
#include <random>
#include <thread>

#include "src/live/aws/ledger.hpp"
#include "src/moment.hpp"

namespace tunnelscope::live {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;
using Kind = PageFault::Kind;

constexpr int kMostDoublings = 6;
constexpr milliseconds kPatience{90'000};      // of one reading, while a fault may pass
constexpr std::size_t kChunk = std::size_t{256} << 10;

std::string_view trouble_kind(Kind kind) {
  switch (kind) {
    case Kind::Throttled: return "throttled";
    case Kind::Expired: return "token-expired";
    case Kind::Denied: return "access-denied";
    case Kind::Missing:
    case Kind::Other: return "unreadable";
    default: return "unreachable";
  }
}

// Longer after each fault, and never the same for two readers that were refused together.
class Backoff {
 public:
  explicit Backoff(milliseconds first) : first_(first) {}
  milliseconds next() {
    const auto longest = first_ * (1 << std::min(faults_++, kMostDoublings));
    return milliseconds(std::uniform_int_distribution<milliseconds::rep>(longest.count() / 2, longest.count())(random_));
  }
  void reset() { faults_ = 0; }

 private:
  milliseconds first_;
  int faults_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

class CloudwatchSource final : public Source {
 public:
  CloudwatchSource(std::string name, EventLedger ledger, const CloudwatchOptions& options, PageSource pages, std::function<diag::Time()> clock)
      : name_(std::move(name)), ledger_(std::move(ledger)), options_(options), pages_(std::move(pages)), clock_(std::move(clock)),
        backoff_(options.backoff) {}
  ~CloudwatchSource() override {
    if (fetching_.valid()) pages_.stop();  // the future waits for its thread
  }

  const std::string& name() const override { return name_; }
  std::string cursor() const override { return ledger_.cursor(); }
  bool past_backlog() const override { return ledger_.has_read_all(); }

  Poll poll(milliseconds wait, std::size_t most) override {
    const auto deadline = Steady::now() + wait;
    Poll poll;
    while (poll.lines.empty() && !ended_ && go_on(deadline)) give(most, poll);
    poll.trouble = trouble_;
    poll.caught_up = caught_up_;
    poll.ended = ended_;
    return poll;
  }

 private:
  // One step: waits for what is due next, and takes in a page when there is one. False: the time is over, or there is a fault to tell.
  bool go_on(Steady::time_point deadline) {
    if (waiting() > 0) return true;
    if (!fetching_.valid() && !fetch(deadline)) return false;
    if (fetching_.wait_until(deadline) != std::future_status::ready) return false;
    return take(fetching_.get());
  }

  std::size_t waiting() const { return page_.events.size() - next_; }

  bool fetch(Steady::time_point deadline) {
    std::this_thread::sleep_until(std::min(deadline, not_before_));
    if (Steady::now() < not_before_) return false;
    if (!reading_) start_ = ledger_.begin(clock_());
    reading_ = true;
    fetching_ = std::async(std::launch::async, [ask = pages_.page, request = PageRequest{start_, options_.until, page_.token}] { return ask(request); });
    not_before_ = Steady::now() + options_.between;
    return true;
  }

  bool take(PageResult result) {
    if (!result) return take_fault(result.error());
    backoff_.reset();
    trouble_.reset();
    page_ = std::move(*result);
    next_ = 0;
    page_is_last_ = page_.token.empty();
    return true;
  }

  bool take_fault(const PageFault& fault) {
    not_before_ = Steady::now() + backoff_.next();
    if (fault.kind == Kind::BadToken) {  // the round goes on at the last event given, with a token of its own
      page_ = {};
      next_ = 0;
      reading_ = false;
      return true;
    }
    trouble_ = Trouble{std::string(trouble_kind(fault.kind)), fault.reason, fault.hint};
    caught_up_ = false;
    return false;
  }

  // Hands out what is new of the page; only then does the ledger know of it, so that the cursor never runs ahead of the lines.
  void give(std::size_t most, Poll& poll) {
    Lines lines;
    lines.first_line = ledger_.given() + 1;
    for (; waiting() > 0; ++next_) {
      LogEvent& event = page_.events[next_];
      if (!ledger_.is_new(event.stamp)) continue;
      if (!lines.text.empty() && lines.text.size() + event.line.size() > most) break;
      ledger_.give(event.stamp);
      lines.text += event.line;
    }
    if (!lines.text.empty()) {
      caught_up_ = false;
      poll.lines.push_back(std::move(lines));
    }
    if (waiting() == 0 && page_is_last_) end_round();
  }

  void end_round() {
    ledger_.end(clock_());
    page_ = {};
    next_ = 0;
    page_is_last_ = reading_ = false;
    caught_up_ = true;
    ended_ = options_.once;
    not_before_ = std::max(not_before_, Steady::now() + options_.pause);
  }

  std::string name_;
  EventLedger ledger_;
  CloudwatchOptions options_;
  PageSource pages_;
  std::function<diag::Time()> clock_;

  bool reading_ = false;        // a round, from start_
  diag::Time start_ = 0;
  EventPage page_;              // the last one that came; its token leads to the next
  std::size_t next_ = 0;        // of its events, to give
  bool page_is_last_ = false;
  Steady::time_point not_before_{};
  Backoff backoff_;
  std::optional<Trouble> trouble_;
  bool caught_up_ = false, ended_ = false;
  std::future<PageResult> fetching_;  // the last member: its thread ends before the others go
};

// Lines of a source as bytes, until it has ended or a fault stays.
class SourceBytes final : public input::ByteSource {
 public:
  explicit SourceBytes(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  std::size_t read(char* to, std::size_t size) override {
    while (given_ == text_.size() && !ended_) refill();
    const std::size_t count = std::min(size, text_.size() - given_);
    std::copy_n(text_.data() + given_, count, to);
    given_ += count;
    return count;
  }
  std::string problem() const override { return trouble_ ? trouble_->reason : ""; }
  std::string hint() const override { return trouble_ ? trouble_->hint : ""; }

 private:
  void refill() {
    const Poll poll = source_->poll(milliseconds(1'000), kChunk);
    text_.clear();
    given_ = 0;
    for (const Lines& lines : poll.lines) text_ += lines.text;
    ended_ = poll.ended;
    if (!poll.trouble) {
      well_ = Steady::now();
      return;
    }
    if (may_pass(*poll.trouble)) return;
    trouble_ = poll.trouble;
    ended_ = true;
  }

  bool may_pass(const Trouble& trouble) const {
    const auto patience = trouble.kind == "throttled" ? kPatience : trouble.kind == "unreachable" ? kPatience / 6 : milliseconds(0);
    return Steady::now() - well_ < patience;
  }

  std::unique_ptr<Source> source_;
  std::string text_;
  std::size_t given_ = 0;
  bool ended_ = false;
  std::optional<Trouble> trouble_;
  Steady::time_point well_ = Steady::now();
};

diag::Time machine_clock() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string variable(std::string_view name) {
  const char* const value = std::getenv(std::string(name).c_str());
  return value == nullptr ? "" : value;
}

}  // namespace

tl::expected<std::unique_ptr<Source>, SourceError> make_cloudwatch_source(const std::string& name, const std::string& cursor,
                                                                          const CloudwatchOptions& options, PageSource pages,
                                                                          std::function<diag::Time()> clock) {
  EventLedger ledger(options.from, options.horizon);
  if (!cursor.empty()) {
    auto kept = EventLedger::from_cursor(cursor, options.horizon);
    if (!kept) return tl::unexpected(SourceError{"the place where reading had stopped cannot be read", "begin with another --state FILE"});
    ledger = std::move(*kept);
  }
  return std::make_unique<CloudwatchSource>(path_of_log_group(name), std::move(ledger), options, std::move(pages), std::move(clock));
}

tl::expected<std::unique_ptr<Source>, SourceError> make_cloudwatch_source(const std::string& name, const std::string& cursor,
                                                                          const CloudwatchOptions& options, const app::Environment& environment) {
  auto group = log_group_of(name, environment);
  if (!group) return tl::unexpected(group.error());
  const auto service = std::make_shared<LogEvents>(std::move(*group), environment, machine_clock);
  PageSource pages{[service](const PageRequest& request) { return service->page(request); }, [service] { service->stop(); }};
  return make_cloudwatch_source(name, cursor, options, std::move(pages), machine_clock);
}

tl::expected<std::unique_ptr<Source>, SourceError> make_cloudwatch_source(const std::string& name, const std::string& cursor,
                                                                          const app::Settings& settings, diag::Time now) {
  CloudwatchOptions options;
  if (const auto horizon = app::moment_of(settings.horizon); horizon && horizon->kind == app::Moment::Kind::Before) options.horizon = horizon->distance;
  options.from = now - options.horizon;
  return make_cloudwatch_source(name, cursor, options, variable);
}

tl::expected<std::unique_ptr<input::ByteSource>, SourceError> cloudwatch_bytes(const std::string& name, diag::Time from, diag::Time until,
                                                                               const app::Environment& environment) {
  CloudwatchOptions options;
  options.from = from;
  options.until = until;
  options.once = true;
  auto source = make_cloudwatch_source(name, "", options, environment);
  if (!source) return tl::unexpected(source.error());
  return std::make_unique<SourceBytes>(std::move(*source));
}

}  // namespace tunnelscope::live
