// A small builder of reports for tests of what is shown: no diagnosis runs here.
#pragma once
#include <map>
#include <string>
#include <utility>

#include "src/report/format.hpp"

namespace tunnelscope::test {

inline constexpr diag::Time kStart = 1772323200000;  // 2026-03-01T00:00:00Z
inline constexpr diag::Time at(int minutes) { return kStart + minutes * diag::kMinute; }

class ReportBuilder {
 public:
  ReportBuilder() {
    report_.knowledge_version = "2026-11-21";
    report_.message_rules = 2;
    report_.causes = 1;
    report_.first = at(0);
    report_.last = report_.now = at(60);
    report_.inputs = {{"export/a.log", "cloudwatch-s3-export", {"aws-s2s-ike"}, 10, 0, false}};
    report_.paths = {"export/a.log"};
    report_.coverage.records = report_.coverage.recognised = 10;
  }

  diag::TunnelReport& tunnel(const std::string& connection, const std::string& ip, const std::string& status) {
    diag::TunnelReport t;
    t.id = connection + "/" + ip;
    t.connection = connection;
    t.outside_ip = ip;
    t.status = status;
    t.ike_version = diag::IkeVersion::V2;
    t.phase1 = t.phase2 = status == "up" ? diag::PhaseState::Established : diag::PhaseState::Down;
    t.availability = {status == "up" ? 3600.0 : 600.0, status == "up" ? 0.0 : 3000.0, 0, status == "up" ? 1.0 : 0.1667, 0, {}, {}, {}};
    t.events = 10;
    t.first = at(0);
    t.last = at(60);
    t.timeline.start = at(0);
    t.timeline.end = at(60);
    const diag::PhaseState last = t.phase2;
    t.timeline.phase1 = {{at(0), at(10), diag::PhaseState::Established}, {at(10), at(60), last}};
    t.timeline.phase2 = t.timeline.phase1;
    if (status != "up") {
      t.outages.push_back({at(10), std::nullopt, "psk-mismatch", "", {"export/a.log:5"}});
      t.availability.outages = 1;
      t.primary_cause = "psk-mismatch";
      t.timeline.marks = {{at(10), diag::MarkKind::OutageStart}, {at(11), diag::MarkKind::Failure}};
    }
    report_.tunnels.push_back(std::move(t));
    return report_.tunnels.back();
  }

  diag::ConnectionReport& connection(const std::string& id, std::uint64_t tunnels, const std::string& redundancy) {
    report_.connections.push_back({id, tunnels, redundancy, {}, {}});
    return report_.connections.back();
  }

  diag::Finding& finding(const std::string& cause, const std::string& subject, kb::Severity severity,
                         kb::Role role = kb::Role::RootCause) {
    diag::Finding f;
    f.cause = cause;
    f.fingerprint = "00000000000000" + std::to_string(10 + report_.findings.size());
    f.severity = severity;
    f.confidence = kb::Confidence::Certain;
    f.role = role;
    f.impact = kb::Impact::Outage;
    f.subject = subject;
    f.title = "the title of " + cause;
    f.summary = "the summary of " + cause;
    f.explanation = "the explanation of " + cause;
    f.first_seen = at(10);
    f.last_seen = at(59);
    f.count = 3;
    f.ongoing = true;
    f.evidence = {{"export/a.log:5", at(10), "aws-s2s/ikev2/psk-mismatch", "a message about " + cause, "phase 1 down", {}}};
    f.steps = {{"gateway", "strongswan", "look at the key of " + cause, "swanctl --list-conns"},
               {"gateway", "fortinet", "look at the key of " + cause, "show vpn ipsec phase1-interface"},
               {"aws", "", "store the key again", ""}};
    f.verify = "phase 1 becomes established";
    f.references = {{"AWS guide", "https://docs.aws.amazon.com/vpn/", "2026-11-21"}};
    f.details = {{"clock", std::monostate{}}, {"period_s", 3180.0}, {"peer", std::string("198.51.100.20")}};
    report_.findings.push_back(std::move(f));
    return report_.findings.back();
  }

