// The service speaks JSON 1.1 over POST: the action stands in X-Amz-Target, faults in __type. libcurl signs.
#include "src/live/aws/log_events.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <simdjson.h>
#include <nlohmann/json.hpp>

#include "kb/loader.hpp"
#include "src/escape.hpp"

namespace tunnelscope::live {
namespace {

using Kind = PageFault::Kind;
using json = nlohmann::json;

constexpr std::size_t kMostBody = std::size_t{32} << 20;  // a page holds 1 MB of messages, before JSON's escapes
constexpr std::size_t kMostReason = 300;

class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) add(static_cast<unsigned char>(c));
    add(0xFF);  // no byte of UTF-8: ends a text
  }
  std::uint64_t value() const { return value_; }

 private:
  void add(unsigned char byte) { value_ = (value_ ^ byte) * 1099511628211ULL; }
  std::uint64_t value_ = 14695981039346656037ULL;  // FNV-1a
};

std::string_view text_of(const simdjson::dom::object& event, const char* name) {
  std::string_view text;
  return event[name].get_string().get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

diag::Time time_of(const simdjson::dom::object& event, const char* name, diag::Time otherwise) {
  std::int64_t time = 0;
  return event[name].get_int64().get(time) == simdjson::SUCCESS ? time : otherwise;
}

EventStamp stamp_of(const simdjson::dom::object& event) {
  EventStamp stamp;
  stamp.time = time_of(event, "timestamp", 0);
  stamp.ingested = time_of(event, "ingestionTime", stamp.time);
  const std::string_view id = text_of(event, "eventId");
  Hash hash;
  hash.add(id.empty() ? text_of(event, "message") : id);
  hash.add(text_of(event, "logStreamName"));
  hash.add(std::to_string(stamp.time));
  stamp.id = hash.value();
  return stamp;
}

struct KnownFault {
  std::string_view type;
  Kind kind;
};
constexpr std::array kFaults{
    KnownFault{"ThrottlingException", Kind::Throttled},        KnownFault{"Throttling", Kind::Throttled},
    KnownFault{"TooManyRequestsException", Kind::Throttled},   KnownFault{"RequestLimitExceeded", Kind::Throttled},
    KnownFault{"LimitExceededException", Kind::Throttled},     KnownFault{"ServiceUnavailableException", Kind::Throttled},
    KnownFault{"ExpiredTokenException", Kind::Expired},        KnownFault{"ExpiredToken", Kind::Expired},
    KnownFault{"UnrecognizedClientException", Kind::Expired},  KnownFault{"InvalidClientTokenId", Kind::Expired},
    KnownFault{"AccessDeniedException", Kind::Denied},         KnownFault{"AccessDenied", Kind::Denied},
    KnownFault{"InvalidSignatureException", Kind::Denied},     KnownFault{"SignatureDoesNotMatch", Kind::Denied},
    KnownFault{"IncompleteSignatureException", Kind::Denied},  KnownFault{"MissingAuthenticationTokenException", Kind::Denied},
    KnownFault{"MissingAuthenticationToken", Kind::Denied},    KnownFault{"OptInRequired", Kind::Denied},
    KnownFault{"ResourceNotFoundException", Kind::Missing},
};

// "com.amazonaws.logs#ThrottlingException" and "ThrottlingException:http://..." are the same.
std::string_view bare_type(std::string_view type) {
  if (const auto hash = type.rfind('#'); hash != std::string_view::npos) type.remove_prefix(hash + 1);
  return type.substr(0, type.find(':'));
}

struct Said {
  std::string type, message;
};

Said said_in(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(body).get_object().get(object) != simdjson::SUCCESS) return {};
  std::string_view type = text_of(object, "__type"), message = text_of(object, "message");
  if (message.empty()) message = text_of(object, "Message");
  return {std::string(bare_type(type)), std::string(app::first_bytes(app::for_terminal(message), kMostReason))};
}

