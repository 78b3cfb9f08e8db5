// Texts for those who can look where a log cannot: AWS Support, the vendor of the gateway, those who run a system of user sessions.
// Each says who is ill and since when, what the log shows, what was ruled out and what is asked. Support desks cut long texts: each
// stays below kMostBytes, the worst first, and says what it left out.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "src/report/markup.hpp"
#include "src/report/packet.hpp"
#include "src/report/packet_text.hpp"
#include "src/report/html_parts.hpp"
#include "src/report/verdict.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using diag::Finding;
using diag::TunnelReport;
using Findings = std::vector<const Finding*>;

constexpr std::size_t kMostBytes = 7500;   // the form of AWS Support takes 8,000
constexpr std::size_t kReserve = 1800;     // for the questions, which stand at the end
constexpr std::size_t kForSteps = 1800;    // of what findings after the first leave
constexpr std::size_t kRecords = 4;        // of a finding; evidence.txt has all
constexpr std::size_t kMessageBytes = 300, kTextBytes = 600;

bool is_root(const Finding& f) { return f.role == kb::Role::RootCause && f.severity != kb::Severity::Info && !f.standing.suppressed; }

bool is_of(const Finding& f, diag::System system) { return f.subject.starts_with(std::string(diag::name_of(system)) + "/"); }

// Those that `belongs` names, in the order in which the page's verdict names who is ill: its lead opens the text. Then what explains
// nobody's state, what is still going on first.
template <class Belongs>
Findings by_verdict(const diag::Report& report, const Belongs& belongs) {
  Findings all, rest;
  std::set<const Finding*> taken;
  const auto take = [&](const Finding* f) {
    if (f != nullptr && is_root(*f) && belongs(*f) && taken.insert(f).second) all.push_back(f);
  };
  const auto ill = ill_with_cause(report);
  take(lead_of(report, ill).finding);
  for (const Ill& i : ill) take(i.finding);
  for (const Finding& f : report.findings)
    if (is_root(f) && belongs(f) && taken.insert(&f).second) rest.push_back(&f);
  std::stable_sort(rest.begin(), rest.end(), [](const Finding* a, const Finding* b) { return a->ongoing > b->ongoing; });
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

Findings about_tunnels(const diag::Report& report) {
  return by_verdict(report, [](const Finding& f) { return !is_about_sessions(f); });
}
Findings about_system(const diag::Report& report, diag::System system) {
  return by_verdict(report, [system](const Finding& f) { return is_of(f, system); });
}

std::string moment(diag::Time time) { return diag::date_and_clock(time) + " UTC"; }

// Until when a finding is known to have lasted: to the last record at least, whatever --now says.
diag::Time known_until(const Finding& f, const diag::Report& report) {
  if (!f.ongoing || report.now == diag::kNoTime) return f.last_seen;
  if (const auto last = last_of_sessions(report, f)) return *last;
  if (const auto silent = silent_since(report, f.subject)) return std::max(*silent, f.last_seen);
  return std::max({report.now, report.last, f.last_seen});
}

// "from ... to ... UTC", of all findings together; empty: none has a time.
std::string span_of(const Findings& findings, const diag::Report& report) {
  diag::Time first = diag::kNoTime, last = diag::kNoTime;
  for (const Finding* f : findings) {
    if (f->first_seen == diag::kNoTime) continue;
    first = first == diag::kNoTime ? f->first_seen : std::min(first, f->first_seen);
    last = std::max(last, known_until(*f, report));
  }
  if (first == diag::kNoTime) first = report.first, last = report.last;
  if (first == diag::kNoTime) return "";
  return first == last ? "at " + moment(first) : fmt::format("from {} to {}", diag::date_and_clock(first), moment(last));
}

void subject_line(Letter& to, std::string_view what, const Findings& findings, const diag::Report& report) {
  if (findings.empty()) {
    to.field("Subject", fmt::format("{}: no fault in the logs, please check from your end", what));
    return;
  }
  const Finding& f = *findings.front();
  const std::string since = f.first_seen == diag::kNoTime ? "" : fmt::format(", {} {}", f.ongoing ? "since" : "on", moment(f.first_seen));
  const bool of_sessions = is_about_sessions(f);
  const std::string_view goes_on = of_sessions ? "no end logged" : silent_since(report, f.subject) ? "still going on when last heard of" : "still going on";
  const std::string_view stands = f.ongoing ? goes_on : "over by now";
  to.field("Subject", fmt::format("{}: {}, {}{}", what, f.title, stands, since));
  const auto ongoing = std::count_if(findings.begin(), findings.end(), [](const Finding* one) { return one->ongoing; });
  if (findings.size() > 1) to.field("Findings in all", fmt::format("{}, {}: {}", findings.size(), of_sessions ? "without a logged end" : "still going on", ongoing));
  to.field("Time", span_of(findings, report));
}

std::string phases(const TunnelReport& t) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view state) { text += fmt::format(", {} {}", name, state); };
  if (const std::string_view version = ike_version(t.ike_version); !version.empty()) text += version == "ikev1" ? ", IKEv1" : ", IKEv2";
  if (t.phase1 != diag::PhaseState::Unknown) add("Phase 1", diag::name_of(t.phase1));
  if (t.phase2 != diag::PhaseState::Unknown) add("Phase 2", diag::name_of(t.phase2));
  if (t.bgp != diag::BgpState::Unknown) add("BGP", t.bgp == diag::BgpState::Up ? "up" : "down");
  if (t.nat_t == diag::Answer::Yes) text += ", NAT traversal in use";
  return text;
}

