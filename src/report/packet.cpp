// The list of files, and those that are mere lists: what each file is, the records, the commands.
#include "src/report/packet.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <map>
#include <set>

#include <fmt/format.h>

#include "src/report/markup.hpp"
#include "src/report/packet_text.hpp"
#include "src/report/verdict.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using diag::Finding;

constexpr std::size_t kMessageBytes = 2000;
constexpr std::size_t kFindings = 500;  // in lists; the JSON report has all

// Ranges that no router of the internet carries, and what is no unicast address: nobody outside can know who that is.
bool is_public(const in_addr& address) {
  struct Range {
    std::uint32_t start;
    int bits;
  };
  constexpr std::array<Range, 8> kPrivate{{{0x00000000, 8}, {0x0A000000, 8}, {0x64400000, 10}, {0x7F000000, 8},
                                           {0xA9FE0000, 16}, {0xAC100000, 12}, {0xC0A80000, 16}, {0xE0000000, 3}}};
  const std::uint32_t value = ntohl(address.s_addr);
  return std::none_of(kPrivate.begin(), kPrivate.end(), [&](const Range& r) { return (value ^ r.start) >> (32 - r.bits) == 0; });
}
bool is_public(const in6_addr& address) {
  const unsigned char first = address.s6_addr[0];
  return first >= 0x20 && first < 0x40;  // 2000::/3, global unicast
}

// The public address at the beginning of a text; empty: there is none.
std::string_view public_address_at(std::string_view text) {
  const auto part = [](unsigned char c) { return std::isxdigit(c) != 0 || c == '.' || c == ':'; };
  std::size_t length = 0;
  while (length < std::min<std::size_t>(text.size(), INET6_ADDRSTRLEN) && part(static_cast<unsigned char>(text[length]))) ++length;
  if (length < text.size() && std::isalnum(static_cast<unsigned char>(text[length])) != 0) return {};
  for (; length >= 3; --length) {  // "203.0.113.17:500", "203.0.113.17."
    const std::string candidate(text.substr(0, length));
    in_addr v4{};
    in6_addr v6{};
    if (inet_pton(AF_INET, candidate.c_str(), &v4) == 1) return is_public(v4) ? text.substr(0, length) : std::string_view();
    if (inet_pton(AF_INET6, candidate.c_str(), &v6) == 1) return is_public(v6) ? text.substr(0, length) : std::string_view();
  }
  return {};
}

// AWS writes "cgw: 198.51.100.20" where it speaks of the customer gateway.
std::string_view gateway_in(std::string_view message) {
  constexpr std::string_view kName = "cgw";
  for (std::size_t at = message.find(kName); at != std::string_view::npos; at = message.find(kName, at + 1)) {
    std::string_view rest = message.substr(at + kName.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" :-"), rest.size()));
    if (const std::string_view found = public_address_at(rest); !found.empty()) return found;
  }
  return {};
}

std::string_view peer_of(const Finding& f) {
  const auto found = f.details.find("peer");
  const auto* text = found == f.details.end() ? nullptr : std::get_if<std::string>(&found->second);
  const std::string_view address = text == nullptr ? std::string_view() : public_address_at(*text);
  return text != nullptr && address.size() == text->size() ? address : std::string_view();
}

std::vector<std::string_view> parts_of_path(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}
bool is_account(std::string_view part) { return part.size() == 12 && part.find_first_not_of("0123456789") == std::string_view::npos; }
// "eu-west-1", "us-gov-east-1": words with hyphens, the last but one a direction, and a number.
bool is_region(std::string_view part) {
  constexpr std::array<std::string_view, 9> kDirections{"north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"};
  const std::size_t number = part.rfind('-');
  if (number == std::string_view::npos || number + 2 != part.size() || part.back() < '1' || part.back() > '9') return false;
  const std::size_t direction = part.substr(0, number).rfind('-');
  if (direction == std::string_view::npos || direction < 2) return false;
  const std::string_view word = part.substr(direction + 1, number - direction - 1);
  const bool lower_case = part.substr(0, direction).find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
  return lower_case && direction <= 8 && std::find(kDirections.begin(), kDirections.end(), word) != kDirections.end();
}

// "critical, certain, still going on"; what a list says of a finding in a line.
std::string standing_in_words(const Finding& f, const diag::Report& report) {
  const std::string span = span_in_words(f, report);
  return fmt::format("{}, {}{}{}", kb::name_of(f.severity), kb::name_of(f.confidence), span.empty() ? "" : ", ", span);
}

// Findings in the order of the report, without what only follows from another.
std::vector<const Finding*> told(const diag::Report& report) {
  std::vector<const Finding*> all;
  for (const Finding& f : report.findings)
    if (!f.standing.suppressed && all.size() < kFindings) all.push_back(&f);
  return all;
}