std::string_view hint_for(Kind kind, const Said& said) {
  switch (kind) {
    case Kind::Throttled: return "other readers share this account's five requests a second; it is tried again, more and more slowly";
    case Kind::Expired: return "log in again; keys in the environment are those that this process was started with";
    case Kind::Denied:
      return said.type == "AccessDeniedException" || said.type == "AccessDenied" ? "it needs logs:FilterLogEvents on that group: docs/cloudwatch.md"
             : said.type == "OptInRequired"                                      ? "that region is not enabled for this account"
                                                                                 : "the secret key does not belong to the key id, or this machine's clock is wrong";
    default: return "";
  }
}

}  // namespace

PageResult page_in(const std::string& body, std::string_view prefix) {
  const auto unreadable = tl::unexpected(PageFault{Kind::Other, "the answer is no page of log events", "is the endpoint a service of CloudWatch Logs?"});
  simdjson::dom::parser parser;
  simdjson::dom::object answer;
  simdjson::dom::array events;
  if (parser.parse(body).get_object().get(answer) != simdjson::SUCCESS || answer["events"].get_array().get(events) != simdjson::SUCCESS)
    return unreadable;
  EventPage page;
  page.token = text_of(answer, "nextToken");
  for (const simdjson::dom::element element : events) {
    simdjson::dom::object event;
    if (element.get_object().get(event) != simdjson::SUCCESS || !text_of(event, "logStreamName").starts_with(prefix)) continue;
    page.events.push_back({stamp_of(event), simdjson::minify(element) + "\n"});
  }
  return page;
}

PageFault fault_in(const HttpResponse& response, const LogGroup& group) {
  const Said said = said_in(response.body);
  const auto known = std::find_if(kFaults.begin(), kFaults.end(), [&](const KnownFault& row) { return row.type == said.type; });
  Kind kind = known != kFaults.end() ? known->kind : Kind::Other;
  if (kind == Kind::Other && (response.status == 429 || response.status == 503)) kind = Kind::Throttled;
  if (kind == Kind::Other && response.status >= 500) kind = Kind::Unreachable;
  const std::string details = said.message.empty() ? said.type : said.message;
  const std::string because = details.empty() ? fmt::format("HTTP status {}", response.status) : details;
  switch (kind) {
    case Kind::Throttled: return {kind, "CloudWatch Logs takes no more requests for now: " + because, std::string(hint_for(kind, said))};
    case Kind::Expired: return {kind, "the credentials are no longer valid: " + because, std::string(hint_for(kind, said))};
    case Kind::Denied: return {kind, "access is denied: " + because, std::string(hint_for(kind, said))};
    case Kind::Missing:
      return {kind, fmt::format("there is no log group {} in {}", group.name, group.region), fmt::format("aws logs describe-log-groups --region {} lists them", group.region)};
    case Kind::Unreachable: return {kind, "CloudWatch Logs has failed: " + because, "it is tried again"};
    default: return {kind, "CloudWatch Logs refuses: " + because, ""};
  }
}

PageFault fault_of(const HttpFault& fault, const LogGroup& group) {
  using Http = HttpFault::Kind;
  switch (fault.kind) {
    case Http::Stopped: return {Kind::Stopped, fault.reason, ""};
    case Http::Unresolved: return {Kind::Unreachable, fault.reason, fmt::format("is the region {} spelled right, and does this machine reach AWS?", group.region)};
    case Http::Certificate: return {Kind::Unreachable, fault.reason, "behind a proxy with certificates of its own, name them in AWS_CA_BUNDLE"};
    case Http::TooLarge: return {Kind::Other, fault.reason, ""};
    default: return {Kind::Unreachable, fault.reason, "does this machine reach AWS? HTTPS_PROXY names a proxy, endpoint= an endpoint of the VPC"};
  }
}

LogEvents::LogEvents(LogGroup group, app::Environment environment, AwsCredentialsSource::Clock clock)
    : group_(std::move(group)),
      ca_file_(environment("AWS_CA_BUNDLE")),
      credentials_(std::move(environment), group_.profile, std::move(clock), &stop_) {}

