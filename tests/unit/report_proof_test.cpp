// A proof names each step from the line to the finding, and finds the finding that is meant.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "diag/diagnose.hpp"
#include "kb/loader.hpp"
#include "src/input/reader.hpp"
#include "src/report/proof.hpp"

namespace tunnelscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// The diagnosis of a sample.
struct Diagnosed {
  explicit Diagnosed(const std::string& sample) : classifier(kb::built_in()) {
    diag::Intake intake(classifier);
    input::read_inputs({SOURCE_DIR "/samples/" + sample + "/input"}, {}, intake);
    intake.finish();
    document.report = diag::diagnose(intake, classifier, {});
  }
  std::string proof(std::string_view asked) const {
    return report::to_proof(document, report::findings_meant(document.report, asked), classifier, {});
  }
  diag::Classifier classifier;
  report::Document document;
};

// In one line.
std::string flat(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (const char shown = c == '\n' ? ' ' : c; shown != ' ' || !out.ends_with(' ')) out += shown;
  return out;
}

TEST(Proof, leads_from_the_line_to_the_rule_the_signal_the_states_and_the_conditions) {
  const Diagnosed made("psk-mismatch-ikev2");
  const std::string text = made.proof("psk-mismatch");
  for (const std::string_view part : {"detected a pre-shared key mismatch", "aws-s2s/ikev2/psk-mismatch", "signal  psk_mismatch", "2. States",
                                      "3. Conditions of psk-mismatch", "psk_mismatch: told by", "ruled out", "tunnelscope rules show"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(Proof, names_the_place_of_every_record_that_the_finding_cites) {
  const Diagnosed made("psk-mismatch-ikev2");
  const auto meant = report::findings_meant(made.document.report, "psk-mismatch");
  ASSERT_EQ(meant.size(), 1U);
  const std::string text = made.proof("psk-mismatch");
  for (const diag::Evidence& e : meant.front()->evidence) EXPECT_THAT(text, HasSubstr(e.at.substr(e.at.rfind(':'))));
}

TEST(Proof, is_asked_for_by_cause_by_fingerprint_by_its_beginning_or_by_cause_and_subject) {
  const Diagnosed made("psk-mismatch-ikev2");
  const diag::Finding& f = made.document.report.findings.front();
  for (const std::string& asked : {f.cause, f.fingerprint, f.fingerprint.substr(0, 6), f.cause + " on " + f.subject})
    EXPECT_EQ(report::findings_meant(made.document.report, asked).size(), 1U) << asked;
  for (const std::string& asked : {std::string("dpd"), f.fingerprint.substr(0, 2), std::string()})
    EXPECT_TRUE(report::findings_meant(made.document.report, asked).empty()) << asked;
}

TEST(Proof, gives_what_a_detector_measured_and_its_limits) {
  const std::string text = Diagnosed("tunnel-flapping-fast-ikev2").proof("tunnel-flapping");
  for (const std::string_view part : {"measured: flaps ", "limits: flapping.penalty 1000", "flapping.ceiling 12000"}) EXPECT_THAT(flat(text), HasSubstr(part));
}

TEST(Proof, names_the_limits_that_the_finding_was_judged_by_and_no_others) {
  struct Row {
    const char *sample, *cause;
    std::vector<const char*> named, others;
  };
  const Row rows[] = {
      {"tunnel-flapping-fast-ikev2", "tunnel-flapping", {"flapping.fast_suppress 2000"}, {"bgp.", "clocks.", "sessions."}},
      {"session-churn-cloudconnexa", "session-churn", {"sessions.churn_window_s 86400", "sessions.short_session_s 60"}, {"churn.spacing_s", "sessions.mass_", "sessions.wide_"}},
      {"resource-unreachable-twingate", "resource-unreachable", {"sessions.unreachable_failures 3"}, {"sessions.dial_timeout_s", "sessions.relayed_"}},
      {"resource-unreachable-timeouts-pangolin", "resource-unreachable", {"sessions.unreachable_failures 3", "sessions.dial_timeout_s 5"}, {"sessions.churn_", "sessions.list_most"}},
      {"sa-churn-ikev2", "sa-churn", {"churn.min_replacements 8"}, {"sessions.churn_"}},
      {"gateway-outage-ikev2", "gateway-outage", {"gateway.window_s 60"}, {"outage.grace_s", "nobody."}},
  };
  for (const Row& row : rows) {
    const std::string text = flat(Diagnosed(row.sample).proof(row.cause));
    for (const char* named : row.named) EXPECT_THAT(text, HasSubstr(named)) << row.sample;
    for (const char* other : row.others) EXPECT_THAT(text, testing::Not(HasSubstr(other))) << row.sample;
  }
}

TEST(Proof, shows_the_states_of_all_tunnels_that_a_connection_has) {
  const std::string text = Diagnosed("gateway-outage-ikev2").proof("gateway-outage");
  for (const std::string_view part : {"203.0.113.17\n", "203.0.113.98\n", "no tunnel up  "}) EXPECT_THAT(text, HasSubstr(part));
}

TEST(Proof, says_once_where_several_records_stand_and_when_stretches_are_left_out) {
  Diagnosed made("psk-mismatch-ikev2");
  diag::Finding& f = made.document.report.findings.front();
  for (diag::Evidence& e : f.evidence) e.at = "export.json:1";
  f.count = 1;
  const std::string text = flat(made.proof("psk-mismatch"));
  EXPECT_THAT(text, HasSubstr(fmt::format("told by export.json:1 ({} times)", f.evidence.size())));
  EXPECT_THAT(text, AllOf(HasSubstr("1. Lines: 1 record says so"), HasSubstr("more stretches after")));
}

TEST(Proof, shows_hostile_text_of_a_log_as_text) {
  Diagnosed made("psk-mismatch-ikev2");
  made.document.report.findings.front().evidence.front().message = "\x1b[31mred\xe2\x80\xae";
  EXPECT_THAT(made.proof("psk-mismatch"), AllOf(HasSubstr("\\x1b[31mred"), testing::Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace tunnelscope
