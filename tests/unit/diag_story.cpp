#include "diag_story.hpp"

#include <sstream>

#include <fmt/format.h>

#include "kb/loader.hpp"

namespace tunnelscope::diag::test {
namespace {

constexpr Time kStart = 1772323200000;  // 2026-03-01T00:00:00Z

PhaseState phase(char c) {
  switch (c) {
    case 'e': return PhaseState::Established;
    case 'r': return PhaseState::Rekeying;
    case 'n': return PhaseState::Negotiating;
    case 'd': return PhaseState::Down;
    default: return PhaseState::Unknown;
  }
}
char letter(PhaseState s) { return "-ernd"[static_cast<std::size_t>(s)]; }

Time time_of(std::string_view clock) {
  Time parts = 0;
  std::stringstream in{std::string(clock)};
  for (std::string part; std::getline(in, part, ':');) parts = parts * 60 + std::stol(part);
  return kStart + parts * kSecond;
}

std::string clock(Time time) {
  const Time s = (time - kStart) / kSecond;
  return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60) : fmt::format("{:02}:{:02}", s / 60, s % 60);
}

void tell_line(std::string line, std::uint64_t number, Intake& intake) {
  TunnelRecord r;
  r.connection = "vpn-0123456789abcdef0";
  r.outside_ip = "203.0.113.1";
  if (line.starts_with("2|")) {
    r.outside_ip = "203.0.113.2";
    line.erase(0, 2);
  } else if (line.starts_with("3|")) {
    r.connection = "vpn-0fedcba9876543210";
    r.outside_ip = "203.0.113.3";
    line.erase(0, 2);
  }
  std::stringstream in(line);
  std::string when, state, message;
  in >> when >> state;
  std::getline(in >> std::ws, message);
  r.time = time_of(when);
  r.message = message;
  if (state.starts_with("bgp")) {
    r.dialect = Dialect::AwsS2sBgp;
    r.bgp = state == "bgp+" ? BgpState::Up : state == "bgp-" ? BgpState::Down : BgpState::Unknown;
  } else {
    r.phase1 = phase(state[0]);
    r.phase2 = phase(state[1]);
  }
  intake.record(r, number);
}

std::string short_subject(const std::string& subject) {
  const auto slash = subject.find('/');
  return slash == std::string::npos ? "connection" : subject.substr(subject.size() - 1);
}

}  // namespace

Story::Story(std::string_view text) : text_(text) {}
Report Story::tell() { return tell(kb::built_in()); }

Report Story::tell(const kb::Knowledge& knowledge) {
  const Classifier classifier(knowledge);
  Intake intake(classifier);
  intake.begin_input("story");
  std::stringstream in(text_);
  std::uint64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    const auto begin = line.find_first_not_of(' ');
    ++number;
    if (begin != std::string::npos) tell_line(line.substr(begin), number, intake);
  }
  intake.finish();
  return diagnose(intake, classifier, options);
}

std::string tunnels_text(const Report& report) {
  std::string text;
  for (const TunnelReport& t : report.tunnels) {
    text += fmt::format("{}: {} {}{} cause={}", short_subject(t.id), t.status, letter(t.phase1), letter(t.phase2),
                        t.primary_cause.empty() ? "none" : t.primary_cause);
    if (t.interruptions > 0) text += fmt::format(" interruptions={}", t.interruptions);
    for (const Outage& o : t.outages) {
      text += fmt::format(" | {}-{} {}{}{}", clock(o.start), o.end ? clock(*o.end) : "open", o.cause.empty() ? "none" : o.cause,
                          o.blocked_by.empty() ? "" : "/", o.blocked_by);
    }
    text += '\n';
  }
  return text;
}

std::string findings_text(const Report& report) {
  std::string text;
  for (const Finding& f : report.findings)
    text += fmt::format("{} {} {} {} x{}\n", kb::name_of(f.severity), kb::name_of(f.role), f.cause, short_subject(f.subject), f.count);
  return text;
}

const Finding* finding(const Report& report, std::string_view cause) {
  for (const Finding& f : report.findings)
    if (f.cause == cause) return &f;
  return nullptr;
}

}  // namespace tunnelscope::diag::test