// Its state at the end, and its times without service.
void tunnel(Letter& to, const TunnelReport& t) {
  constexpr std::size_t kOutages = 3;
  to.item("- ", fmt::format("{}: {}{}", shortened(html::short_name(t), kTextBytes), t.status, phases(t)), 2);
  const std::size_t first = t.outages.size() - std::min(t.outages.size(), kOutages);
  for (std::size_t i = first; i < t.outages.size(); ++i) {
    const diag::Outage& o = t.outages[i];
    to.item("  ", o.end ? fmt::format("down from {} to {} ({})", diag::date_and_clock(o.start), moment(*o.end), diag::in_words(*o.end - o.start))
                        : fmt::format("down since {}", moment(o.start)), 2);
  }
  if (first > 0) to.item("  ", fmt::format("and {} before", counted(first, "outage")), 2);
}

std::string actor_in_words(const Finding& f) {
  const auto first = std::find_if(f.steps.begin(), f.steps.end(), [](const diag::Step& s) { return s.who == "gateway" || s.who == "aws"; });
  if (first == f.steps.end()) return "";
  return first->who == "aws" ? "AWS's end" : "the customer gateway";
}

void finding(Letter& to, const Finding& f, const diag::Report& report) {
  to.item("* ", fmt::format("{} ({}, {})", f.title, shortened(f.subject, kTextBytes), kb::name_of(f.confidence)));
  to.item("  ", shortened(f.summary, kTextBytes));
  if (const std::string span = span_in_words(f, report); !span.empty()) to.item("  ", span);
  const std::size_t shown = std::min(f.evidence.size(), kRecords);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t at = shown < 2 ? 0 : i * (f.evidence.size() - 1) / (shown - 1);  // from the first to the last
    const diag::Evidence& e = f.evidence[at];
    to.item(fmt::format("  {}  ", e.time == diag::kNoTime ? "no time" : diag::date_and_clock(e.time)), shortened(e.message, kMessageBytes));
  }
  for (const diag::RuledOutNote& r : f.ruled_out) to.item("  ruled out: ", fmt::format("{}: {}", r.cause, shortened(r.because, kTextBytes)));
}

void write_findings(Letter& to, const Findings& findings, const diag::Report& report, std::string_view healthy) {
  to.heading("What the log shows, and what was ruled out");
  if (findings.empty()) to.line(healthy);
  std::size_t written = 0;
  for (const Finding* f : findings) {
    if (!to.part([&](Letter& inner) { finding(inner, *f, report); }, written == 0 ? kReserve : kReserve + kForSteps)) break;
    to.blank();
    ++written;
  }
  if (written < findings.size()) to.line(fmt::format("These are {} of {}; {} more follow on request, and there is a file with the records of all.", written, findings.size(), findings.size() - written));
}

// What one end has to do, each step once, with the commands that go with it. A command is the same line for every finding or names
// its subject; one finding's stand for all.
void steps_of(Letter& to, std::string_view title, const Findings& findings, std::string_view who) {
  constexpr std::size_t kSteps = 12;
  std::vector<FoldedStep> steps;
  for (const Finding* f : findings)
    for (FoldedStep& step : folded(f->steps))
      if (step.who == who && std::none_of(steps.begin(), steps.end(), [&](const FoldedStep& known) { return known.text == step.text; })) steps.push_back(std::move(step));
  std::size_t written = 0;
  for (const FoldedStep& step : steps) {
    const bool fits = written < kSteps && to.part([&](Letter& inner) {
      if (written == 0) inner.heading(title);
      inner.item("- ", step.text);
      for (const FoldedStep::Command& c : step.commands)
        if (!c.command.empty()) inner.item("  ", c.vendor.empty() ? c.command : fmt::format("{}: {}", vendor_name(c.vendor), c.command), 2);
    }, kReserve);
    if (!fits) break;
    ++written;
  }
  if (written > 0 && written < steps.size()) to.line(fmt::format("and {}, in the file commands.txt", counted(steps.size() - written, "more step")));
}

