// What receivers still have to get, and what they have got, in the watch's database. In: the changes of a step, within its transaction.
// Out: the deliveries that are due, for the courier, and what became of them, back into the database. Owned and used by the engine's
// thread.
//
// A change is put there in the transaction that made it, once for each receiver, under an id made of both; a second change of that id is
// the first one again and is ignored. It is taken out of what is due only when its receiver has taken it: what a crash interrupts is sent
// again under the same id.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diag/alerts.hpp"
#include "src/live/board.hpp"
#include "src/live/database.hpp"
#include "src/live/receivers/receiver.hpp"

namespace tunnelscope::live {

// What the courier says of one attempt.
enum class Outcome : std::uint8_t { Delivered, Failed, Refused };  // Refused: it will never be taken, and is not tried again

struct Attempt {
  std::string receiver;          // its name
  std::string delivery_id;
  bool repeated = false;
  Outcome outcome{};
  std::string reason;            // of a failure, for people; never a secret
  diag::Time next_try = 0;       // of Failed: not before, by this machine's Unix milliseconds
};

// A delivery that is due, with what the courier needs to know of it.
struct Due {
  std::string receiver;          // its name
  Delivery delivery;
  std::uint32_t attempts = 0;    // made so far
};

class Outbox {
 public:
  // Makes its tables where they are missing; what waits is due at once, whatever the clock was. The database must outlive it.
  explicit Outbox(Database& database);

  // What had been told when the last transaction was committed; empty when the watch begins.
  diag::Told told();

  // Within a transaction: what is told now, and a delivery of each change to each of `receivers`.
  void put(const diag::Alerts& alerts, const std::vector<const Receiver*>& receivers);

  // Deliveries to try now: of each receiver at most `most`, of each episode the earliest that waits. Those given out are not given again
  // until settle() says what became of them, or the process ends. `now`: this machine's Unix milliseconds.
  std::vector<Due> take(diag::Time now, std::size_t most = 16);

  // Episodes of `told` that last, of which receivers that forget have not been told for too long: as repeated deliveries. Nothing is stored
  // of these.
  std::vector<Due> repeats(const diag::Told& told, const std::vector<const Receiver*>& receivers, diag::Time now);

  // Within a transaction: what became of deliveries.
  void settle(const std::vector<Attempt>& attempts, diag::Time now);

  // When take() or repeats() will have something that they have not now; kNoTime: when something is put.
  diag::Time next_due(diag::Time now);

  // Counts since the state was first made.
  std::vector<ReceiverStatus> status(const std::vector<const Receiver*>& receivers);

 private:
  using OfEpisode = std::pair<std::string, std::string>;  // receiver, key

  diag::Time forward(diag::Time now);
  void keep(const diag::Told& told);
  void add(const diag::AlertChange& change, const Receiver& receiver);
  void count(const Attempt& attempt);

  Database& database_;
  std::set<std::string> given_out_;              // delivery ids
  std::map<OfEpisode, diag::Time> last_repeat_;  // by this machine's clock
  diag::Time next_repeat_ = diag::kNoTime;
  diag::Time quiet_until_ = diag::kNoTime;       // before it, take() has nothing
  diag::Time last_now_ = diag::kNoTime;
  diag::Duration set_back_ = 0;                  // by so much altogether has the machine's clock been set back
};

// Of the change `change_id` for the receiver of that name: 16 hex digits.
std::string delivery_id(std::string_view change_id, std::string_view receiver);

}  // namespace tunnelscope::live
