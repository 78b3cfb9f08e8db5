// A log group of CloudWatch as a source: read to its end, then again and again, each event once, late ones included (src/live/aws/ledger.hpp).
// In: a name `cloudwatch:GROUP?...`, a cursor. Out: one line of JSON an event, as FilterLogEvents gives it.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "diag/time.hpp"
#include "src/input/bytes.hpp"
#include "src/live/aws/log_events.hpp"
#include "src/live/sources/source.hpp"
#include "src/terminal.hpp"

namespace tunnelscope::live {

struct CloudwatchOptions {
  diag::Time from = 0;                      // the oldest event wanted; a cursor's own counts instead
  diag::Time until = diag::kNoTime;         // the newest one wanted
  diag::Duration horizon = diag::kDay;      // how late an event may come and still be found
  bool once = false;                        // ended when all that is there now has been given
  std::chrono::milliseconds pause{5'000};   // between rounds
  std::chrono::milliseconds between{250};   // between requests: an account has five a second, for all its readers
  std::chrono::milliseconds backoff{500};   // after the first fault; doubles up to half a minute
};

// Asks the service for a page; called on a thread of the source's, one call at a time.
struct PageSource {
  std::function<PageResult(const PageRequest&)> page;
  std::function<void()> stop;  // ends a call that is going on
};

// By the options of the command line: a watch that begins `now` wants what --horizon holds.
tl::expected<std::unique_ptr<Source>, SourceError> make_cloudwatch_source(const std::string& name, const std::string& cursor,
                                                                          const app::Settings& settings, diag::Time now);
tl::expected<std::unique_ptr<Source>, SourceError> make_cloudwatch_source(const std::string& name, const std::string& cursor,
                                                                          const CloudwatchOptions& options, const app::Environment& environment);
// The same over any service: what tests begin with.
tl::expected<std::unique_ptr<Source>, SourceError> make_cloudwatch_source(const std::string& name, const std::string& cursor,
                                                                          const CloudwatchOptions& options, PageSource pages,
                                                                          std::function<diag::Time()> clock);

// All that the group holds between two instants, once, as bytes to read. A fault that passes is waited for, at most for a minute and a half; others end it:
// ByteSource::problem() and hint() say why.
tl::expected<std::unique_ptr<input::ByteSource>, SourceError> cloudwatch_bytes(const std::string& name, diag::Time from, diag::Time until,
                                                                               const app::Environment& environment);

}  // namespace tunnelscope::live
