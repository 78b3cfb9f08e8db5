// The tunnel part of an Intake: records in any order to one log per tunnel, ordered, unique and folded.
// In: TunnelRecords with their places. Out: TunnelLogs. Records are folded as they come (diag/live_fold.hpp). In case they
// do not come in order they also lie packed in memory until the end (diag/arrivals.hpp), and beyond a few megabytes in
// the Overflow.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "diag/arrivals.hpp"
#include "diag/classify.hpp"
#include "diag/fold.hpp"
#include "diag/live_fold.hpp"
#include "diag/phrases.hpp"
#include "diag/record.hpp"
#include "diag/second.hpp"

namespace tunnelscope::diag {

class TunnelIntake {
 public:
  // All must outlive it; without an overflow all stays in memory. `paths`: of inputs as Place numbers them.
  TunnelIntake(const Classifier& classifier, const std::vector<std::string>& paths, bool keep_everything, Overflow* overflow);

  // So many read at a time, each for an intake of its own: they share the memory.
  void share_memory(unsigned threads) { threads_ = threads; }

  // `position`: order within its input. The outcome tells whether a pattern ran into its limit.
  rules::Outcome add(const TunnelRecord& record, Place place, std::uint64_t position);

  // As Intake's.
  std::size_t recognise(Dialect dialect, std::string_view text, char end);
  std::optional<RecordKind> kind_of(const TunnelRecord& record);
  std::uint32_t tunnel_of(std::string_view connection, std::string_view outside_ip, std::string_view stream, std::uint32_t input);
  void add(std::uint32_t tunnel, const KnownRecords& records);

  // Joins what another one has taken from other inputs.
  void absorb(TunnelIntake&& other);

  // Orders and folds, on so many threads. Call once.
  void finish(const InputOrder& inputs, unsigned threads);

  // Leaves out logs that name no tunnel, state nothing of one and hold no message that a rule knows: lines of other programs. After finish().
  void leave_out_foreign();

  const std::vector<TunnelLog>& logs() const { return logs_; }  // sorted by id
  Messages messages() const { return Messages(phrases_by_book_); }

 private:
  struct Gathering {
    std::string id, connection, outside_ip, stream;
    std::uint32_t nameless_input = 0;   // when it has neither connection nor address nor stream
    Arrivals arrivals;
    Time first_bgp = kNoTime;  // of records that tell it
    std::unique_ptr<LiveFold> live;  // as long as all came in order, from one Intake, and none told BGP's state
    std::uint32_t live_book = 0;     // of its phrases
    bool nameless() const { return connection.empty() && outside_ip.empty() && stream.empty(); }
  };

  bool is_recognised(const TunnelRecord& record) const;  // its message is what recognise() found last
  Arrival arrival_of(const TunnelRecord& record, const Reading& reading) const;
  void take(Gathering& gathering, const Arrival& arrival);
  void spill_when_much();
  Gathering gathering(std::string id, std::string_view connection, std::string_view outside_ip, std::string_view stream, std::uint32_t input);
  void spill_all();
  void name_the_nameless();
  TunnelLog log_of(Gathering& gathering, const InputOrder& inputs) const;
  void fold_arrivals(const Gathering& gathering, const InputOrder& inputs, TunnelLog& log) const;

  static constexpr std::size_t kMostLive = 1024;  // tunnels; each has a run of routine in memory

  const std::vector<std::string>& paths_;
  bool keep_everything_;
  Overflow* overflow_;
  bool no_room_outside_;
  std::unique_ptr<const FoldRules> rules_;
  std::unique_ptr<Phrases> phrases_;
  std::size_t live_ = 0;
  std::vector<Gathering> gatherings_;
  std::unordered_map<std::string, std::uint32_t> by_id_;  // nameless ones by "\n<input>"
  std::string id_;
  std::uint32_t current_ = 0;
  std::vector<std::unique_ptr<const Kind>> kinds_;
  std::map<std::pair<PhraseIndex, std::uint64_t>, std::uint32_t> kinds_by_states_;
  Reading recognised_;                // of the message at recognised_at_
  const char* recognised_at_ = nullptr;
  std::size_t recognised_size_ = 0;
  std::size_t bytes_ = 0;  // of arrivals in memory
  unsigned threads_ = 1;
  struct Other {
    std::unique_ptr<const FoldRules> rules;
    std::unique_ptr<Phrases> phrases;
  };
  std::vector<Other> others_;  // whose numbers absorbed arrivals and folds have
  std::vector<const Phrases*> phrases_by_book_;
  std::vector<Book> books_;
  std::vector<TunnelLog> logs_;
};

}  // namespace tunnelscope::diag
