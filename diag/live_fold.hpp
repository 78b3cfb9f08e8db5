// A tunnel's log folded while its records are read, for they mostly come in order.
// In: arrivals of one tunnel as they come. Out: its log; or nothing, when one of them came too early for that: then the
// arrivals that were put aside (diag/arrivals.hpp) are ordered and folded at the end.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "diag/arrivals.hpp"
#include "diag/fold.hpp"

namespace tunnelscope::diag {

class LiveFold {
 public:
  // All of them must outlive it; `paths` of inputs as Place numbers them.
  LiveFold(const FoldRules& rules, const Phrases& phrases, const std::vector<std::string>& paths);

  // False: this fold is void and must not be used any more. Records of one second must be of one input.
  bool add(const Arrival& arrival);
  bool add(const KnownRecords& arrivals);

  // No more will come; `paths` is not needed any longer.
  void close();

  // Closes it. False: void, because a second was read from the wrong end.
  bool finish(const std::vector<bool>& newest_first);

  TunnelLog& log() { return log_; }

 private:
  static constexpr std::size_t kMostInSecond = 4096;

  bool add_one_by_one(std::span<const KnownRecord> arrivals);
  bool add_to_second(const Arrival& arrival);
  void wait(const Arrival& arrival, std::int64_t second);
  void settle();
  void settle_many();

  const Phrases& phrases_;
  TunnelLog log_;
  Fold fold_;
  // Records of the second that has come last: mostly one. Their values stand one behind the other in values_.
  Arrival first_;
  std::array<char, 8> few_{};  // its values, unless they are longer: then they stand in values_ too
  std::vector<Arrival> others_;
  std::string values_;
  bool waiting_ = false;
  std::int64_t time_ = 0;  // of that second
  std::vector<std::uint32_t> inputs_;  // that had several records in one second
};

}  // namespace tunnelscope::diag
