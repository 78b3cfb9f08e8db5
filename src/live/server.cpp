// The protocol is the library's; connections are ours: who is let in, how long he may take, and on which thread he is served.
#include "src/live/server.hpp"

#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#include <fmt/format.h>

namespace tunnelscope::live {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMostRequests = 1000;  // of a connection
constexpr milliseconds kFarewell{500};
constexpr milliseconds kWaitForRoom{1000};  // while all are being answered; others wait in the kernel's queue
// So long a guest may stay that asks nothing though others want its place: for its first request, and for another.
constexpr milliseconds kWaitForFirst{500}, kWaitForRequest{250};

int left_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, 1 << 30));
}

// Waits for one of `events`; false: the time is over.
bool is_ready(int socket, short events, Clock::time_point deadline) {
  for (;;) {
    pollfd one{socket, events, 0};
    const int ready = poll(&one, 1, left_until(deadline));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

// Something has come that was not read yet: a request, most likely.
bool has_asked(int socket) {
  char one = 0;
  return recv(socket, &one, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

// Who is connected. A guest that waits, with no request or half of one, makes room for another.
class Guests {
 public:
  enum class Doing { Waiting, Answered, Leaving };
  struct Guest {
    int socket;
    Doing doing = Doing::Waiting;
    bool was_answered = false;
    Clock::time_point since = Clock::now();
  };
  using Ticket = std::list<Guest>::iterator;

  Guests(std::size_t most, std::size_t most_streams) : most_(most), most_streams_(most_streams) {}

  // nullopt: all are being answered, and go on to be.
  std::optional<Ticket> enter(int socket) {
    std::unique_lock lock(mutex_);
    const auto deadline = Clock::now() + kWaitForRoom;
    while (!closed_ && staying() >= most_ && !send_one_away()) {
      if (Clock::now() >= deadline) return std::nullopt;
      changed_.wait_for(lock, kWaitForRequest / 10);
    }
    if (closed_) return std::nullopt;
    all_.push_front({socket});
    return all_.begin();
  }
  // The socket is closed here, so that nobody shuts down another's with the same number.
  void leave(Ticket guest) {
    const std::lock_guard lock(mutex_);
    ::close(guest->socket);
    all_.erase(guest);
    changed_.notify_all();
  }
  void now(Ticket guest, Doing doing) {
    const std::lock_guard lock(mutex_);
    if (guest->doing == Doing::Leaving) return;
    guest->doing = doing;
    guest->was_answered = guest->was_answered || doing == Doing::Answered;
    guest->since = Clock::now();
    if (doing == Doing::Waiting) changed_.notify_all();
  }

  bool begin_stream() {
    const std::lock_guard lock(mutex_);
    if (streams_ >= most_streams_) return false;
    ++streams_;
    return true;
  }
  void end_stream() {
    const std::lock_guard lock(mutex_);
    --streams_;
  }

  // Nobody enters any longer, and all have left.
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    for (Guest& guest : all_) send_away(guest);
    changed_.wait(lock, [this] { return all_.empty(); });
  }

 private:
  static void send_away(Guest& guest) {
    guest.doing = Doing::Leaving;
    shutdown(guest.socket, SHUT_RDWR);
  }
  std::size_t staying() const {
    return static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), [](const Guest& g) { return g.doing != Doing::Leaving; }));
  }
  bool send_one_away() {
    auto longest = all_.end();
    for (auto guest = all_.begin(); guest != all_.end(); ++guest) {
      const bool is_longer = guest->doing == Doing::Waiting && (longest == all_.end() || guest->since < longest->since);
      if (is_longer && !has_asked(guest->socket)) longest = guest;
    }
    if (longest == all_.end()) return false;
    if (Clock::now() - longest->since < (longest->was_answered ? kWaitForRequest : kWaitForFirst)) return false;
    send_away(*longest);
    return true;
  }

  const std::size_t most_, most_streams_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Guest> all_;
  std::size_t streams_ = 0;
  bool closed_ = false;
};

