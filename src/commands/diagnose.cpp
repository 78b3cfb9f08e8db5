// `diagnose`: inputs to a report. What is wrong with the command line is said before anything is read.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "diag/diagnose.hpp"
#include "diag/session_event.hpp"
#include "src/commands/all.hpp"
#include "src/commands/background.hpp"
#include "src/commands/common.hpp"
#include "src/commands/configured.hpp"
#include "src/commands/diagnosed.hpp"
#include "src/commands/packet.hpp"
#include "src/commands/remote_inputs.hpp"
#include "src/escape.hpp"
#include "src/moment.hpp"
#include "src/packet_documents.hpp"
#include "src/project_file.hpp"
#include "src/redact.hpp"
#include "src/report/format.hpp"
#include "src/report/proof.hpp"
#include "src/report/words.hpp"
#include "src/spill.hpp"

namespace tunnelscope::commands {
namespace {

using app::Console;
using app::Exit;
using app::Moment;
using app::Settings;
using app::UsageError;

struct Times {
  std::optional<Moment> since;
  diag::Time until = diag::kNoTime, now = diag::kNoTime;
};

UsageError not_a_time(const Settings& settings, std::string_view option, const std::string& text) {
  return {fmt::format("{} {} is not a time", app::spelled(settings, option), app::for_terminal(text)),
          "2026-03-01T04:00, seconds since 1970, or a distance such as 24h"};
}

tl::expected<Times, UsageError> times_of(const Settings& settings, const Console& console) {
  Times times;
  const auto now = now_of(settings, console);
  if (!now) return tl::unexpected(now.error());
  times.now = *now;
  if (!settings.since.empty()) {
    times.since = app::moment_of(settings.since);
    if (!times.since) return tl::unexpected(not_a_time(settings, "--since", settings.since));
    if (times.since->kind == Moment::Kind::Now) times.since = Moment{Moment::Kind::Instant, console.clock()};
  }
  if (settings.until.empty()) return times;
  const auto until = app::moment_of(settings.until);
  if (!until) return tl::unexpected(not_a_time(settings, "--until", settings.until));
  if (until->kind == Moment::Kind::Before && times.now == diag::kNoTime) {
    return tl::unexpected(UsageError{fmt::format("a relative {} needs --now", app::spelled(settings, "--until")), "--now now takes this machine's clock"});
  }
  times.until = until->kind == Moment::Kind::Instant  ? until->time
                : until->kind == Moment::Kind::Before ? times.now - until->distance
                                                      : console.clock();
  if (times.since && times.since->kind == Moment::Kind::Instant && times.since->time > times.until) {
    return tl::unexpected(UsageError{fmt::format("{} is later than {}", app::spelled(settings, "--since"), app::spelled(settings, "--until")), ""});
  }
  return times;
}

tl::expected<void, UsageError> check_jobs(const Settings& settings) {
  if (settings.jobs.empty()) return {};
  constexpr int kMost = 1024;
  const char* const end = settings.jobs.data() + settings.jobs.size();
  int jobs = 0;
  const auto [stopped, error] = std::from_chars(settings.jobs.data(), end, jobs);
  if (error == std::errc{} && stopped == end && jobs >= 1 && jobs <= kMost) return {};
  return tl::unexpected(UsageError{fmt::format("{} {} is not a number of threads", app::spelled(settings, "--jobs"), app::for_terminal(settings.jobs)),
                                   fmt::format("1 to {}", kMost)});
}

// Said before an hour of reading rather than after it.
tl::expected<void, UsageError> check_output(const Settings& settings) {
  namespace fs = std::filesystem;
  if (settings.output.empty() || settings.output == "-") return {};
  const fs::path path(settings.output);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return tl::unexpected(UsageError{fmt::format("{} {} is a folder", app::spelled(settings, "--output"), app::for_terminal(settings.output)), "name a file"});
  }
  const bool exists = fs::exists(path, error);
  if (access((exists ? path : folder).c_str(), W_OK) == 0) return {};
  return tl::unexpected(UsageError{fmt::format("{} {} cannot be written", app::spelled(settings, "--output"), app::for_terminal(settings.output)),
                                   exists ? "" : "its folder must exist and be writable"});
}

diag::Time last_record(const diag::Intake& intake) {
  diag::Time last = diag::kNoTime;
  for (const diag::TunnelLog& log : intake.tunnels()) {
    if (!log.events.empty()) last = std::max(last, log.events.back().time);
  }
  if (!intake.sessions().empty()) last = std::max(last, intake.sessions().back().time);
  return last;
}

// What is fetched from a log group ends now, whenever its last record was.
diag::Time since_of(const Times& times, const std::vector<std::string>& inputs, const diag::Intake& intake, const Console& console) {
  if (!times.since) return diag::kNoTime;
  if (times.since->kind == Moment::Kind::Instant) return times.since->time;
  const diag::Time base = times.now != diag::kNoTime ? times.now : has_remote(inputs) ? console.clock() : last_record(intake);
  return base == diag::kNoTime ? diag::kNoTime : base - times.since->distance;
}

// An empty export must not pass for a healthy one.
void complain_of_nothing(const report::Document& document, Console& console) {
  const diag::Report& report = document.report;
  const diag::Coverage& coverage = report.coverage;
  const std::string inputs = report::counted(report.inputs.size(), "input");
  if (coverage.unrecognised > 0) {
    const std::string shape = coverage.unrecognised_shapes.empty() ? "" : coverage.unrecognised_shapes[0].what;
    app::complain(console,
                  fmt::format("none of {} in {} is known; most frequent: {}", report::counted(coverage.records, "record"),
                              inputs, app::cut(app::for_terminal(shape), 200, false)),
                  "these may be other logs; if they are VPN logs, tunnelscope rules draft INPUT makes rules of them");
    return;
  }
  const std::string why = coverage.skipped_by_reason.empty()
                              ? ""
                              : fmt::format("; {} skipped: {}", coverage.skipped, app::for_terminal(coverage.skipped_by_reason[0].what));
  app::complain(console, fmt::format("no log record was found in {}{}", inputs, why),
                "expected is an export of AWS Site-to-Site VPN logs (S3, aws logs, Insights, Firehose), or of Client VPN, "
                "CloudConnexa, Pangolin or Twingate sessions, plain or gzip; "
                "check its time range, --until, and that tunnel logging is on");
}

// A finding can be gone because its tunnel, or its system of user sessions, is not in these logs.
bool is_in(const diag::Report& report, const std::string& subject) {
  const auto has_id = [&](const auto& one) { return one.id == subject; };
  const auto has_system = [&](const diag::SessionGroup& g) { return subject.starts_with(std::string(diag::name_of(g.system)) + "/"); };
  return std::any_of(report.tunnels.begin(), report.tunnels.end(), has_id) ||
         std::any_of(report.connections.begin(), report.connections.end(), has_id) ||
         std::any_of(report.sessions.begin(), report.sessions.end(), has_system);
}

void note_unseen(report::Document& document) {
  for (const diag::Finding& f : document.background.gone)
    if (!document.background.unseen.contains(f.subject) && !is_in(document.report, f.subject)) document.background.unseen.insert(f.subject);
}

struct Plan {
  Times times;
  std::vector<diag::MaintenanceWindow> maintenance;
  Configured configured;
  std::optional<app::Redactor> redactor;         // of the report: --redact
  std::optional<app::Redactor> packet_redactor;  // of the packet, whose files always have pseudonyms
};

tl::expected<Plan, UsageError> plan_of(const Settings& settings, Console& console) {
  Plan plan;
  if (auto jobs = check_jobs(settings); !jobs) return tl::unexpected(jobs.error());
  if (auto output = check_output(settings); !output) return tl::unexpected(output.error());
  if (auto packet = check_packet_folder(settings); !packet) return tl::unexpected(packet.error());
  auto times = times_of(settings, console);
  if (!times) return tl::unexpected(times.error());
  auto maintenance = maintenance_of(settings, console);
  if (!maintenance) return tl::unexpected(maintenance.error());
  auto configured = read_configured(settings, console);
  if (!configured) return tl::unexpected(configured.error());
  if (settings.redact || !settings.packet.empty()) {
    auto redactor = app::redactor_for(settings, console);
    if (!redactor) return tl::unexpected(redactor.error());
    if (settings.redact) plan.redactor = *redactor;
    if (!settings.packet.empty()) plan.packet_redactor = std::move(*redactor);
  }
  plan.times = *times;
  plan.maintenance = std::move(*maintenance);
  plan.configured = std::move(*configured);
  return plan;
}

bool shows_timelines(const Settings& settings) {
  return report::format_named(settings.format)->shows_timelines || !settings.packet.empty() || !settings.prove.empty();
}

// As many as any text that is written shows.
std::size_t marked_records(const Settings& settings) {
  const std::size_t of_packet = settings.packet.empty() ? 0 : report::format_named("html")->marked_records;
  return std::max(report::format_named(settings.format)->marked_records, of_packet);
}

std::vector<report::PacketFile> packet_of(const report::Document& document, const Plan& plan, const kb::Knowledge& knowledge) {
  if (!plan.packet_redactor) return {};
  const app::PacketDocuments both = app::packet_documents(document, *plan.packet_redactor, knowledge);
  return report::packet(both.pseudonymous, both.for_aws, both.origin);
}

Exit prove(const report::Document& document, const diag::Classifier& classifier, const app::Screen& screen, const Settings& settings,
           Console& console, Exit verdict) {
  const auto meant = report::findings_meant(document.report, settings.prove);
  if (!meant.empty()) return app::deliver(report::to_proof(document, meant, classifier, screen), settings, console, verdict);
  std::string there;
  for (const diag::Finding& f : document.report.findings)
    if (there.size() < 600) there += fmt::format("{}{} ({})", there.empty() ? "" : ", ", f.fingerprint, f.cause);
  app::complain(console, fmt::format("no finding is `{}`", app::for_terminal(settings.prove)),
                there.empty() ? "nothing was found in these logs" : "there are: " + app::for_terminal(there));
  return Exit::Usage;
}

}  // namespace

