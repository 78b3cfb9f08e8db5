// FilterLogEvents of CloudWatch Logs: one request, one page of events. In: the group, a range of time, the token of the page. Out: the
// events, each as one line of JSON with its stamp; or what is wrong and whether it may pass.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "diag/time.hpp"
#include "src/live/aws/log_group.hpp"
#include "src/live/aws_credentials.hpp"
#include "src/live/http.hpp"

namespace tunnelscope::live {

// What tells an event from all others of its group, and when it happened and came in.
struct EventStamp {
  std::uint64_t id = 0;       // made of the eventId, the stream and the time
  diag::Time time = 0;        // the event's own
  diag::Time ingested = 0;    // by the clock of AWS; where it is not said, the event's own
};

struct LogEvent {
  EventStamp stamp;
  std::string line;  // {"logStreamName":...,"timestamp":...,"message":"...","ingestionTime":...,"eventId":"..."}, with its end of line
};

struct PageRequest {
  diag::Time from = 0;                // milliseconds since 1970, inclusive as `until`
  diag::Time until = diag::kNoTime;   // kNoTime: no end
  std::string token;                  // of the page before; empty: the first
};

struct EventPage {
  std::vector<LogEvent> events;  // in the order of the service: by their time
  std::string token;             // empty: there is no further page
};

struct PageFault {
  enum class Kind { Throttled, Unreachable, Expired, Denied, Missing, BadToken, Stopped, Other } kind = Kind::Other;
  std::string reason, hint;
};
using PageResult = tl::expected<EventPage, PageFault>;

// The body of an answer. `prefix`: events of other streams are left out, as not every service does.
PageResult page_in(const std::string& body, std::string_view prefix);
PageFault fault_in(const HttpResponse& response, const LogGroup& group);
PageFault fault_of(const HttpFault& fault, const LogGroup& group);

// For one thread at a time.
class LogEvents {
 public:
  LogEvents(LogGroup group, app::Environment environment, AwsCredentialsSource::Clock clock);

  // Refused credentials are replaced once, where there are others. May take half a minute; stop() ends it soon.
  PageResult page(const PageRequest& request);
  void stop() { stop_ = true; }

 private:
  using Called = tl::expected<HttpResponse, PageFault>;
  Called call(std::string_view action, const std::string& body);
  Called call_with(const AwsCredentials& credentials, std::string_view action, const std::string& body);
  std::string nearest_group();

  LogGroup group_;
  std::string ca_file_;
  std::atomic<bool> stop_{false};
  AwsCredentialsSource credentials_;
  HttpClient http_;
  std::size_t limit_ = 10'000;  // events a page; fewer when they are too large
};

}  // namespace tunnelscope::live
