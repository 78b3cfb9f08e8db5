// The fast path: most lines of an export have the bytes of an earlier line but for a few values.
// In: the unread bytes at the beginning of a line. Out: the record that the ordinary path would make of it, at a fraction
// of the cost; or nothing, and then the ordinary path reads the line. A skeleton is learnt from a line together with the
// one IKE record that the ordinary path made of it, and what is the same in both never has to be understood again:
//   2026-03-01T00:00:00.000Z {"event_timestamp":1772323200,"details":"...","ike_phase1_state":"established"}
//   ^ line time                                 ^ event time          ^ message                 ^ a state seen before
// Everything outside of these values must be the same bytes. A value that asks for understanding (an escape, a byte
// outside ASCII, a new state) goes the ordinary way. Whole lines that come again with other digits are known by heart
// (stencils.hpp). tests/unit/input_skeletons_test.cpp compares all ways.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/input/recorder.hpp"
#include "src/input/stencils.hpp"

namespace tunnelscope::input {

class Skeletons {
 public:
  // What was learnt holds for all inputs whose units have the same Context; how often it may fail is counted anew.
  void begin_input() { lessons_ = 0; }

  // What was read of some bytes: so many of them, which are so many lines with their ends.
  struct Progress {
    std::size_t bytes = 0, lines = 0;
  };
  // Hands the records of the first lines of `data` to `out`, as far as they are lines with a skeleton known here, which
  // may be none; a call may stop earlier. `line`: the number of the first; the others count on by `step`, 0 or 1.
  // 64 readable bytes must follow `data`.
  Progress read(std::string_view data, std::uint64_t line, std::uint64_t step, Recorder& out);

  bool wants_more() const { return lessons_ < kMostLessons; }
  // `line`, without its end, gave what is `seen`.
  void learn(std::string_view line, const Recorder::Seen& seen);

 private:
  static constexpr std::size_t kMost = 8;            // skeletons
  static constexpr std::size_t kMostLessons = 4096;  // an input that has not one shape by then has none

  enum class SlotKind : std::uint8_t { LineTime, EventTime, Message, Phase1, Phase2, DpdEnabled, NatT };
  struct Slot {
    SlotKind kind;
    std::string before;  // the bytes between the slot before and this one
  };
  // The bytes behind a message, as far as they have been seen, and what they mean.
  struct Tail {
    std::string bytes;
    diag::PhaseState phase1, phase2;
    diag::Answer dpd_enabled, nat_t;
  };
  struct Skeleton {
    std::vector<Slot> slots;
    std::size_t tail_from = 0;   // slots from here on hold but few values
    std::string end;             // the bytes behind the last slot, with the line end
    std::vector<Tail> tails;
    std::size_t line_time = 0;   // length of the line's time; 0: it has none
    bool timed_by_line = false;  // the record has no time of its own
    diag::TunnelRecord record;   // what does not vary, and of the line read last what does
    Identity own;
    Context context;
    Stencils stencils;           // of its lines
    std::uint32_t tunnel = 0;    // of its records in the input of this number
    std::uint64_t tunnel_in = 0;
  };
  // Where the varying values of a line stand.
  struct Varying {
    std::size_t message_at = 0;
    Hole event_time;
  };
  // A raw value and what it means.
  template <class Meaning>
  using Values = std::vector<std::pair<std::string, Meaning>>;

  struct Reading {
    std::string_view rest;
    Recorder& out;
    diag::TunnelRecord& record;  // the skeleton's own, which every line fills anew
    const char* begin = rest.data();
    Varying varying = {};
  };
  struct Member {
    std::string_view key, value;  // the value as it stands, with its quotes
  };

  Progress read_by_heart(std::string_view data, std::uint64_t line, std::uint64_t step, Recorder& out);
  Progress read_by_heart(Skeleton& skeleton, std::string_view data, std::uint64_t line, std::uint64_t step, Recorder& out);
  bool fill(const Skeleton& skeleton, const char* begin, const Stencils::Line& known, diag::KnownRecord& record);
  void learn_by_heart(Skeleton& skeleton, std::string_view line, const Varying& varying, Recorder& out);
  bool read(Skeleton& skeleton, Reading& reading);
  bool read_slots(const Skeleton& skeleton, std::size_t from, std::size_t to, Reading& reading);
  static bool read_known_tail(const Skeleton& skeleton, Reading& reading);
  bool read_slot(const Skeleton& skeleton, SlotKind kind, Reading& reading);
  bool read_line_time(const char* time, std::size_t length);  // into line_time_
  bool read_unusual_line_time(const char* time, std::size_t length);
  static bool read_event_time(Reading& reading);
  bool read_event_time(const char* line, Hole hole, diag::KnownRecord& record);
  bool read_unusual_event_time(const char* line, Hole hole, diag::KnownRecord& record);
  static bool read_message(Reading& reading);
  template <class Meaning>
  static bool read_value(const Values<Meaning>& values, Reading& reading, Meaning& meaning);

  static std::optional<std::vector<Member>> members_of(std::string_view object);
  static std::optional<SlotKind> slot_for(const Member& member, const diag::TunnelRecord& record);

  static constexpr std::size_t kBatch = 64;
  std::array<Stencils::Line, kBatch> lines_;       // found and not yet filled in
  std::vector<const diag::Kind*> kinds_;           // by RecordKind::index
  std::array<diag::KnownRecord, kBatch> batch_;  // records known by heart that have not been handed out
  std::vector<Skeleton> skeletons_;
  std::size_t last_ = 0;  // the one that fitted last
  std::size_t lessons_ = 0;
  Values<diag::PhaseState> phases_;
  Values<diag::Answer> answers_;
  std::array<char, 10> day_{};  // "2026-03-01" of the last line time
  std::array<char, 16> minute_{};  // "2026-03-01T00:00" of it
  std::uint64_t epoch_ = 0;  // the first eight digits of the last event time that had ten, as they stand; 0: none
  std::int64_t epoch_begins_ = 0;  // second
  diag::Time day_begins_ = diag::kNoTime, minute_begins_ = diag::kNoTime;
  diag::Time line_time_ = diag::kNoTime;  // of the line read last
};

}  // namespace tunnelscope::input
