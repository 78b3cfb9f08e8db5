// Where a watch gets its lines from. In: a name as the user gave it and, after a restart, the cursor of the last lines that were kept.
// Out: whole lines in the order of arrival, each exactly once. One file a kind, one row each in sources.cpp.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "diag/time.hpp"
#include "src/options.hpp"

namespace tunnelscope::live {

// Lines that follow each other, each with its end.
struct Lines {
  std::string text;
  std::uint64_t first_line = 1;  // of the input, 1-based: 1 again when a file was rotated or truncated
  bool new_file = false;         // what stood before it is another file's
};

// Why a source gives nothing, though it should: shown, counted, and the reason of `watch-stale` until it is over.
struct Trouble {
  std::string kind;    // "unreadable", "truncated", "token-expired", "throttled", "unreachable", "access-denied"; metrics name it
  std::string reason;  // for people, with what to do; never a secret
  std::string hint;    // may be empty
};

struct Poll {
  std::vector<Lines> lines;
  std::optional<Trouble> trouble;  // since the last poll; empty: all is well
  bool caught_up = false;          // nothing more is there now
  bool ended = false;              // nothing more will ever come
};

// Made by sources.cpp. Not shared between threads.
class Source {
 public:
  virtual ~Source() = default;
  virtual const std::string& name() const = 0;  // the path of the report's input, "-" for standard input
  // Gives what is there, waiting at most so long for the first of it; at most about `most` bytes (whole lines, but for one longer than that).
  virtual Poll poll(std::chrono::milliseconds wait, std::size_t most) = 0;
  // To go on behind all lines given so far, in another process. Small; opaque to others; JSON.
  virtual std::string cursor() const = 0;
  // What the source held when the watch was first started has been given: what comes now happens under its eyes.
  virtual bool past_backlog() const = 0;
};

struct SourceError {
  std::string reason, hint;
};

// `name`: "-", a path, or "cloudwatch:GROUP?region=...". `cursor`: empty when the watch begins.
tl::expected<std::unique_ptr<Source>, SourceError> source_named(const std::string& name, const std::string& cursor,
                                                                const app::Settings& settings, diag::Time now);

}  // namespace tunnelscope::live
