// The runbook: every entry has a page, every link leads to one, and nothing that a team writes can become markup.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "kb/loader.hpp"
#include "src/report/runbook.hpp"

namespace tunnelscope {
namespace {

using report::Runbook;
using report::RunbookForm;
using report::RunbookPage;
using testing::HasSubstr;
using testing::Not;

std::set<std::string> paths_of(const std::vector<RunbookPage>& pages) {
  std::set<std::string> paths;
  for (const RunbookPage& page : pages) paths.insert(page.path);
  return paths;
}

// Where the links of a page lead, as paths below the runbook's folder; web addresses are left out.
std::vector<std::string> goals_of(const RunbookPage& page) {
  static const std::regex kLink(R"re(\]\(<([^>]*)>\)|(?:href|src)="([^"#]*)")re");
  std::vector<std::string> goals;
  for (std::sregex_iterator it(page.text.begin(), page.text.end(), kLink), end; it != end; ++it) {
    const std::string to = (*it)[1].matched ? (*it)[1] : (*it)[2];
    if (to.empty() || to.find(':') != std::string::npos) continue;
    goals.push_back((std::filesystem::path(page.path).parent_path() / to).lexically_normal().string());
  }
  return goals;
}

class RunbookTest : public testing::TestWithParam<RunbookForm> {};

TEST_P(RunbookTest, has_a_page_for_every_entry_and_an_index_of_all) {
  const kb::Knowledge& knowledge = kb::built_in();
  const auto pages = Runbook(knowledge, GetParam()).all();
  const auto files = GetParam().files == nullptr ? 0 : GetParam().files().size();
  EXPECT_EQ(paths_of(pages).size(), 1 + knowledge.causes.size() + knowledge.messages.size() + knowledge.config.size() + files);
  const auto listed = goals_of(pages.front());
  EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()).size(), pages.size() - 1);
}

TEST_P(RunbookTest, links_lead_to_pages_that_exist) {
  const auto pages = Runbook(kb::built_in(), GetParam()).all();
  const auto paths = paths_of(pages);
  for (const RunbookPage& page : pages) {
    EXPECT_EQ(goals_of(page).empty(), !page.path.ends_with(GetParam().suffix)) << page.path;
    for (const std::string& goal : goals_of(page)) EXPECT_EQ(paths.count(goal), 1U) << page.path << " leads to " << goal;
  }
}

TEST_P(RunbookTest, shows_a_team_s_owner_and_runbook_first) {
  kb::Knowledge knowledge = kb::built_in();
  kb::MessageRule& rule = knowledge.messages.front();
  rule.owner = "network team";
  rule.runbook_url = "https://wiki.example/vpn";
  const std::string text = Runbook(knowledge, GetParam()).page(rule).text;
  EXPECT_LT(text.find("network team"), text.find("What it means"));
  EXPECT_LT(text.find("https://wiki.example/vpn"), text.find("What it means"));
}

TEST_P(RunbookTest, keeps_hostile_words_of_a_team_s_entry_harmless) {
  kb::Knowledge knowledge = kb::built_in();
  kb::Cause& cause = knowledge.causes.front();
  cause.title = "</script><script>alert(1)</script>";
  cause.what = "[click](javascript:alert(1)) <img src=x onerror=alert(1)> \xe2\x80\xae";
  cause.runbook_url = "javascript:alert(1)";
  const Runbook runbook(knowledge, GetParam());
  for (const std::string& text : {runbook.page(cause).text, runbook.index().text}) {
    EXPECT_THAT(text, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(text, Not(HasSubstr("<img src=x")));
    if (GetParam().name == "markdown") {
      EXPECT_THAT(text, Not(testing::ContainsRegex("[^\\\\]\\]\\(<?javascript:")));
    }
    EXPECT_THAT(text, Not(HasSubstr("href=\"javascript:")));
    EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, RunbookTest, testing::ValuesIn(report::runbook_forms().begin(), report::runbook_forms().end()),
                         [](const auto& form) { return std::string(form.param.name); });

}  // namespace

namespace report {
void PrintTo(const RunbookForm& form, std::ostream* out) { *out << form.name; }
}  // namespace report
}  // namespace tunnelscope