PageResult LogEvents::page(const PageRequest& wanted) {
  json body{{group_.is_arn() ? "logGroupIdentifier" : "logGroupName", group_.name},
            {"startTime", std::max<diag::Time>(0, wanted.from)},
            {"interleaved", true},  // AWS does so always
            {"limit", limit_}};
  if (wanted.until != diag::kNoTime) body["endTime"] = std::max<diag::Time>(0, wanted.until);
  if (!group_.stream_prefix.empty()) body["logStreamNamePrefix"] = group_.stream_prefix;
  if (!wanted.token.empty()) body["nextToken"] = wanted.token;
  const Called answer = call("FilterLogEvents", body.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == 200) return page_in(answer->body, group_.stream_prefix);
  PageFault fault = fault_in(*answer, group_);
  if (fault.kind == Kind::Other && answer->status == 400 && !wanted.token.empty()) fault.kind = Kind::BadToken;
  if (fault.kind == Kind::Missing)
    if (const std::string near = nearest_group(); !near.empty()) fault.hint = fmt::format("did you mean {}?", near);
  return tl::unexpected(fault);
}

LogEvents::Called LogEvents::call(std::string_view action, const std::string& body) {
  std::optional<AwsCredentials> refused;
  for (;;) {
    const auto credentials = credentials_.get();
    if (!credentials) {
      return tl::unexpected(PageFault{credentials.error().expired || refused ? Kind::Expired : Kind::Denied, credentials.error().reason, credentials.error().hint});
    }
    Called answer = call_with(*credentials, action, body);
    if (!answer || answer->status == 200 || fault_in(*answer, group_).kind != Kind::Expired) return answer;
    credentials_.refuse();
    if (refused) return answer;
    refused = *credentials;
    const auto others = credentials_.get();
    if (!others) return tl::unexpected(PageFault{Kind::Expired, others.error().reason, others.error().hint});
    if (!others->same_key(*refused)) continue;
    credentials_.refuse();
    return answer;
  }
}

LogEvents::Called LogEvents::call_with(const AwsCredentials& credentials, std::string_view action, const std::string& body) {
  HttpRequest request;
  request.method = "POST";
  request.url = group_.endpoint + "/";
  request.headers = {{"Content-Type", Secret("application/x-amz-json-1.1")}, {"X-Amz-Target", Secret(fmt::format("Logs_20140328.{}", action))}};
  if (!credentials.token.empty()) request.headers.emplace_back("X-Amz-Security-Token", credentials.token);
  request.body = body;
  request.signature = AwsSignature{group_.region, "logs", credentials.key_id, credentials.key};
  request.most = kMostBody;
  request.ca_file = ca_file_;
  auto response = http_.send(request, &stop_);
  if (response) return std::move(*response);
  if (response.error().kind == HttpFault::Kind::TooLarge && limit_ > 1) {
    limit_ = std::max<std::size_t>(1, limit_ / 4);
    return tl::unexpected(PageFault{Kind::Unreachable, response.error().reason, "smaller pages are asked for from now on"});
  }
  return tl::unexpected(fault_of(response.error(), group_));
}

// Best effort: listing groups needs a permission of its own.
std::string LogEvents::nearest_group() {
  const auto answer = call("DescribeLogGroups", R"({"limit":50})");
  if (!answer || answer->status != 200) return {};
  simdjson::dom::parser parser;
  simdjson::dom::array groups;
  if (parser.parse(answer->body)["logGroups"].get_array().get(groups) != simdjson::SUCCESS) return {};
  std::vector<std::string> names;
  for (const simdjson::dom::element element : groups) {
    simdjson::dom::object group;
    if (element.get_object().get(group) == simdjson::SUCCESS) names.emplace_back(text_of(group, "logGroupName"));
  }
  return app::for_terminal(kb::nearest(group_.name, names));
}

}  // namespace tunnelscope::live