std::string who_in_words(std::string_view who) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWho{
      {{"gateway", "Whoever runs the customer gateway"}, {"aws", "Whoever may change the AWS account"}, {"network", "Network and firewalls"},
       {"administrator", "Administrator of the remote access system"}, {"user", "The user, on the own device"}, {"any", "Anybody"}}};
  const auto row = std::find_if(kWho.begin(), kWho.end(), [&](const auto& r) { return r.first == who; });
  return std::string(row == kWho.end() ? who : row->second);
}

// One step, with the subjects that it is for: findings of one cause share theirs unless a command names the subject.
struct Task {
  FoldedStep step;
  std::vector<std::string> subjects;
};
using Tasks = std::vector<Task>;

bool same(const FoldedStep& a, const FoldedStep& b) {
  return a.text == b.text && std::equal(a.commands.begin(), a.commands.end(), b.commands.begin(), b.commands.end(),
                                        [](const auto& x, const auto& y) { return x.vendor == y.vendor && x.command == y.command; });
}

void add(Tasks& tasks, const FoldedStep& step, const std::string& subject) {
  const auto known = std::find_if(tasks.begin(), tasks.end(), [&](const Task& t) { return same(t.step, step); });
  if (known == tasks.end()) {
    tasks.push_back({step, {subject}});
  } else if (std::find(known->subjects.begin(), known->subjects.end(), subject) == known->subjects.end()) {
    known->subjects.push_back(subject);
  }
}

std::string some_of(const std::vector<std::string>& subjects) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(subjects.size(), kShown); ++i) text += (i == 0 ? "" : ", ") + shortened(subjects[i], 200);
  return subjects.size() > kShown ? fmt::format("{} and {} more", text, subjects.size() - kShown) : text;
}

void write(Letter& to, const Tasks& tasks) {
  std::size_t number = 0;
  for (const Task& task : tasks) {
    to.blank();
    to.item(fmt::format("{:2}. ", ++number), task.step.text);
    to.item("    for: ", some_of(task.subjects));
    for (const FoldedStep::Command& c : task.step.commands) {
      if (c.command.empty()) continue;
      if (!c.vendor.empty()) to.item("    ", fmt::format("{}:", vendor_name(c.vendor)));
      to.verbatim(c.command, c.vendor.empty() ? 4 : 6);
    }
  }
}

constexpr std::array<std::string_view, 5> kCaseOfSystem{"aws-client-vpn-support-case.txt", "cloudconnexa-support-case.txt",
                                                        "pangolin-support-case.txt", "twingate-support-case.txt"};

std::vector<diag::System> systems_in(const diag::Report& report) {
  std::set<diag::System> systems;
  for (const diag::SessionGroup& g : report.sessions) systems.insert(g.system);
  return {systems.begin(), systems.end()};
}

struct Described {
  PacketFile file;
  std::string what;
};

std::string readme(const Document& document, const std::vector<Described>& files) {
  Letter to;
  to.line("Incident packet, written by tunnelscope.");
  if (document.report.first != diag::kNoTime)
    to.line(fmt::format("Records from {} to {} UTC. All times are UTC.", diag::date_and_clock(document.report.first),
                        diag::date_and_clock(document.report.last)));
  to.blank();
  to.line("Everything in this folder can be sent as it is. Addresses, ids, users, hosts and names of files are replaced by pseudonyms such as "
          "ip-3f2a91c04d, the same one wherever the same value stood; keys are removed.");
  to.line("The files for AWS and the commands alone name what AWS knows and needs: the VPN connection, its outside addresses, the public "
          "address of the customer gateway, the Client VPN endpoint, and the account and region where the paths of exports name them; "
          "nothing else in them is real.");
  to.blank();
  for (const Described& f : files) to.item(fmt::format("{:34}", f.file.name), f.what);
  return to.take();
}

}  // namespace

std::string_view product_of(diag::System system) {
  switch (system) {
    case diag::System::AwsClientVpn: return "AWS Client VPN";
    case diag::System::CloudConnexa: return "OpenVPN CloudConnexa";
    case diag::System::Pangolin: return "Pangolin";
    case diag::System::Twingate: return "Twingate";
  }
  return "";
}

AwsOrigin aws_origin(const std::vector<diag::InputSummary>& inputs) {
  std::set<std::string_view> accounts, regions;
  for (const diag::InputSummary& input : inputs) {
    std::string_view before;
    for (const std::string_view part : parts_of_path(input.path)) {
      if (before == "AWSLogs" && is_account(part)) accounts.insert(part);
      if (is_region(part)) regions.insert(part);
      before = part;
    }
  }
  return {accounts.size() == 1 ? std::string(*accounts.begin()) : "", regions.size() == 1 ? std::string(*regions.begin()) : ""};
}

