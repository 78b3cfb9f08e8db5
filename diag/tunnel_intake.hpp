// The tunnel part of an Intake: records in any order to one log per tunnel, ordered, unique and folded.
// In: TunnelRecords with their places. Out: TunnelLogs. Until the end records lie packed in memory (diag/arrivals.hpp), and
// beyond a few dozen megabytes in the Overflow.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "diag/arrivals.hpp"
#include "diag/classify.hpp"
#include "diag/fold.hpp"
#include "diag/phrases.hpp"
#include "diag/record.hpp"
#include "diag/second.hpp"

namespace tunnelscope::diag {

class TunnelIntake {
 public:
  // Both must outlive it; without an overflow all stays in memory.
  TunnelIntake(const Classifier& classifier, Overflow* overflow);

  // `position`: order within its input. The outcome tells whether a pattern ran into its limit.
  rules::Outcome add(const TunnelRecord& record, Place place, std::uint64_t position);

  // Intake::recognise.
  std::size_t recognise(Dialect dialect, std::string_view text, char end);

  // Joins what another one has taken from other inputs.
  void absorb(TunnelIntake&& other);

  // Orders and folds, on so many threads. Call once.
  void finish(const std::vector<std::string>& paths, const InputOrder& inputs, bool keep_everything, unsigned threads);

  const std::vector<TunnelLog>& logs() const { return logs_; }  // sorted by id
  Messages messages() const { return Messages(phrases_); }

 private:
  struct Gathering {
    std::string id, connection, outside_ip;
    std::uint32_t nameless_input = 0;   // when it has neither connection nor address
    Arrivals arrivals;
    Time first_bgp = kNoTime;  // of records that state it
    bool nameless() const { return connection.empty() && outside_ip.empty(); }
  };

  std::size_t gathering_for(const TunnelRecord& record, std::uint32_t input);
  void spill_all();
  void name_the_nameless(const std::vector<std::string>& paths);
  TunnelLog log_of(const Gathering& gathering, const FoldRules& rules, const InputOrder& inputs) const;

  const Classifier& classifier_;
  Overflow* overflow_;
  bool no_room_outside_;
  Phrases phrases_;
  std::vector<Gathering> gatherings_;
  std::unordered_map<std::string, std::size_t> by_id_;  // nameless ones by "\n<input>"
  std::string id_;
  std::size_t current_ = 0;
  Reading recognised_;                // of the message at recognised_at_
  const char* recognised_at_ = nullptr;
  std::size_t bytes_ = 0;  // of arrivals in memory
  std::vector<std::unique_ptr<Phrases>> others_;  // whose numbers absorbed arrivals have
  std::vector<Book> books_;
  std::vector<TunnelLog> logs_;
};

}  // namespace tunnelscope::diag
