// The way out of reading: fills in the identity that containers and paths know, and hands records to the Intake.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "diag/intake.hpp"
#include "src/input/identity.hpp"
#include "src/input/local_times.hpp"
#include "src/input/reader.hpp"

namespace tunnelscope::input {

// What the envelopes around a value have said so far.
struct Context {
  Identity stream;                   // of the log stream; empty: not said by its name
  diag::Time time = diag::kNoTime;   // the innermost envelope's
  diag::Time yearless = diag::kNoTime;  // a time whose year nobody wrote: it stands in the year 2000
  std::uint64_t line = 0;            // where the value begins
  std::string_view source;           // host, pod or container whose service wrote the line
  bool connector = false;            // that service is a Twingate connector
  std::string_view container;        // a name of the container table
  bool container_certain = false;    // false: a value may still show that it is a more special one
};

class Recorder {
 public:
  Recorder(diag::Intake& intake, const ReadOptions& options);

  void begin_input(std::string_view path);  // the next number
  void begin_input(std::string_view path, std::uint32_t number);  // as Intake's
  void end_input() { release_waiting(); }
  void container(std::string_view name);  // the first of an input counts

  // Fills in the identity: the log stream's, else the record's own, else the path's, else --tunnel, else what the name of the log
  // stream has to tell it by, else none.
  void record(diag::TunnelRecord& record, const Identity& own, const Context& context);
  std::size_t recognise(diag::Dialect dialect, std::string_view text, char end) {
    return intake_.recognise(dialect, text, end);
  }
  // The same in parts, for records of a kind.
  bool wants(diag::Time time) const { return until_ == diag::kNoTime || time <= until_; }
  std::optional<diag::RecordKind> kind_of(const diag::TunnelRecord& record) { return intake_.kind_of(record); }
  std::uint32_t tunnel_of(diag::Dialect dialect, const Identity& own, const Context& context);
  void records(std::uint32_t tunnel, std::span<diag::KnownRecord> records) { intake_.records(tunnel, records); }
  std::uint64_t inputs_begun() const { return inputs_begun_; }

  // Without a time of its own, the record takes its envelope's, then `local`, which the writer's clock showed; without any it
  // is skipped.
  void session(diag::SessionRecord& record, const Context& context, diag::Time local = diag::kNoTime);
  bool wants_fields() const { return intake_.wants_fields(); }  // else SessionRecord::fields may stay empty
  void caveat(diag::System system, std::string text) { intake_.caveat({system, std::move(text)}); }
  void page(diag::System system, std::uint64_t offset, std::uint64_t rows, std::uint64_t total) {
    intake_.page(system, offset, rows, total);
  }
  void skip(std::string_view reason, const Context& context) {
    if (seen_ != nullptr) ++seen_->others;
    intake_.skip(reason, context.line);
  }
  void note(std::string_view reason, const Context& context) {
    if (seen_ != nullptr) ++seen_->others;
    intake_.note(reason, context.line);
  }

  // What was recorded while it was watched.
  struct Seen {
    std::size_t records = 0;  // of tunnels
    std::size_t others = 0;   // records of sessions, notes, what was skipped
    diag::TunnelRecord record;  // the last one, as the dialect made it
    Identity own;
    Context context;
  };
  void watch(Seen* seen) { seen_ = seen; }  // nullptr: no longer

  // The stream or the path says that this is the log of a tunnel.
  bool names_tunnel(const Context& context) const { return context.stream.known() || path_.known(); }

 private:
  void know_path(std::string_view path);
  const Identity& identity(const Identity& own, const Context& context) const;
  void release_waiting();
  void hand_over(const diag::SessionRecord& record, std::uint64_t line);
  static bool cut_texts(diag::SessionRecord& record);

  diag::Intake& intake_;
  LocalTimes local_times_;
  Identity option_, path_;
  diag::Time until_;
  bool has_container_ = false;
  std::uint64_t inputs_begun_ = 0;
  Seen* seen_ = nullptr;
};

inline constexpr std::string_view kNotVpn = "not a VPN log record";

}  // namespace tunnelscope::input
