// The configurations with which two daemons were run in the lab (tests/lab): each is read without a problem, and what the
// negotiation says of a pair is what the daemons did.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "config_world.hpp"
#include "diag/config/negotiation.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config::test {
namespace {

namespace fs = std::filesystem;

const fs::path kLab = fs::path(SOURCE_DIR) / "tests" / "lab";

std::string text_of_file(const fs::path& path) {
  std::ostringstream all;
  all << std::ifstream(path).rdbuf();
  return all.str();
}

// One way in which both ends of a scenario are written.
struct Pair {
  std::string folder, cloud, gateway;  // "psk-v2/bad", "endpoint.swanctl.conf", "gateway.ipsec.conf"
};

void PrintTo(const Pair& pair, std::ostream* out) { *out << pair.folder << " " << pair.cloud << " " << pair.gateway; }

std::vector<Pair> all_pairs() {
  std::vector<Pair> pairs;
  for (const auto& scenario : fs::directory_iterator(kLab))
    for (const char* state : {"bad", "good"}) {
      const fs::path folder = scenario.path() / state;
      if (!fs::exists(folder)) continue;
      const std::string name = scenario.path().filename().string() + "/" + state;
      for (const char* cloud : {"endpoint.swanctl.conf", "endpoint.ipsec.conf"})
        for (const char* gateway : {"gateway.swanctl.conf", "gateway.ipsec.conf", "gateway.libreswan.ipsec.conf"})
          pairs.push_back({name, cloud, gateway});
    }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    return std::tie(a.folder, a.cloud, a.gateway) < std::tie(b.folder, b.cloud, b.gateway);
  });
  return pairs;
}

model::Configuration configuration_of(const std::string& folder, const std::string& file, model::Side side) {
  const fs::path path = kLab / folder / file;
  const Source source{file, text_of_file(path)};
  fs::path secrets = path;
  secrets.replace_extension(".secrets");
  std::vector<Source> keys;
  if (fs::exists(secrets)) keys.push_back({secrets.filename().string(), text_of_file(secrets)});
  const Include none = [](std::string_view, const std::string&) -> tl::expected<std::vector<Source>, std::string> {
    return tl::unexpected(std::string("the lab has no includes"));
  };
  auto all = read_configuration(Content(source), {none, keys});
  for (auto& endpoint : all.front().endpoints) endpoint.side = side;
  all.front().side = side;
  return std::move(all.front());
}

// What the root causes of the lab's meta.json are called here; empty: whatever happened there is not in a configuration.
std::string cause_of(const std::string& root_cause) {
  static const std::map<std::string, std::string> kCauses = {
      {"ike_mode_mismatch", "ike-mode ike-mode-mismatch"},
      {"esp_proposal_mismatch", "child-proposal child-proposal-mismatch"},
      {"peer_id_mismatch", "identity identity-mismatch"},
      {"ike_dh_group_mismatch", "ike-proposal ike-proposal-mismatch"},
      {"ike_proposal_mismatch", "ike-proposal ike-proposal-mismatch"},
      {"lifetime_expiry_no_rekey", "child-rekey lifetime-without-rekey"},
      {"pfs_mismatch", "child-rekey pfs-mismatch"},
      {"psk_mismatch", "authentication psk-mismatch"},
      {"reauth_gap", "ike-rekey reauthentication-gap"},
      {"ts_mismatch", "traffic-selectors traffic-selector-mismatch"},
      {"ike_version_mismatch", "ike-version ike-version-mismatch"},
      {"peer_address_mismatch", "peer-address peer-address-mismatch"}};
  const auto found = kCauses.find(root_cause);
  return found == kCauses.end() ? "" : found->second;
}

// Where the lab's rewriting of a scenario for another daemon does not say what was wrong, or says something else.
std::string expected_outcome(const Pair& pair, const std::string& cause) {
  const bool libreswan = pair.gateway == "gateway.libreswan.ipsec.conf";
  if (pair.folder == "aggressive-v1/bad" && libreswan) return "agrees";                        // it has no aggressive=yes
  if (pair.folder == "lifetime-norekey-v2/bad" && pair.gateway == "gateway.ipsec.conf") return "agrees";  // rekey=no: no lifetime
  if (pair.folder == "reauth-v2/good" && libreswan) return "ike-rekey lifetime-without-rekey";  // 8 s of life, 20 s of margin, no reauth
  return cause.empty() ? "agrees" : cause;
}

std::string first_failure(const model::TunnelVerdict& tunnel) {
  for (const auto& stage : tunnel.stages)
    if (stage.verdict == model::Verdict::Fails) return std::string(model::name(stage.stage)) + " " + stage.cause;
  return "agrees";
}

class LabConfigurations : public ::testing::TestWithParam<Pair> {};

TEST_P(LabConfigurations, AreReadWithoutAProblemAndNegotiateAsTheDaemonsDid) {
  const auto& [folder, cloud_file, gateway_file] = GetParam();
  const auto cloud = configuration_of(folder, cloud_file, model::Side::Cloud);
  const auto gateway = configuration_of(folder, gateway_file, model::Side::Gateway);
  EXPECT_EQ(problems_of(cloud) + problems_of(gateway), "");
  ASSERT_EQ(cloud.endpoints.size(), 1u);
  ASSERT_EQ(gateway.endpoints.size(), 1u);
  const auto meta = nlohmann::json::parse(text_of_file(kLab / folder / ".." / "meta.json"));
  const bool bad = folder.ends_with("/bad") || !fs::exists(kLab / folder / ".." / "bad");  // what was run as it was meant to be
  const auto tunnel = model::negotiate(cloud.endpoints.front(), gateway.endpoints.front());
  const std::string cause = bad ? cause_of(meta["root_cause"]) : "", expected = expected_outcome(GetParam(), cause);
  EXPECT_EQ(first_failure(tunnel), expected) << "gateway:\n" << text_of(gateway.endpoints.front()) << "cloud:\n" << text_of(cloud.endpoints.front());
}

std::string name_of(const ::testing::TestParamInfo<Pair>& info) {
  std::string name = info.param.folder + "_" + info.param.cloud + "_" + info.param.gateway;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, LabConfigurations, ::testing::ValuesIn(all_pairs()), name_of);

}  // namespace
}  // namespace tunnelscope::config::test
