// A tunnel's ordered records to its log. Routine is counted, not kept: records that change no state and that no cause
// asks for, as long as they come one soon after the other. What detectors need of such a run stays in the log
// (landmarks, fold.cpp); all else about it is in the sums of TunnelLog. So memory grows with what happened to a tunnel,
// and the report is the same as if every record were kept: tests/unit/diag_fold_test.cpp compares the two.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "diag/arrivals.hpp"
#include "diag/classify.hpp"
#include "diag/event.hpp"
#include "diag/limits.hpp"
#include "diag/second.hpp"

namespace tunnelscope::diag {

// The lower of the two middle spacings for an even count; 0: there are none.
Duration median(const Spacings& spacings);

// How often each spacing occurs, in whole seconds.
class SpacingCounts {
 public:
  void add(Duration spacing);
  Spacings sorted() const;
  void clear();

 private:
  static constexpr std::size_t kSmall = 4096;
  std::vector<std::uint64_t> small_;  // by seconds, as far as any was so long
  std::map<Duration, std::uint64_t> large_;
};

// What a fold asks about rules and signals, looked up once for all tunnels.
class FoldRules {
 public:
  FoldRules(const Classifier& classifier, bool keep_everything);

  // No cause names the signal, and every detector is content with landmarks and sums.
  bool passes(const Event& e) const {
    if (keep_everything_ || e.dialect != Dialect::AwsS2sIke || contradicts_itself(e)) return false;
    return e.rule == kNoRule || facts(e.signal).passes;
  }
  bool contradicts_itself(const Event& e) const {
    if (e.rule == kNoRule) return false;
    const Contradicted& states = contradicted_[e.rule];
    return ((states.phase1 >> static_cast<unsigned>(e.phase1) | states.phase2 >> static_cast<unsigned>(e.phase2)) & 1) != 0;
  }

  struct SignalFacts {
    bool passes = false;
    bool exchange = false;       // a line of an exchange with its message id
    bool child_asked = false;    // the endpoint asked for a CHILD SA, or got its answer
    bool child_answered = false; // a CHILD SA exchange came to its answer
    bool child_established = false;
    bool child_requested = false;  // by the gateway
    std::int8_t replaces = -1;   // one of kReplacements: counts as a replacement of a CHILD SA
    bool refuses = false;        // a rekey
    bool handshake_fault = false;
    bool peer_delete = false;
  };
  static constexpr std::size_t kReplacements = 3;  // signals that replace a CHILD SA
  SignalIndex replacement(std::size_t which) const { return replacements_[which]; }
  const SignalFacts& facts(SignalIndex signal) const { return signal == kNoSignal ? none_ : facts_[signal]; }
  IkeVersion version(RuleIndex rule) const { return rule == kNoRule ? IkeVersion::Unknown : versions_[rule]; }

  const Limits& limits() const { return limits_; }
  Duration longest_step() const { return longest_step_; }  // between two records of a run

 private:
  Limits limits_;
  Duration longest_step_;
  bool keep_everything_;
  SignalFacts none_;
  std::vector<SignalFacts> facts_;
  std::array<SignalIndex, kReplacements> replacements_{};
  std::vector<IkeVersion> versions_;
  struct Contradicted {
    std::uint8_t phase1 = 0, phase2 = 0;  // a bit for each state
  };
  std::vector<Contradicted> contradicted_;  // by rule
};

class Fold {
 public:
  // All of them must outlive it. bgp_begins: the time from which BGP's state is known although no
  // record has stated it yet; kNoTime: never.
  Fold(const FoldRules& rules, const Phrases& phrases, const InputOrder& inputs, Time bgp_begins, TunnelLog& log);

  void add(const Arrival& arrival);  // in order, no duplicates
  void finish();

 private:
  struct Pending {
    Event event;
    PhraseIndex phrase;
    std::uint8_t marks;                    // what makes it a landmark
    std::size_t values_from, values_size;  // into values_
  };
  struct OpenStreak {
    std::uint64_t count = 0;
    void clear();

    std::vector<StreakRecord> records;  // every `stride`th
    std::uint64_t stride = 1;
    StreakRecord last;
    SpacingCounts spacings;
    bool refused = false;          // a rekey was refused between its replacements
    bool refused_since = false;    // since the last of them
  };

  void count(const Event& event);
  void space(const Event& event);
  std::uint8_t add_to_streaks(const Event& event);  // the marks that the record gets by it
  void end_streak(std::size_t which);
  void pin(const StreakRecord& record);
  void note_completion(Event& event);
  void deny_completions(Time time);
  void set_shape(Event& event, PhraseIndex phrase, std::string_view values);
  void note_rekey(Time time);
  bool continues_run(const Event& event) const;
  void carry(const Event& event);

  void hold(const Event& event, std::uint8_t marks, PhraseIndex phrase, std::string_view values);
  void keep(const Event& event, PhraseIndex phrase, std::string_view values);
  void thin(Time next);
  void mark_landmarks(Time next);
  void drop_unmarked();
  void flush(Time next);
  bool is_pinned(const Event& event) const;

  const FoldRules& rules_;
  const Phrases& phrases_;
  const InputOrder& inputs_;
  const Time bgp_begins_;
  TunnelLog& log_;

  PhaseState phase1_ = PhaseState::Unknown, phase2_ = PhaseState::Unknown;  // last stated
  Answer dpd_enabled_ = Answer::Unknown, nat_t_ = Answer::Unknown;
  Time last_ = kNoTime, last_ike_ = kNoTime;
  Dialect last_dialect_{};
  bool last_up_ = false;  // the last IKE record stated Phase 2 up
  Time last_fault_ = kNoTime, last_completion_ = kNoTime;
  std::int64_t version_balance_ = 0;
  std::array<OpenStreak, FoldRules::kReplacements> streaks_;
  std::vector<StreakRecord> pinned_;  // of streaks that have ended, as far as they are in run_
  SpacingCounts spacings_, spacings_while_up_;
  Duration rekeys_apart_ = 0;
  std::vector<std::uint32_t> shape_of_phrase_;
  std::map<std::string, std::uint32_t, std::less<>> shapes_;
  static constexpr std::size_t kLongestRun = 128;  // held before it is thinned
  std::vector<Pending> run_;
  std::size_t thin_at_ = kLongestRun;
  std::string values_;  // of run_
};

// The texts of kept events.
class Messages {
 public:
  explicit Messages(const Phrases& phrases) : phrases_(phrases) {}
  std::string text(const TunnelLog& log, const Event& event) const;

 private:
  const Phrases& phrases_;
};

}  // namespace tunnelscope::diag