// A socket with limits: how much a request may hold, and how long it and its answer may take.
class Connection : public httplib::Stream {
 public:
  Connection(int socket, const ServerLimits& limits) : socket_(socket), limits_(limits) {}

  // Waits for the first byte of the next request. False: none comes.
  bool next() {
    if (begin_ < end_) return begin_request();
    return is_ready(socket_, POLLIN, Clock::now() + limits_.idle) && begin_request();
  }
  bool is_too_large() const { return is_too_large_; }
  bool is_malformed() const { return head_.malformed(); }
  void becomes_stream() { is_stream_ = true; }

  bool is_readable() const override { return begin_ < end_ || is_ready(socket_, POLLIN, Clock::now()); }
  bool is_writable() const override {
    pollfd one{socket_, POLLOUT | POLLRDHUP, 0};
    poll(&one, 1, 0);
    const bool gone = is_stream_ && (one.revents & POLLRDHUP) != 0;
    return !gone && (one.revents & (POLLERR | POLLHUP)) == 0;
  }

  ssize_t read(char* to, std::size_t size) override {
    is_too_large_ = is_too_large_ || bytes_left_ == 0;
    if (is_too_large_ || (begin_ == end_ && !fill())) return -1;
    size = std::min({size, end_ - begin_, bytes_left_});
    std::memcpy(to, buffer_.data() + begin_, size);
    begin_ += size;
    bytes_left_ -= size;
    std::for_each(to, to + size, [this](char c) { head_.see(c); });
    return static_cast<ssize_t>(size);
  }

  // All of it, or -1. What the library says of a request that is too large is not what we say.
  ssize_t write(const char* from, std::size_t size) override { return is_too_large_ ? -1 : put({from, size}); }

  ssize_t put(std::string_view text) {
    const auto deadline = Clock::now() + limits_.patience;
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t some = send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (some > 0) sent += static_cast<std::size_t>(some);
      else if (some < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) return -1;
      else if (!is_ready(socket_, POLLOUT, deadline)) return -1;
    }
    return static_cast<ssize_t>(text.size());
  }

  // A client that still sends would lose the answer if the socket were closed under it: for a moment what it sends is read away.
  void finish() {
    shutdown(socket_, SHUT_WR);
    const auto deadline = Clock::now() + kFarewell;
    while (is_ready(socket_, POLLIN, deadline) && recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT) > 0 && Clock::now() < deadline) {}
  }

  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

 private:
  bool begin_request() {
    deadline_ = Clock::now() + limits_.request_time;
    bytes_left_ = limits_.request_bytes;
    head_ = {};
    return true;
  }
  bool fill() {
    if (!is_ready(socket_, POLLIN, deadline_)) return false;
    const ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), 0);
    begin_ = 0;
    end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    return got > 0;
  }

  const int socket_;
  const ServerLimits& limits_;
  Clock::time_point deadline_{};
  std::size_t bytes_left_ = 0;
  HeadLines head_;
  bool is_stream_ = false, is_too_large_ = false;
  std::array<char, 4096> buffer_{};
  std::size_t begin_ = 0, end_ = 0;
};

// That of this thread: the library hands a request to its handler, not whence it came.
thread_local Connection* connection_here = nullptr;

// Accepting is quick: it makes a thread, or refuses.
class AtOnce : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override { task(); }
  void shutdown() override {}
};

void harden(httplib::Response& response, const std::string& policy) {
  response.set_header("Content-Security-Policy", policy.empty() ? "default-src 'none'; frame-ancestors 'none'" : policy);
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("X-Frame-Options", "DENY");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("Cross-Origin-Resource-Policy", "same-origin");
  response.set_header("Cross-Origin-Opener-Policy", "same-origin");
}

std::vector<std::string> values_of(const httplib::Request& request, const std::string& name) {
  std::vector<std::string> values;
  const auto [first, last] = request.headers.equal_range(name);
  for (auto header = first; header != last; ++header) values.push_back(header->second);
  return values;
}

// A list may stand in several headers.
std::string joined(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ", ") + value;
  return list;
}