  // An endpoint of user sessions in trouble, with something in every field.
  diag::SessionGroup& sessions(diag::System system = diag::System::AwsClientVpn,
                               const std::string& group = "cvpn-endpoint-0123456789abcdef0") {
    diag::SessionGroup g;
    g.system = system;
    g.group = group;
    g.name = "Lisbon office";
    g.connections = 12;
    g.failed = 5;
    g.denied = 2;
    g.open = 3;
    g.users = 4;
    g.primary_cause = "authorization-handler-failing";
    g.first = at(0);
    g.last = at(60);
    g.median_duration_s = 318;
    g.to_client = 34409;
    g.from_client = 30971;
    g.concurrency = {at(0), 300, {0, 1, 2, 4, 8, 7, 3, 0, 0, 1, 1, 3}, 8, at(22)};
    g.reasons = {{"connection-attempt failed: client-connect-handler-timed-out", "aws-client-vpn/attempt/handler-timed-out", 4, "export/a.log:5"},
                 {"connection-attempt failed: moon-phase-wrong", "", 1, "export/a.log:9"}};
    g.busiest = {{"ana@acme.example", 7, 1, 0, 7200, 65380, at(59)}, {"joe", 3, 2, 1, 60.5, std::nullopt, at(40)}};
    g.failing = {{"joe", 3, 2, 1, 60.5, std::nullopt, at(40)}};
    g.churning = {{"joe/joe-laptop", 3, 2, 12, 60.5, std::nullopt, at(40)}};
    g.caveats = {"failed certificate logins are never logged"};
    diag::SessionLine open;
    open.id = "cvpn-connection-0a1b2c3d4e5f60718";
    open.user = "ana@acme.example";
    open.device = "ana-phone";
    open.address = "198.51.100.20";
    open.resource = "intranet.acme.example:443";
    open.connector = "lisbon-connector";
    open.gateway = "gw-lis-1";
    open.protocol = "udp";
    open.start = at(1);
    open.outcome = "open";
    open.at = "export/a.log:3";
    open.fields = {{"username", "ana@acme.example"}, {"client-ip", "10.1.0.2"}, {"transport-protocol", "udp"}};
    diag::SessionLine failed;
    failed.user = "joe";
    failed.device = "joe-laptop";
    failed.outcome = "failed";
    failed.reason = "connection-attempt failed: client-connect-handler-timed-out";
    failed.at = "export/a.log:5";
    g.list = {failed, open};
    g.list_omitted = 10;
    report_.sessions.push_back(std::move(g));
    return report_.sessions.back();
  }

  // The root cause of such an endpoint.
  diag::Finding& session_finding(const std::string& cause, const std::string& subject,
                                 kb::Severity severity = kb::Severity::Critical) {
    diag::Finding& f = finding(cause, subject, severity);
    f.evidence = {{"export/a.log:5", at(10), "aws-client-vpn/attempt/handler-timed-out",
                   "connection-attempt failed: client-connect-handler-timed-out", "joe",
                   {{"connection-attempt-failure-reason", "client-connect-handler-timed-out"}, {"username", "joe"}}}};
    f.steps = {{"client-vpn", "", "look at the handler's log", ""}};
    f.details = {{"users", 3.0}, {"who", std::string("joe, ana@acme.example")}};
    return f;
  }

  diag::Report& report() { return report_; }
  report::Document document() const { return {report_, {}, {}, false}; }

 private:
  diag::Report report_;
};

inline app::Screen screen(int width = 80, bool unicode = true) { return {width, false, unicode}; }

// What a format gives, as a whole.
inline std::string written(const report::Format& format, const report::Document& document) {
  std::string text;
  format.write(document, screen(), [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace tunnelscope::test