Exit diagnose(const Settings& settings, Console& console) {
  const auto plan = plan_of(settings, console);
  if (!plan) {
    app::complain(console, plan.error().reason, plan.error().hint);
    return Exit::Usage;
  }
  if (!check_tunnel(settings, console)) return Exit::Usage;
  const auto inputs = inputs_of(settings, console, "name files or folders, or pipe a log in: aws logs tail GROUP --since 3h | tunnelscope diagnose -");
  if (!inputs) return inputs.error();
  const auto knowledge = knowledge_base(settings, console);
  if (!knowledge) return knowledge.error();

  const auto known = KnownFindings::of(settings, "diagnose", knowledge->get(), plan->redactor.has_value());
  if (!known) {
    app::complain(console, known.error().reason, known.error().hint);
    return Exit::Usage;
  }

  const diag::Classifier classifier(knowledge->get());
  app::Spill spill;
  diag::Intake intake(classifier, {false, &spill});
  report::Document document;
  document.problems = read(*inputs, settings, plan->times.until, console, intake);
  intake.finish(jobs_of(settings));
  document.report = diag::diagnose(intake, classifier,
                                   {since_of(plan->times, *inputs, intake, console), plan->times.until, plan->times.now, plan->maintenance,
                                    settings.project->standby, plan->configured.facts,
                                    shows_timelines(settings), marked_records(settings), jobs_of(settings)});
  complete(document, plan->configured, *known, plan->times.now == diag::kNoTime ? console.clock() : plan->times.now);
  const auto packet = packet_of(document, *plan, knowledge->get());
  app::clean(document, plan->redactor ? &*plan->redactor : nullptr);
  known->settle_pseudonyms(findings_in(document.report), document.background);
  note_unseen(document);

  const bool nothing = nothing_recognised(document.report);
  for (const input::ReadProblem& problem : document.problems) {
    app::complain(console, fmt::format("{}: {}", app::for_terminal(problem.path), app::for_terminal(problem.reason)),
                  app::for_terminal(problem.hint));
  }
  if (nothing) complain_of_nothing(document, console);
  complain_of_expired(document.background, console);
  const report::FindingList findings = report::findings_of(document.report);
  const Exit found = nothing || !document.problems.empty() ? Exit::Input : fails(findings, settings.fail_on) ? Exit::Findings : Exit::Done;
  Exit verdict = write_baseline(findings, "diagnose", document.redacted, settings, console, found);
  if (!settings.packet.empty()) verdict = write_packet(packet, settings.packet, console, verdict);
  const bool to_terminal = console.out_is_terminal && (settings.output.empty() || settings.output == "-");
  const app::Screen screen = app::screen_for(settings.color, to_terminal, console.window, console.environment);
  if (!settings.prove.empty()) return prove(document, classifier, screen, settings, console, verdict);
  const auto text = [&](const app::Sink& to) { report::format_named(settings.format)->write(document, screen, to); };
  return app::deliver(text, settings, console, verdict);
}

}  // namespace tunnelscope::commands
