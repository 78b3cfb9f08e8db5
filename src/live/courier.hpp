// Sends deliveries to their receivers, on threads of its own. In: deliveries that are due. Out: what became of each, for the outbox.
// Nothing here knows the database, and nothing waits for a receiver but that receiver's own thread: a slow one holds up no other.
//
// A delivery is tried once each time it is handed over; when it may be tried again is part of the answer: exponential with jitter, or as
// the receiver's Retry-After says. Receivers' redirects are not followed, certificates are verified, and an answer's body is read up to a
// bound.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "src/live/outbox.hpp"
#include "src/live/receivers/receiver.hpp"

namespace tunnelscope::live {

struct CourierOptions {
  std::chrono::milliseconds connect_timeout{5000}, timeout{15000};
  std::chrono::milliseconds first_backoff{1000}, longest_backoff{300000};
  std::string heartbeat;                         // a URL that is asked for again and again while the watch is well; empty: none
  std::chrono::milliseconds heartbeat_every{60000};
};

class Courier {
 public:
  // `wake` is called from its threads when there are attempts to fetch; it must not block. May be empty.
  Courier(std::vector<std::shared_ptr<const Receiver>> receivers, CourierOptions options, std::function<void()> wake);
  ~Courier();  // stops without waiting for what is on its way

  void send(std::vector<Due> due);     // for receivers that it does not know: Refused
  std::vector<Attempt> attempts();     // since the last call; to be given to Outbox::settle

  // Whether the heartbeat may be sent: not while the watch is stale.
  void set_alive(bool alive);

  // Tries what it was handed until all of it was tried once, or the time is over. Nothing is taken afterwards.
  void stop(std::chrono::milliseconds limit);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tunnelscope::live
