// A tunnel's ordered records to its log. Routine is counted, not kept: records that change no state and that no cause
// asks for, as long as they come one soon after the other. What detectors need of such a run stays in the log
// (landmarks, fold.cpp); all else about it is in the sums of TunnelLog. So memory grows with what happened to a tunnel,
// and the report is the same as if every record were kept: tests/unit/diag_fold_test.cpp compares the two.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diag/arrivals.hpp"
#include "diag/classify.hpp"
#include "diag/event.hpp"
#include "diag/limits.hpp"

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

  struct SignalFacts {
    bool is_plain = true;        // none of what stands below it; `passes` may hold
    bool passes = false;         // no cause names the signal, and every detector is content with landmarks and sums
    bool exchange = false;       // a line of an exchange with its message id
    bool child_asked = false;    // the endpoint asked for a CHILD SA, or got its answer
    bool child_answered = false; // a CHILD SA exchange came to its answer
    bool child_established = false;
    bool child_requested = false;  // by the gateway
    std::int8_t replaces = -1;   // one of kReplacements: counts as a replacement of a CHILD SA
    bool refuses = false;        // a rekey
    bool handshake_fault = false;
    bool peer_delete = false;
    BgpState bgp = BgpState::Unknown;  // of the session, as the message alone tells it
  };
  static constexpr std::size_t kReplacements = 3;  // signals that replace a CHILD SA
  SignalIndex replacement(std::size_t which) const { return replacements_[which]; }
  const SignalFacts& facts(SignalIndex signal) const { return signal == kNoSignal ? none_.signal : facts_[signal]; }

  struct RuleFacts {
    SignalFacts signal;
    IkeVersion version = IkeVersion::Unknown;
    std::uint8_t contradicted1 = 0, contradicted2 = 0;  // a bit for each state of a phase that does not fit the message
    bool passes(const Event& e) const {
      if (!signal.passes || e.dialect != Dialect::AwsS2sIke) return false;
      return ((contradicted1 >> static_cast<unsigned>(e.phase1) | contradicted2 >> static_cast<unsigned>(e.phase2)) & 1) == 0;
    }
  };
  const RuleFacts& of(RuleIndex rule) const { return rule == kNoRule ? none_ : by_rule_[rule]; }
  // Fills in what a kind says about folding, from its event.
  void describe(Kind& kind) const;

  const Limits& limits() const { return limits_; }
  Duration longest_step() const { return longest_step_; }  // between two records of a run

 private:
  Limits limits_;
  Duration longest_step_;
  RuleFacts none_;
  std::vector<SignalFacts> facts_;
  std::array<SignalIndex, kReplacements> replacements_{};
  std::vector<RuleFacts> by_rule_;
};

class Fold {
 public:
  // All of them must outlive it. `paths`: of inputs as Place numbers them. bgp_begins: the time from which BGP's state is known although no
  // record has stated it yet; kNoTime: never.
  Fold(const FoldRules& rules, const Phrases& phrases, const std::vector<std::string>& paths, Time bgp_begins, TunnelLog& log);

  void add(Arrival& arrival);  // in order, no duplicates; its event gets what the log adds
  void add(std::span<const KnownRecord> arrivals);  // the same for one after the other, each alone in its second
  void finish();

 private:
  struct Pending {
    Event event;
    PhraseIndex phrase;
    std::uint8_t marks;        // what makes it a landmark
    std::uint32_t values_size;
    std::size_t values_from;   // into values_, where they are longer than `few`
    std::array<char, 8> few;
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

  using SignalFacts = FoldRules::SignalFacts;
  void count_version(IkeVersion version);
  void space(Time time, bool up, bool is_delete);
  bool ends_streak(std::size_t which, Time time) const;
  std::uint8_t add_to_streak(std::size_t which, const StreakRecord& record);  // the marks that the record gets by it
  void end_streak(std::size_t which);
  void pin(const StreakRecord& record);
  std::uint8_t follow_handshake(Event& event, const SignalFacts& facts);
  void note_delete(const Event& event, const SignalFacts& facts, PhaseState phase2);
  void follow_fallen(const Event& event);
  bool is_completion(Time time);
  void deny_completions(Time time);
  void set_shape(Event& event, PhraseIndex phrase, std::string_view values);
  bool wants_rekey(Time time) const;
  void note_rekey(const Event& event, PhraseIndex phrase, std::string_view values);
  bool continues_run(const Event& event, const FoldRules::RuleFacts& facts) const;
  void carry(const Event& event);

  std::size_t continuing(std::span<const KnownRecord> arrivals) const;
  struct Together;
  std::size_t hold_landmarks(std::span<const KnownRecord> arrivals);
  std::size_t follow_replacements(std::span<const KnownRecord> arrivals, bool up, Together& together);
  void sum_up(std::span<const KnownRecord> arrivals);
  void hold(const Event& event, PhraseIndex phrase, std::string_view values, std::uint8_t marks);
  void keep(const Event& event, PhraseIndex phrase, std::string_view values);
  std::uint32_t pack(PhraseIndex phrase, std::string_view values);  // where it now stands in messages
  void thin(Time next);
  void mark_landmarks(Time next);
  void drop_unmarked();
  void flush(Time next);
  bool is_pinned(const Event& event) const;
  std::string_view values_of(const Pending& held) const;
  bool earlier(Place a, Place b) const;

  const FoldRules& rules_;
  const Phrases& phrases_;
  const std::vector<std::string>& paths_;
  const Time bgp_begins_;
  TunnelLog& log_;

  PhaseState phase1_ = PhaseState::Unknown, phase2_ = PhaseState::Unknown;  // last stated
  Answer dpd_enabled_ = Answer::Unknown, nat_t_ = Answer::Unknown;
  std::uint64_t last_states_ = 0;  // of the last record, as it stated them
  Time last_ = kNoTime, last_ike_ = kNoTime;
  Dialect last_dialect_{};
  bool last_up_ = false;  // the last IKE record stated Phase 2 up
  Time last_fault_ = kNoTime, last_completion_ = kNoTime;
  std::int64_t version_balance_ = 0;
  std::array<OpenStreak, FoldRules::kReplacements> streaks_;
  struct Fallen {
    std::size_t which = 0;
    StreakRecord record;
  };
  std::optional<Fallen> fallen_;  // a DELETE with which Phase 2 went down a short while ago
  std::vector<StreakRecord> pinned_;  // of streaks that have ended, as far as they are in run_
  SpacingCounts spacings_, spacings_while_up_;
  Duration rekeys_apart_ = 0;
  std::vector<std::uint32_t> shape_of_phrase_;
  std::map<std::string, std::uint32_t, std::less<>> shapes_;
  static constexpr std::size_t kLongestRun = 128;  // held before it is thinned
  std::vector<Pending> run_;
  std::size_t thin_at_ = kLongestRun;
  bool run_has_id_ = false;  // one of run_ is marked so
  std::string values_;  // of run_
};

// The texts of kept events.
class Messages {
 public:
  // `books` by TunnelLog::book.
  explicit Messages(const std::vector<const Phrases*>& books) : books_(books) {}
  std::string text(const TunnelLog& log, const Event& event) const;

 private:
  const std::vector<const Phrases*>& books_;
};

}  // namespace tunnelscope::diag