std::string joined(const std::vector<std::string>& values) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), kShown); ++i) text += (i == 0 ? "" : ", ") + values[i];
  return values.size() > kShown ? fmt::format("{} and {} more", text, values.size() - kShown) : text;
}

bool concerns(const Findings& findings, const html::Family& family) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding* f) {
    return (family.connection != nullptr && f->subject == family.connection->id) ||
           std::any_of(family.tunnels.begin(), family.tunnels.end(), [&](const TunnelReport* t) { return t->id == f->subject; });
  });
}

// Connections with something wrong; all, where nothing is.
std::vector<html::Family> concerned(const Findings& findings, const diag::Report& report) {
  std::vector<html::Family> all = html::families(report);
  const bool any = std::any_of(all.begin(), all.end(), [&](const html::Family& f) { return concerns(findings, f); });
  if (any) std::erase_if(all, [&](const html::Family& f) { return !concerns(findings, f); });
  if (any) std::stable_partition(all.begin(), all.end(), [&](const html::Family& f) { return concerns({findings.front()}, f); });
  return all;
}

void connections(Letter& to, std::string_view title, const std::vector<html::Family>& all, const diag::Report& report, bool named_by_aws) {
  to.heading(title);
  std::size_t written = 0;
  for (const html::Family& family : all) {
    const bool fits = to.part([&](Letter& inner) {
      const TunnelReport& first = *family.tunnels.front();
      const std::string id = family.connection != nullptr ? family.connection->id : first.connection;
      if (id.empty()) inner.item("", "VPN connection: not named in the logs");
      else inner.item("", fmt::format("VPN connection: {}", shortened(id, kTextBytes)));
      if (named_by_aws) {
        const auto gateways = customer_gateways(report, id, first.id);
        inner.item("", "Customer gateway: " + (gateways.empty() ? std::string("as in its configuration at AWS") : joined(gateways)));
      }
      if (family.connection != nullptr) inner.item("", "State at the end of the log: " + redundancy_in_words(*family.connection).text);
      inner.item("", named_by_aws ? "Tunnels, by AWS's outside address:" : "Tunnels, by the address at AWS's end:");
      for (const TunnelReport* t : family.tunnels) tunnel(inner, *t);
    }, kReserve + 1500);
    if (!fits) break;
    to.blank();
    ++written;
  }
  if (written < all.size()) to.line(fmt::format("and {}", counted(all.size() - written, "more VPN connection")));
}

void about_the_log(Letter& to, const diag::Report& report) {
  if (report.first == diag::kNoTime) return;
  to.line(fmt::format("Logs from {} to {} were read: {}, {} recognised.", diag::date_and_clock(report.first), moment(report.last),
                      counted(report.coverage.records, "record"), report.coverage.recognised));
}

constexpr std::string_view kNoTunnelFault =
    "No record shows a fault: what the log states of both phases is as it should be. What it cannot show is the path of ESP packets, "
    "their size, and routes.";

}  // namespace

