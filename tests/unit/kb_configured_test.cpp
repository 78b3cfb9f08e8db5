// What causes say where a tunnel's configuration is known, and as what they show in logs: read, and refused with the place when wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kb/lint.hpp"
#include "kb_folder.hpp"

namespace tunnelscope::kb {
namespace {

using ::testing::HasSubstr;

tl::expected<Knowledge, Errors> with(const std::string& more) {
  KbFolder folder;
  folder.write("version", "2026-11-22").write("messages/aws-s2s/gone.yaml", message_yaml()).write("causes/gone.yaml", cause_yaml() + more);
  return load_folder(folder.str());
}

std::string faults_of(const std::string& more) {
  const auto knowledge = with(more);
  std::string text;
  for (const Error& error : knowledge ? lint(*knowledge) : knowledge.error()) text += to_text(error) + "\n";
  return text;
}

TEST(KbConfigured, StatementsHaveGuardsAndText) {
  const auto knowledge = with("configured:\n  - when: {dpd_action: [none, clear]}\n    say: by {configured_at} nobody begins[ for {dpd_timeout} s].\n");
  ASSERT_TRUE(knowledge);
  const auto& configured = knowledge->cause("gone")->configured;
  ASSERT_EQ(configured.size(), 1U);
  EXPECT_EQ(configured[0].when, (FactGuard{{"dpd_action", {"none", "clear"}}}));
  EXPECT_EQ(configured[0].text, "by {configured_at} nobody begins[ for {dpd_timeout} s].");
}

struct Fault {
  const char* name;
  const char* yaml;
  const char* reason;
};
void PrintTo(const Fault& row, std::ostream* out) { *out << row.name; }

class KbConfiguredFaults : public ::testing::TestWithParam<Fault> {};

TEST_P(KbConfiguredFaults, AreSaid) { EXPECT_THAT(faults_of(GetParam().yaml), HasSubstr(GetParam().reason)); }

INSTANTIATE_TEST_SUITE_P(
    Of, KbConfiguredFaults,
    ::testing::Values(Fault{"AnUnknownFact", "configured:\n  - {when: {dpd_acton: [none]}, say: so.}\n", "did you mean `dpd_action`"},
                      Fault{"AnUnknownValue", "configured:\n  - {when: {dpd_action: [stop]}, say: so.}\n", "`stop` is not one of"},
                      Fault{"NoText", "configured:\n  - {when: {dpd_action: [none]}}\n", "needs the key `say`"},
                      Fault{"AnUnknownPlaceholder", "configured:\n  - {say: 'after {dpd_timeot} s.'}\n", "unknown placeholder `{dpd_timeot}`"},
                      Fault{"ACauseThatIsNotThere", "shows_as: [no-such-cause]\n", "there is no cause `no-such-cause`"}),
    [](const auto& row) { return row.param.name; });

TEST(KbConfigured, AFigureMustStandInItsStepAndHaveAName) {
  Knowledge knowledge = *with("");
  knowledge.causes[0].fix[0].figures = {{"3000", "phase2_led"}};
  std::string text;
  for (const Error& error : lint(knowledge)) text += to_text(error) + "\n";
  EXPECT_THAT(text, HasSubstr("there is no figure `phase2_led`"));
  EXPECT_THAT(text, HasSubstr("`3000` stands neither in `do` nor in `command`"));
}

}  // namespace
}  // namespace tunnelscope::kb
