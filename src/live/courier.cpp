// Tested by live_courier_test.cpp and tests/live/.
#include "src/live/courier.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <curl/curl.h>
#include <fmt/format.h>

#include "src/escape.hpp"

namespace tunnelscope::live {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMostOfAnswer = 512;
constexpr std::uint32_t kMostAttempts = 15;  // at an address that does not take alerts: about an hour, in which somebody may mend it

diag::Time unix_now() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// What came of one request. `status` 0: no answer.
struct Answer {
  long status = 0;
  std::string reason;                   // empty: it was taken
  std::optional<milliseconds> wait;     // as the receiver asked
  bool aborted = false;
};

std::size_t keep_beginning(char* data, std::size_t, std::size_t size, void* answer) {
  auto& text = *static_cast<std::string*>(answer);
  text.append(data, std::min(size, kMostOfAnswer - text.size()));
  return size;
}

int stop_if_told(void* stopped, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<std::atomic<bool>*>(stopped)->load() ? 1 : 0;
}

struct EasyCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void mask(std::string& text, std::string_view secret) {
  constexpr std::string_view kMask = "[secret]";
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kMask.size())) text.replace(at, secret.size(), kMask);
}

// Receivers like to repeat the path that they were asked for: of a URL, each part behind the host is a secret of its own.
std::string without(std::string text, std::string_view secret) {
  constexpr std::size_t kShortestPart = 6;
  if (secret.empty()) return text;
  mask(text, secret);
  const auto scheme = secret.find("://");
  if (scheme == std::string_view::npos) return text;
  for (auto from = secret.find('/', scheme + 3); from < secret.size();) {
    const auto end = std::min(secret.find_first_of("/?&=", from + 1), secret.size());
    const std::string_view part = secret.substr(from + 1, end - from - 1);
    if (part.size() >= kShortestPart) mask(text, part);
    from = end;
  }
  return text;
}

// One connection to one receiver, kept open between requests. Used by one thread.
class Line {
 public:
  Line(const CourierOptions& options, std::atomic<bool>& stopped) : handle_(curl_easy_init()), stopped_(stopped) {
    if (!handle_) return;
    CURL* const h = handle_.get();
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_USERAGENT, "tunnelscope/" TUNNELSCOPE_VERSION);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep_beginning);
    curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, stop_if_told);
    curl_easy_setopt(h, CURLOPT_XFERINFODATA, &stopped_);
  }

  Answer post(const Request& request) {
    if (!handle_) return {0, "libcurl could not be started: is the package libcurl4 installed?", {}, false};
    std::unique_ptr<curl_slist, ListCloser> headers(curl_slist_append(nullptr, "Expect:"));
    for (const std::string& header : request.headers) headers.reset(curl_slist_append(headers.release(), header.c_str()));
    CURL* const h = handle_.get();
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    Answer answer = perform(request.url, request.secret);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, nullptr);
    return answer;
  }

  Answer get(const std::string& url) {
    if (!handle_) return {0, "libcurl could not be started: is the package libcurl4 installed?", {}, false};
    curl_easy_setopt(handle_.get(), CURLOPT_HTTPGET, 1L);
    return perform(url, url);
  }

 private:
  Answer perform(const std::string& url, const std::string& secret) {
    CURL* const h = handle_.get();
    std::string text;
    std::array<char, CURL_ERROR_SIZE> why{};
    curl_easy_setopt(h, CURLOPT_URL, url.c_str());
    curl_easy_setopt(h, CURLOPT_WRITEDATA, &text);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, why.data());
    const CURLcode code = curl_easy_perform(h);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, nullptr);
    Answer answer;
    answer.aborted = code == CURLE_ABORTED_BY_CALLBACK;
    if (code != CURLE_OK) {
      answer.reason = app::for_terminal(without(why[0] != '\0' ? why.data() : curl_easy_strerror(code), secret));
      return answer;
    }
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_off_t seconds = 0;
    if (curl_easy_getinfo(h, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
      answer.wait = std::chrono::seconds(std::min<curl_off_t>(seconds, 3600));
    if (answer.status / 100 != 2) {
      const std::string said = app::for_terminal(without(text, secret));
      answer.reason = fmt::format("it answered {}{}{}", answer.status, said.empty() ? "" : ": ", app::first_bytes(said, 200));
    }
    return answer;
  }

  std::unique_ptr<CURL, EasyCloser> handle_;
  std::atomic<bool>& stopped_;
};

enum class Hope : std::uint8_t { Soon, IfMended, Never };