std::string aws_support_case(const Document& document, const AwsOrigin& origin) {
  const diag::Report& report = document.report;
  const Findings findings = about_tunnels(report);
  const auto families = concerned(findings, report);
  std::string what = "Site-to-Site VPN";
  if (!families.empty() && !families.front().tunnels.front()->connection.empty()) what += " " + shortened(families.front().tunnels.front()->connection, 100);
  Letter to(kMostBytes);
  to.line("Service: Virtual Private Network (Site-to-Site VPN)");
  subject_line(to, what, findings, report);
  to.field("Account", origin.account.empty() ? "the one of the VPN connection below" : origin.account);
  to.field("Region", origin.region.empty() ? "the one of the VPN connection below" : origin.region);
  to.line("All times are UTC.");
  connections(to, "Who is affected", families, report, true);
  write_findings(to, findings, report, kNoTunnelFault);
  steps_of(to, "What has to be done at the customer gateway, by our reading", findings, "gateway");
  to.heading("What we ask");
  const std::string span = span_of(findings, report);
  const std::string when = span.empty() ? "in the time of these logs" : span;
  if (findings.empty()) {
    to.item("1. ", fmt::format("Do your records show packets dropped, endpoint changes or alarms for these tunnels {}?", when));
    to.item("2. ", "Do bytes pass in both directions at your end (TunnelDataIn, TunnelDataOut), and are routes the ones expected?");
  } else {
    const std::string end = actor_in_words(*findings.front());
    to.item("1. ", fmt::format("What do your records say of these tunnels {}: which message from the customer gateway came last, and what did your end answer?", when));
    to.item("2. ", "Was there maintenance, an endpoint replacement or a change of options at your end in or just before that time?");
    to.item("3. ", end.empty() ? std::string("Which end has to act, by your records?")
                               : fmt::format("By our reading the first thing to do is at {}. Do your records agree, and is there anything to do at your end?", end));
    if (findings.front()->ongoing) to.item("4. ", "What do you see at the next attempt? The gateway can negotiate anew at a time that suits you.");
  }
  to.blank();
  about_the_log(to, report);
  return to.take();
}

std::string gateway_vendor_case(const Document& document) {
  const diag::Report& report = document.report;
  const Findings findings = about_tunnels(report);
  Letter to(kMostBytes);
  subject_line(to, "IPsec tunnel to AWS Site-to-Site VPN", findings, report);
  to.line("All times are UTC. Addresses and ids are pseudonyms; one pseudonym stands for one value throughout. The device is the one that this "
          "case is registered for.");
  connections(to, "Who is affected", concerned(findings, report), report, false);
  write_findings(to, findings, report, kNoTunnelFault);
  steps_of(to, "What we would check and do at the gateway", findings, "gateway");
  to.heading("What we ask");
  if (findings.empty()) {
    to.item("1. ", "The log of the other end shows no fault. Which counters and captures of the device show whether ESP packets leave and arrive, and with which size?");
  } else {
    to.item("1. ", fmt::format("The records above are those of the other end, AWS. What does the device do to cause them ({})?", span_of(findings, report)));
    to.item("2. ", "Is a defect or a change of defaults known for our version that fits?");
    to.item("3. ", "Which debug output and which part of the configuration do you need, and which setting would you change first?");
  }
  to.blank();
  about_the_log(to, report);
  return to.take();
}

namespace {

void groups(Letter& to, const diag::Report& report, diag::System system) {
  constexpr std::size_t kGroups = 6, kReasons = 3;
  to.heading("Who is affected");
  std::size_t written = 0, all = 0;
  for (const JudgedGroup& judged : judged_groups(report)) {
    const diag::SessionGroup& g = *judged.group;
    if (g.system != system) continue;
    ++all;
    const bool fits = written < kGroups && to.part([&](Letter& inner) {
      inner.item("- ", fmt::format("{}: {}", shortened(group_in_words(g), kTextBytes), facts_in_words(g)));
      for (std::size_t i = 0; i < std::min(g.reasons.size(), kReasons); ++i)
        inner.item("  ", fmt::format("{}: {}", counted(g.reasons[i].count, "time"), shortened(g.reasons[i].text, kMessageBytes)), 2);
    }, kReserve + 1500);
    if (fits) ++written;
  }
  if (written < all) to.line(fmt::format("and {}", counted(all - written, "more group")));
}

}  // namespace

std::string session_vendor_case(const Document& document, diag::System system) {
  const diag::Report& report = document.report;
  const Findings findings = about_system(report, system);
  Letter to(kMostBytes);
  if (system == diag::System::AwsClientVpn) to.line("Service: Virtual Private Network (Client VPN)");
  subject_line(to, product_of(system), findings, report);
  to.line("All times are UTC. Users, devices, hosts and addresses are pseudonyms; one pseudonym stands for one value throughout.");
  groups(to, report, system);
  write_findings(to, findings, report, "No record shows a fault: sessions begin, last and end as they should.");
  steps_of(to, "What we would check and do", findings, "administrator");
  to.heading("What we ask");
  if (findings.empty()) {
    to.item("1. ", "Do your records show errors, limits or interruptions for us in the time of these logs?");
  } else {
    to.item("1. ", fmt::format("What do your records say of these sessions {}?", span_of(findings, report)));
    to.item("2. ", "Was there an incident, a release or a change at your end in or just before that time?");
    to.item("3. ", "What do we have to change, and how can we see that it worked?");
  }
  to.blank();
  about_the_log(to, report);
  return to.take();
}

}  // namespace tunnelscope::report
