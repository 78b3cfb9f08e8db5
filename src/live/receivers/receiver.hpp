// Those whom a watch tells of alerts. In: a target as the user gave it, and changes of episodes. Out: HTTP requests for the courier;
// nothing is sent from here. One file a kind, one row each in receivers.cpp.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "diag/alerts.hpp"
#include "src/live/sources/source.hpp"

namespace tunnelscope::live {

// What is sent. Holds secrets: for the courier alone, neither shown nor stored.
struct Request {
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string body;                  // JSON
  std::string secret;                // must stand in no message; empty: it has none
};

// A change on its way to one receiver.
struct Delivery {
  std::string id;                    // constant: made of the change's id and the receiver's name. 16 hex digits
  diag::AlertChange change;
  bool repeated = false;             // says again that the episode lasts; lost without harm
};

// Made by receivers.cpp. Does not change; shared between threads.
class Receiver {
 public:
  virtual ~Receiver() = default;
  // As the user gave it, without secrets: "alertmanager:http://127.0.0.1:9093", "slack:@/run/secrets/slack-url". Deliveries that wait in
  // the outbox know it by this.
  virtual const std::string& name() const = 0;
  // One request for all of `deliveries`, of which there are 1 to most_at_once(), all of one connection or all repeated.
  // `now`: this machine's time in Unix milliseconds, for services that let an alert lapse by it.
  virtual Request request(std::span<const Delivery> deliveries, diag::Time now) const = 0;
  virtual std::size_t most_at_once() const { return 1; }
  // How often it must be told again that an episode lasts; empty: never.
  virtual std::optional<std::chrono::seconds> repeat() const { return std::nullopt; }
  // At most so many requests a minute; more wait.
  virtual int most_a_minute() const { return 60; }
};

// Reads environment variables.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// `text`: "KIND:TARGET". TARGET is a URL, or `@FILE` or `$VARIABLE` that hold the URL or key. The error says what to write, never the
// secret.
tl::expected<std::unique_ptr<Receiver>, SourceError> receiver_named(const std::string& text, const Environment& environment);

// A URL, `@FILE` or `$VARIABLE`, as for a receiver: the URL itself. `is_seen`: other users see the text, so it must hold no secret.
tl::expected<std::string, SourceError> url_named(const std::string& text, const Environment& environment, bool is_seen = true);

// "alertmanager", "pagerduty", ...: for help and completions.
std::vector<std::string_view> receiver_kinds();

}  // namespace tunnelscope::live