// Whether the same request may be taken later. An address that is wrong, or a key that was withdrawn, may be put right.
Hope hope_of(long status) {
  switch (status) {
    case 400: case 413: case 414: case 415: case 422: return Hope::Never;
    case 408: case 425: case 429: return Hope::Soon;
    default: return status >= 300 && status < 500 ? Hope::IfMended : Hope::Soon;
  }
}

// Sends to one receiver, on a thread of its own.
class Round {
 public:
  using Done = std::function<void(std::vector<Attempt>)>;

  Round(std::shared_ptr<const Receiver> receiver, const CourierOptions& options, Done done)
      : receiver_(std::move(receiver)), options_(options), done_(std::move(done)), random_(std::random_device{}()),
        thread_([this] { run(); }) {}

  ~Round() {
    stop(milliseconds(0));
    thread_.join();
  }

  const std::string& name() const { return receiver_->name(); }

  void add(Due due) {
    const std::lock_guard lock(mutex_);
    if (!closed_) queue_.push_back(std::move(due));
    changed_.notify_all();
  }

  // Nothing more is taken. What is queued goes on until `limit` is over.
  void stop(milliseconds limit) {
    std::unique_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, limit, [&] { return queue_.empty() && !busy_; });
    queue_.clear();
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  void run() {
    Line line(options_, stopped_);
    while (true) {
      std::vector<Due> batch = next();
      if (batch.empty()) return;
      std::vector<Attempt> attempts = deliver(line, batch);
      if (!attempts.empty()) done_(std::move(attempts));
      const std::lock_guard lock(mutex_);
      busy_ = false;
      changed_.notify_all();
    }
  }

  // Waits for something to send and for leave to send it; empty: it is time to stop.
  std::vector<Due> next() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return closed_ || !queue_.empty(); });
      if (stopped_ || queue_.empty()) return {};
      const Clock::time_point leave = next_leave();
      if (leave <= Clock::now()) break;
      changed_.wait_until(lock, leave, [&] { return stopped_.load(); });
    }
    sent_.push_back(Clock::now());
    busy_ = true;
    return batch();
  }

  // The first of the queue and what may go with it, of each episode in order.
  std::vector<Due> batch() {
    std::vector<Due> batch;
    std::set<std::string> left;
    const std::size_t most = receiver_->most_at_once();
    for (auto it = queue_.begin(); it != queue_.end() && batch.size() < most;) {
      const diag::Episode& e = it->delivery.change.episode;
      if (left.contains(e.key) || (!batch.empty() && !go_together(batch.front(), *it))) {
        left.insert(e.key);
        ++it;
      } else {
        batch.push_back(std::move(*it));
        it = queue_.erase(it);
      }
    }
    return batch;
  }

  static bool go_together(const Due& a, const Due& b) {
    const std::string& connection = a.delivery.change.episode.connection;
    return (a.delivery.repeated && b.delivery.repeated) || (!connection.empty() && connection == b.delivery.change.episode.connection);
  }

  Clock::time_point next_leave() {
    const Clock::time_point now = Clock::now();
    while (!sent_.empty() && now - sent_.front() >= std::chrono::minutes(1)) sent_.pop_front();
    if (sent_.size() < static_cast<std::size_t>(receiver_->most_a_minute())) return now;
    return sent_.front() + std::chrono::minutes(1);
  }

  // A batch that is refused is tried one by one: one that cannot be taken must not take the others with it.
  std::vector<Attempt> deliver(Line& line, const std::vector<Due>& batch) {
    std::vector<Delivery> deliveries;
    for (const Due& due : batch) deliveries.push_back(due.delivery);
    const Answer answer = line.post(receiver_->request(deliveries, unix_now()));
    if (answer.aborted) return {};
    if (batch.size() > 1 && hope_of(answer.status) == Hope::Never) return deliver_singly(line, batch);
    std::vector<Attempt> attempts;
    for (const Due& due : batch) attempts.push_back(attempt(due, answer));
    return attempts;
  }

  std::vector<Attempt> deliver_singly(Line& line, const std::vector<Due>& batch) {
    std::vector<Attempt> attempts;
    for (const Due& due : batch) {
      std::vector<Attempt> one = deliver(line, {due});
      attempts.insert(attempts.end(), one.begin(), one.end());
    }
    return attempts;
  }

  Attempt attempt(const Due& due, const Answer& answer) {
    Attempt a{name(), due.delivery.id, due.delivery.repeated, Outcome::Delivered, answer.reason, 0};
    if (answer.reason.empty()) return a;
    const Hope hope = answer.status == 0 ? Hope::Soon : hope_of(answer.status);
    a.outcome = hope == Hope::Never || (hope == Hope::IfMended && due.attempts + 1 >= kMostAttempts) ? Outcome::Refused : Outcome::Failed;
    if (a.outcome == Outcome::Refused)
      a.reason = fmt::format("given up after {} attempt{}: {}", due.attempts + 1, due.attempts == 0 ? "" : "s", a.reason);
    a.next_try = unix_now() + std::max(backoff(due.attempts), answer.wait.value_or(milliseconds(0))).count();
    return a;
  }

  // Doubles with each attempt; the upper half of it is left to chance, so that not all come back at once.
  milliseconds backoff(std::uint32_t attempts) {
    const auto longest = options_.longest_backoff.count();
    const auto whole = std::min(longest, options_.first_backoff.count() << std::min<std::uint32_t>(attempts, 20));
    return milliseconds(std::uniform_int_distribution<std::int64_t>(whole / 2, whole)(random_));
  }

  const std::shared_ptr<const Receiver> receiver_;
  const CourierOptions& options_;
  const Done done_;
  std::mt19937_64 random_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Due> queue_;
  std::deque<Clock::time_point> sent_;  // in the last minute
  bool busy_ = false, closed_ = false;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