Asker asker_of(const httplib::Request& request) {
  return {values_of(request, "Host"), values_of(request, "Origin"), request.get_header_value("Authorization"),
          request.get_header_value("Sec-Fetch-Site"), request.get_header_value("Sec-Fetch-Mode"), split_target(request.target, request.path).authority};
}

bool has_body(const httplib::Request& request) {
  return request.has_header("Transfer-Encoding") || (request.has_header("Content-Length") && request.get_header_value("Content-Length") != "0");
}

std::string reason_of(int error) { return std::generic_category().message(error); }

}  // namespace

class Server::Running : private httplib::Server {
 public:
  Running(const Door& door, const Site& site, const ServerLimits& limits)
      : door_(door), site_(site), limits_(limits), guests_(std::make_shared<Guests>(limits.connections, limits.streams)) {
    new_task_queue = [] { return new AtOnce; };
    set_keep_alive_timeout(std::chrono::duration_cast<std::chrono::seconds>(limits_.idle).count());
    set_keep_alive_max_count(kMostRequests);
    set_socket_options([](socket_t socket) {  // a port that another program listens on is not shared with it
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
      return HandlerResponse::Handled;
    });
  }
  ~Running() override {
    stopping_ = true;
    httplib::Server::stop();
    if (listener_.joinable()) listener_.join();
    guests_->close();
  }

  tl::expected<void, std::string> start() {
    errno = 0;
    port_ = door_.listen.port == 0 ? bind_to_any_port(door_.listen.host) : bind_to_port(door_.listen.host, door_.listen.port) ? door_.listen.port : -1;
    if (port_ <= 0) return tl::unexpected(errno == 0 ? std::string("there is no such address on this machine") : reason_of(errno));
    ::listen(svr_sock_, SOMAXCONN);  // the library's own queue is of five
    listener_ = std::thread([this] { listen_on(); });
    while (!is_running()) std::this_thread::sleep_for(milliseconds(1));  // before that, stop() would do nothing
    return {};
  }
  int port() const { return port_; }
  const Door& door() const { return door_; }

 private:
  // Until the end: the library leaves when the network fails it for a moment.
  void listen_on() {
    while (!stopping_) {
      if (listen_after_bind() || stopping_) return;
      std::this_thread::sleep_for(milliseconds(200));
      if (!stopping_) bind_to_port(door_.listen.host, port_);
    }
  }

  bool process_and_close_socket(socket_t socket) override {
    const auto guest = guests_->enter(socket);
    if (!guest) {
      turn_away(socket);
      return false;
    }
    try {
      std::thread([this, guests = guests_, ticket = *guest, socket] {
        serve(socket, *guests, ticket);
        guests->leave(ticket);
      }).detach();
    } catch (const std::system_error&) {  // no thread is to be had
      guests_->leave(*guest);
    }
    return true;
  }

