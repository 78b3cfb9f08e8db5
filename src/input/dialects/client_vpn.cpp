// AWS Client VPN connection logs: facts/session-logs.md section 1. All values are text, "NA" where there is none.
// A reset with "assertion-received" hands a login over to the identity provider and ends nothing.
#include "src/input/dialects/session.hpp"

namespace tunnelscope::input {
namespace {

using diag::Happening;

constexpr std::string_view kPolicy = "authorization-policy-evaluation";
constexpr Name kDocumented[] = {
    "connection-log-type", "connection-attempt-status", "connection-reset-status", "connection-attempt-failure-reason",
    "connection-id", "client-vpn-endpoint-id", "transport-protocol", "connection-start-time",
    "connection-last-update-time", "client-ip", "client-ip-v6", "common-name", "device-type", "device-ip", "port",
    "ingress-bytes", "egress-bytes", "ingress-packets", "egress-packets", "connection-end-time", "username",
    "connection-duration-seconds", "posture-compliance-statuses", "authorization-policy-evaluation.result",
    "authorization-policy-evaluation.evaluation-type", "authorization-policy-evaluation.shadow-mode",
    "authorization-policy-evaluation.reason"};

// The status of each provider's device token, in the record's order.
template <class Use>
void for_each_token(const Look& look, const Use& use) {
  const FieldValue tokens = look.at("authorization-policy-evaluation.device-token-status");
  if (tokens.kind() != FieldValue::Kind::Object) return;
  for (const auto provider : tokens.object()) {
    const FieldValue status(provider.value);
    if (status.kind() != FieldValue::Kind::Object) continue;
    use(provider.key, look.text(member_of(status.object(), "status")), look.text(member_of(status.object(), "reason")));
  }
}

void append_policy(const Look& look, std::string& message) {
  const auto result = look.text("authorization-policy-evaluation.result");
  if (result.empty() || same_word(result, "permit")) return;
  append_if(message, ", policy ", result);
  const auto type = look.text("authorization-policy-evaluation.evaluation-type");
  std::string details(type);
  append_if(details, details.empty() ? "shadow-mode " : ", shadow-mode ",
            look.text("authorization-policy-evaluation.shadow-mode"));
  append_if(details, details.empty() ? "reason " : ", reason ", look.text("authorization-policy-evaluation.reason"));
  append_if(message, " (", details, ")");
}

void append_details(const Look& look, std::string& message) {
  append_policy(look, message);
  for_each_token(look, [&](std::string_view provider, std::string_view status, std::string_view reason) {
    if (!same_word(status, "failed")) return;
    append_if(message, ", ", provider, " device token failed");
    append_if(message, ": ", reason);
  });
  append_if(message, ", posture ", look.text("posture-compliance-statuses"));
}

Happening attempt_named(std::string_view status) {
  if (same_word(status, "successful")) return Happening::Started;
  if (same_word(status, "failed")) return Happening::Failed;
  if (same_word(status, "waiting-for-assertion")) return Happening::Waiting;
  return Happening::Message;
}

void read_attempt(const Look& look, diag::SessionRecord& record, std::string& message) {
  const auto status = look.text("connection-attempt-status"), reason = look.text("connection-attempt-failure-reason");
  record.happening = status.empty() && !reason.empty() ? Happening::Failed : attempt_named(status);
  append_if(message, " ", status);
  append_if(message, ": ", reason);
}

// Counters are updated from time to time while a connection is in progress; such records state neither an end nor who ended it.
bool is_update(const Look& look, const diag::SessionRecord& record) {
  if (record.start == diag::kNoTime || record.end != diag::kNoTime || record.duration >= 0) return false;
  const auto policy = look.text("authorization-policy-evaluation.result");
  return policy.empty() || same_word(policy, "permit");
}

void read_reset(const Look& look, diag::SessionRecord& record, std::string& message) {
  const auto status = look.text("connection-reset-status");
  append_if(message, " ", status);
  record.happening = Happening::HandedOver;
  if (same_word(status, "assertion-received")) return;
  record.happening = Happening::Ended;
  record.end = look.time("connection-end-time");
  record.duration = look.seconds("connection-duration-seconds");
  if (is_update(look, record)) record.happening = Happening::Started;
  if (record.duration < 0 && record.start != diag::kNoTime && record.end >= record.start)
    record.duration = record.end - record.start;
  record.to_client = look.bytes("egress-bytes");
  record.from_client = look.bytes("ingress-bytes");
}

void append_documented(const Look& look, Scratch& scratch) {
  append_fields(scratch.fields, look, kDocumented);
  for_each_token(look, [&](std::string_view provider, std::string_view status, std::string_view reason) {
    std::string& name = scratch.keep();
    name.append(kPolicy).append(".device-token-status.").append(provider.substr(0, 64));
    const std::size_t length = name.size();
    scratch.fields.add(name.append(".status"), status);
    name.resize(length);
    scratch.fields.add(name.append(".reason"), reason);
  });
}

}  // namespace

bool recognise_client_vpn(const Fields& fields) {
  return fields.has(Key::ClientVpnEndpointId) || fields.has(Key::ConnectionLogType);
}

void read_client_vpn(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch) {
  const Look look(fields, context, out, scratch, {.na_is_nothing = true});
  const auto type = look.text("connection-log-type");
  const bool reset = same_word(type, "connection-reset");
  if (!reset && !same_word(type, "connection-attempt")) return out.skip("unknown connection-log-type", context);
  diag::SessionRecord record;
  record.dialect = diag::Dialect::AwsClientVpn;
  if (!look.take_time({"connection-last-update-time", "connection-end-time", "connection-start-time"}, record.time))
    return;
  record.start = look.time("connection-start-time");
  scratch.text = reset ? "connection-reset" : "connection-attempt";
  if (reset) read_reset(look, record, scratch.text);
  else read_attempt(look, record, scratch.text);
  append_details(look, scratch.text);
  record.id = look.text("connection-id");
  record.group = look.text("client-vpn-endpoint-id");
  record.user = look.first_of({"username", "common-name"});
  record.device = look.text("common-name");
  record.address = look.text("device-ip");
  record.protocol = look.lower_case(look.text("transport-protocol"));
  record.message = scratch.text;

  if (out.wants_fields()) append_documented(look, scratch);
  record.fields = scratch.fields.view();
  out.session(record, context);
}

}  // namespace tunnelscope::input