// Asks for a URL again and again while it is told that all is well.
class Heartbeat {
 public:
  explicit Heartbeat(const CourierOptions& options) : options_(options), thread_([this] { run(); }) {}
  ~Heartbeat() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  void set_alive(bool alive) {
    const std::lock_guard lock(mutex_);
    alive_ = alive;
    changed_.notify_all();
  }

 private:
  void run() {
    Line line(options_, stopped_);
    std::unique_lock lock(mutex_);
    while (!stopped_) {
      changed_.wait(lock, [&] { return stopped_ || alive_; });
      if (stopped_) return;
      lock.unlock();
      line.get(options_.heartbeat);
      lock.lock();
      changed_.wait_for(lock, options_.heartbeat_every, [&] { return stopped_.load(); });
    }
  }

  const CourierOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool alive_ = false;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

}  // namespace

struct Courier::Impl {
  CourierOptions options;
  std::function<void()> wake;
  std::mutex mutex;
  std::vector<Attempt> attempts;
  std::map<std::string, std::unique_ptr<Round>> rounds;  // by receiver; they end before what they use
  std::unique_ptr<Heartbeat> heartbeat;

  void done(std::vector<Attempt> list) {
    {
      const std::lock_guard lock(mutex);
      attempts.insert(attempts.end(), list.begin(), list.end());
    }
    if (wake) wake();
  }
};

Courier::Courier(std::vector<std::shared_ptr<const Receiver>> receivers, CourierOptions options, std::function<void()> wake)
    : impl_(std::make_unique<Impl>()) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  impl_->options = std::move(options);
  impl_->wake = std::move(wake);
  for (auto& receiver : receivers) {
    const std::string name = receiver->name();
    const auto done = [this](std::vector<Attempt> list) { impl_->done(std::move(list)); };
    impl_->rounds[name] = std::make_unique<Round>(std::move(receiver), impl_->options, done);
  }
  if (!impl_->options.heartbeat.empty()) impl_->heartbeat = std::make_unique<Heartbeat>(impl_->options);
}

Courier::~Courier() { stop(milliseconds(0)); }

void Courier::send(std::vector<Due> due) {
  std::vector<Attempt> unknown;
  for (Due& d : due) {
    const auto round = impl_->rounds.find(d.receiver);
    if (round != impl_->rounds.end()) {
      round->second->add(std::move(d));
    } else {
      unknown.push_back({d.receiver, d.delivery.id, d.delivery.repeated, Outcome::Refused, "this receiver is no longer named", 0});
    }
  }
  if (!unknown.empty()) impl_->done(std::move(unknown));
}

std::vector<Attempt> Courier::attempts() {
  const std::lock_guard lock(impl_->mutex);
  return std::exchange(impl_->attempts, {});
}

void Courier::set_alive(bool alive) {
  if (impl_->heartbeat) impl_->heartbeat->set_alive(alive);
}

void Courier::stop(milliseconds limit) {
  const Clock::time_point end = Clock::now() + limit;
  impl_->heartbeat.reset();
  for (auto& [name, round] : impl_->rounds)
    round->stop(std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(end - Clock::now())));
}

}  // namespace tunnelscope::live
