// Phase 2 SAs that replace each other far faster than any lifetime while the tunnel stays up.
#include "diag/tunnel/detectors.hpp"
#include "diag/tunnel/statistics.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

constexpr Duration kSameReplacement = kSecond;  // the lines of one exchange

// Events of one signal in an up tunnel, a second apart at least.
std::vector<std::size_t> replacements(const History& h, SignalIndex signal) {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < h.log->events.size(); ++i) {
    if (h.log->events[i].signal != signal || signal == kNoSignal || !is_up(h.states[i].phase2)) continue;
    if (list.empty() || h.log->events[i].time - h.log->events[list.back()].time > kSameReplacement) list.push_back(i);
  }
  return list;
}

bool refused_between(const History& h, std::size_t from, std::size_t to, const std::vector<SignalIndex>& faults) {
  for (std::size_t i = from; i <= to; ++i)
    if (contains(faults, h.log->events[i].signal)) return true;
  return false;
}

}  // namespace

void detect_churn(Subject& s, const Context& context) {
  const Signals signals(context.classifier);
  const History& h = s.history;
  const std::vector<SignalIndex> faults{signals[kNoProposal], signals[kChildFailed]};
  std::vector<std::size_t> best;
  for (const auto name : {kPeerDeletedChildSa, kChildRequestReceived, kChildRequestSent}) {
    const std::vector<std::size_t> list = replacements(h, signals[name]);
    for (std::size_t begin = 0; begin < list.size();) {
      std::size_t end = begin + 1;
      while (end < list.size() &&
             h.log->events[list[end]].time - h.log->events[list[end - 1]].time <= context.limits.churn_spacing)
        ++end;
      const bool fast = end - begin >= context.limits.churn_replacements;
      if (fast && end - begin > best.size() && !refused_between(h, list[begin], list[end - 1], faults))
        best.assign(list.begin() + static_cast<std::ptrdiff_t>(begin), list.begin() + static_cast<std::ptrdiff_t>(end));
      begin = end;
    }
  }
  if (best.empty()) return;
  std::vector<Duration> spacings;
  for (std::size_t i = 1; i < best.size(); ++i)
    spacings.push_back(h.log->events[best[i]].time - h.log->events[best[i - 1]].time);
  for (const std::size_t i : best) s.whole.seen.push_back(found(h, signals[kChildChurn], i));
  s.whole.details["replacements"] = static_cast<double>(best.size());
  s.whole.details["spacing_s"] = static_cast<double>(median(spacings)) / kSecond;
  s.whole.details["spacing"] = in_words(median(spacings));
}

}  // namespace tunnelscope::diag::tunnel