std::vector<std::string> customer_gateways(const diag::Report& report, const std::string& connection, const std::string& tunnel) {
  std::set<std::string> found;
  for (const Finding& f : report.findings) {
    const bool about = f.subject == tunnel || (!connection.empty() && (f.subject == connection || f.subject.starts_with(connection + "/")));
    if (!about) continue;
    if (const std::string_view peer = peer_of(f); !peer.empty()) found.emplace(peer);
    for (const diag::Evidence& e : f.evidence)
      if (const std::string_view gateway = gateway_in(e.message); !gateway.empty()) found.emplace(gateway);
  }
  return {found.begin(), found.end()};
}

std::string packet_evidence(const Document& document) {
  Letter to;
  to.line("The records by which each finding was made: the first, the last and the turning points of each. Times are UTC.");
  const auto findings = told(document.report);
  if (findings.empty()) to.line("No finding was made, so no record stands here.");
  for (const Finding* f : findings) {
    to.heading(fmt::format("{} on {}", f->cause, shortened(f->subject, 300)));
    to.line(standing_in_words(*f, document.report));
    to.line(shortened(f->summary, kMessageBytes));
    to.line(f->count <= f->evidence.size() ? counted(f->evidence.size(), "record") : fmt::format("{} of {}", f->evidence.size(), counted(f->count, "record")));
    for (const diag::Evidence& e : f->evidence) {
      to.blank();
      to.line(fmt::format("{}  {}  {}", e.time == diag::kNoTime ? "no time" : diag::rfc3339(e.time), shortened(e.at, 300), shortened(e.state, 300)));
      to.verbatim(shortened(e.message, kMessageBytes), 2);
      for (const auto& [name, value] : e.fields)
        if (!value.empty()) to.verbatim(fmt::format("{}: {}", shortened(name, 100), shortened(value, 300)), 4);
    }
  }
  if (findings.size() < document.report.findings.size()) {
    to.blank();
    to.line(fmt::format("report.json has all {} findings.", document.report.findings.size()));
  }
  return to.take();
}

std::string packet_commands(const Document& document) {
  std::map<std::string, Tasks> by_who;
  for (const Finding* f : told(document.report)) {
    if (f->role != kb::Role::RootCause) continue;
    for (const FoldedStep& step : folded(f->steps)) add(by_who[step.who], step, f->subject);
  }
  for (const Note& note : document.notes)
    for (const FoldedStep& step : folded(note.checks)) add(by_who[step.who], step, note.subjects.empty() ? "all" : some_of(note.subjects));
  Letter to;
  to.line("What to do and to run, by who has to, in the order of the report. Words in capitals (NAME, LOG_GROUP, INSIDE_IP) stand for values of your own.");
  if (by_who.empty()) to.line("Nothing has to be done: no finding was made.");
  for (const auto& [who, tasks] : by_who) {
    to.heading(who_in_words(who));
    write(to, tasks);
  }
  return to.take();
}

std::vector<PacketFile> packet(const Document& pseudonymous, const Document& for_aws, const AwsOrigin& origin) {
  const app::Screen plain{};
  const diag::Report& report = pseudonymous.report;
  std::vector<Described> files;
  if (!report.tunnels.empty()) {
    files.push_back({{"aws-support-case.txt", aws_support_case(for_aws, origin)}, "the text for a case at AWS Support, Site-to-Site VPN"});
    files.push_back({{"gateway-vendor-case.txt", gateway_vendor_case(pseudonymous)}, "the text for a case at the vendor of the customer gateway"});
  }
  for (const diag::System system : systems_in(report)) {
    const Document& document = system == diag::System::AwsClientVpn ? for_aws : pseudonymous;
    files.push_back({{std::string(kCaseOfSystem[static_cast<std::size_t>(system)]), session_vendor_case(document, system)},
                     fmt::format("the text for a case about {}", product_of(system))});
  }
  files.push_back({{"commands.txt", packet_commands(for_aws)}, "what to do and to run, by who has to"});
  files.push_back({{"timeline.svg", packet_timeline(report)}, "the states over time as a picture"});
  files.push_back({{"evidence.txt", packet_evidence(pseudonymous)}, "the records by which each finding was made"});
  files.push_back({{"report.html", to_html(pseudonymous, plain)}, "the whole report, for a browser"});
  files.push_back({{"report.json", to_json(pseudonymous, plain)}, "the same for programs"});
  std::vector<PacketFile> all{{"README.txt", readme(pseudonymous, files)}};
  for (Described& f : files) all.push_back(std::move(f.file));
  return all;
}

}  // namespace tunnelscope::report
