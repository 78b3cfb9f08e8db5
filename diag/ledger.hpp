// Collects what the verdicts of all cases say, one entry per cause and subject, until findings are written from it.
#pragma once
#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "diag/case.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag {

using EntryKey = std::pair<std::string, std::string>;  // cause id, subject

// Instead of a tunnel's index: the record is one of the session log.
inline constexpr std::uint32_t kOfSessions = 0xFFFFFFFF;

// A record that supports a finding. There may be as many as records.
struct EvidenceRef {
  EvidenceRef(std::size_t of_subject, std::size_t its_event, Time at, bool detected, std::uint32_t records = 1)
      : subject(static_cast<std::uint32_t>(of_subject)), event(static_cast<std::uint32_t>(its_event)), time(at), from_detector(detected),
        times(records) {}
  std::uint32_t subject;  // index of the tunnel, or kOfSessions
  std::uint32_t event;    // into its log
  Time time;
  bool from_detector;
  std::uint32_t times;    // records that it stands for
  auto operator<=>(const EvidenceRef&) const = default;
};

// Such records in order, each once; put in order when they are read, for they come nearly so.
class EvidenceRefs {
 public:
  void insert(const EvidenceRef& ref) { refs_.push_back(ref); }
  void reserve(std::size_t more) {
    if (refs_.empty()) refs_.reserve(more);
  }
  bool empty() const { return refs_.empty(); }
  std::size_t size() const { return in_order().size(); }
  auto begin() const { return in_order().begin(); }
  auto end() const { return in_order().end(); }
  std::span<const EvidenceRef> all() const { return in_order(); }

 private:
  const std::vector<EvidenceRef>& in_order() const {
    if (ordered_ == refs_.size()) return refs_;
    const auto fresh = refs_.begin() + static_cast<std::ptrdiff_t>(ordered_);
    if (!std::is_sorted(fresh, refs_.end())) std::sort(fresh, refs_.end());
    if (fresh != refs_.begin() && *fresh < *(fresh - 1)) std::inplace_merge(refs_.begin(), fresh, refs_.end());
    refs_.erase(std::unique(refs_.begin(), refs_.end()), refs_.end());
    ordered_ = refs_.size();
    return refs_;
  }

  mutable std::vector<EvidenceRef> refs_;
  mutable std::size_t ordered_ = 0;  // so many from the front are in order
};

struct Entry {
  const kb::Cause* cause = nullptr;
  std::string subject;
  bool milder = false;
  bool root = false;             // at least once it was not explained by another cause
  bool ongoing = false;          // an outage that it keeps up lasts
  bool present = false;          // it is what keeps a tunnel down at the end, not only what began it
  bool brings_down = false;      // it is why a tunnel is down at the end, and the tunnel should be up
  bool waits = false;            // it was seen on a standby alone, while another tunnel carried the traffic
  kb::Confidence confidence = kb::Confidence::Possible;
  kb::Impact impact = kb::Impact::None;
  std::size_t outages = 0, interruptions = 0;
  Duration downtime = 0;
  std::map<std::size_t, Duration> downtime_by_tunnel;  // tunnels that it concerns
  EvidenceRefs evidence;
  Time first = kNoTime, last = kNoTime;
  Details details;
  std::set<EntryKey> explained_by;
  std::set<std::string> seen_around;  // scope sessions: signals of all records of the group, for what is ruled out
  std::set<std::string> groups;       // scope sessions: "<system>/<group>" of its records

  EntryKey key() const { return {cause->id, subject}; }
  kb::Role role() const { return milder ? cause->milder->role : cause->role; }
  void see(Time time) {
    if (first == kNoTime || time < first) first = time;
    if (last == kNoTime || time > last) last = time;
  }
};

class Ledger {
 public:
  Entry& entry(const kb::Cause& cause, const std::string& subject) {
    Entry& e = entries_[{cause.id, subject}];
    e.cause = &cause;
    e.subject = subject;
    return e;
  }
  const Entry* find(const std::string& cause, const std::string& subject) const {
    const auto it = entries_.find({cause, subject});
    return it == entries_.end() ? nullptr : &it->second;
  }
  std::map<EntryKey, Entry>& all() { return entries_; }
  const std::map<EntryKey, Entry>& all() const { return entries_; }

 private:
  std::map<EntryKey, Entry> entries_;
};

}  // namespace tunnelscope::diag