  static void turn_away(socket_t socket) {
    constexpr std::string_view kFull = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    std::array<char, 4096> unread;  // would reset the connection, and the answer would be lost
    while (recv(socket, unread.data(), unread.size(), MSG_DONTWAIT) == static_cast<ssize_t>(unread.size())) {}
    send(socket, kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::close(socket);
  }

  void serve(socket_t socket, Guests& guests, Guests::Ticket ticket) {
    Connection connection(socket, limits_);
    connection_here = &connection;
    bool closing = false;
    for (std::size_t requests = 0; !closing && requests < kMostRequests && connection.next(); ++requests) {
      bool is_request = false;
      const bool done = process_request(connection, false, closing, [&](httplib::Request& request) {
        is_request = true;
        guests.now(ticket, Guests::Doing::Answered);
        request.ranges.clear();
        request.headers.erase("Accept-Encoding");
        closing = closing || has_body(request) || connection.is_malformed();
      });
      if (connection.is_too_large()) connection.put("HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      if (!done || !is_request) break;
      guests.now(ticket, Guests::Doing::Waiting);
    }
    connection.finish();
  }

  void answer(const httplib::Request& request, httplib::Response& response) {
    const bool is_malformed = connection_here->is_malformed();
    if (has_body(request) || is_malformed) response.set_header("Connection", "close");  // what follows is not read, and is no request
    if (is_malformed) return give(problem(400, "a header is not of the form NAME: VALUE on one line"), request, response);
    if (request.method != "GET" && request.method != "HEAD") {
      response.set_header("Allow", "GET, HEAD");
      return give(problem(405, "only GET and HEAD are answered"), request, response);
    }
    if (has_body(request)) return give(problem(413, "a request has no body here"), request, response);
    if (request.headers.size() > limits_.headers) return give(problem(431, "there are too many headers"), request, response);
    if (const auto refused = refusal(door_, asker_of(request))) {
      if (refused->status == 401) response.set_header("WWW-Authenticate", "Basic realm=\"tunnelscope\", charset=\"UTF-8\"");
      return give(problem(refused->status, refused->reason), request, response);
    }
    give(site_.answer(split_target(request.target, request.path).path, joined(values_of(request, "If-None-Match"))), request, response);
  }

  void give(const Answer& answer, const httplib::Request& request, httplib::Response& response) {
    response.status = answer.status;
    harden(response, answer.policy);
    response.set_header("Cache-Control", answer.etag.empty() ? "no-store" : "private, no-cache");
    if (!answer.etag.empty()) response.set_header("ETag", answer.etag);
    if (answer.status == 503) response.set_header("Retry-After", "5");
    if (answer.is_stream) return stream(request, response);
    if (answer.status == 304) return;
    response.set_content_provider(answer.body->size(), answer.type, [text = answer.body](std::size_t at, std::size_t length, httplib::DataSink& sink) {
      return sink.write(text->data() + at, length);
    });
  }

  void stream(const httplib::Request& request, httplib::Response& response) {
    if (!guests_->begin_stream()) return give(problem(503, "there are too many streams"), request, response);
    connection_here->becomes_stream();
    response.set_chunked_content_provider(
        "text/event-stream", [this, said = std::uint64_t{0}, begun = false](std::size_t, httplib::DataSink& sink) mutable {
          return next_event(sink, said, begun);
        },
        [guests = guests_](bool) { guests->end_stream(); });
  }

  // Waits for the board to say something new, or for the time to repeat what it said. False: the client has gone, or we are.
  bool next_event(httplib::DataSink& sink, std::uint64_t& said, bool& begun) {
    constexpr milliseconds kLook{500};  // how soon it is seen that a client has gone
    const auto repeat = Clock::now() + limits_.repeat;
    auto newest = site_.board().newest();
    while (begun && newest && newest->version == said && Clock::now() < repeat) {
      if (stopping_ || site_.board().closed() || !sink.is_writable()) return false;
      newest = site_.board().newer_than(said, std::min(kLook, limits_.repeat));
    }
    if (!newest || stopping_) return false;
    const std::string event = site_.event_of(*newest, begun && newest->version == said);
    begun = true;
    said = newest->version;
    return sink.write(event.data(), event.size());
  }

  const Door door_;
  const Site& site_;
  const ServerLimits limits_;
  const std::shared_ptr<Guests> guests_;
  std::atomic<bool> stopping_ = false;
  std::thread listener_;
  int port_ = 0;
};

Server::Server(std::unique_ptr<Running> running) : running_(std::move(running)) {}
Server::~Server() = default;

tl::expected<std::unique_ptr<Server>, std::string> Server::start(const Door& door, const Site& site, const ServerLimits& limits) {
  auto running = std::make_unique<Running>(door, site, limits);
  if (auto started = running->start(); !started) return tl::unexpected(started.error());
  return std::unique_ptr<Server>(new Server(std::move(running)));
}

std::uint16_t Server::port() const { return static_cast<std::uint16_t>(running_->port()); }

std::string Server::url() const {
  const std::string& host = running_->door().listen.host;
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}/", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port());
}

}  // namespace tunnelscope::live
