#include "src/commands/repairs.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "src/config/mend.hpp"
#include "src/report/check_format.hpp"

namespace tunnelscope::commands {
namespace {

namespace model = diag::config;
using config::Draft;
using config::Texts;
using model::Change;
using model::StageVerdict;
using model::TunnelVerdict;
using model::Verdict;

constexpr std::size_t kLongestLine = 300;          // bytes of a line that a diff shows
constexpr std::size_t kMostTrials = 400;           // readings of all files
constexpr std::size_t kMostTried = 16u << 20;      // bytes of all those readings
constexpr std::size_t kMostNegotiated = 4000;      // tunnels in all those readings

bool is_unfit(const std::string& line) { return !config::is_harmless(line, kLongestLine); }

bool fails(const StageVerdict& stage) { return stage.verdict == Verdict::Fails; }

// However its values are shown now.
bool is_same_fault(const StageVerdict& a, const StageVerdict& b) {
  return fails(a) && fails(b) && a.cause == b.cause && a.attribute == b.attribute;
}

bool is_same_end(const model::Endpoint* a, const model::Endpoint* b) { return a && b && a->name == b->name && a->where.path == b->where.path; }

const TunnelVerdict* counterpart(const diag::Check& check, const TunnelVerdict& tunnel) {
  for (const diag::CheckedTunnel& one : check.tunnels)
    if (is_same_end(one.verdict.cloud, tunnel.cloud) && is_same_end(one.verdict.gateway, tunnel.gateway)) return &one.verdict;
  return nullptr;
}

// A stage that was not reached turns out to fail.
bool uncovers(const TunnelVerdict& before, const TunnelVerdict& after) {
  for (std::size_t i = 0; i < std::min(before.stages.size(), after.stages.size()); ++i)
    if (fails(after.stages[i]) && !fails(before.stages[i])) return true;
  return false;
}

// A stage that agreed no longer does.
bool worsens(const TunnelVerdict& before, const TunnelVerdict& after) {
  if (before.stages.size() != after.stages.size()) return true;
  for (std::size_t i = 0; i < before.stages.size(); ++i)
    if (after.stages[i].verdict != Verdict::Agrees && before.stages[i].verdict == Verdict::Agrees) return true;
  return false;
}

std::size_t problems_in(const config::Gathered& gathered) {
  std::size_t all = gathered.problems.size();
  for (const model::Configuration& one : gathered.configurations) all += one.problems.size();
  return all;
}

// What trying a draft shows, from bad to good.
enum class Trial : std::uint8_t { Useless, Uncovers, Mends, Agrees };

class Repairs {
 public:
  Repairs(const diag::Check& check, const std::vector<config::Given>& files, const std::vector<model::ConfiguredPair>& pairs,
          const kb::Knowledge& knowledge)
      : check_(check), files_(files), pairs_(pairs), knowledge_(knowledge) {}

  // Each trial reads all files again.
  std::map<std::string, std::string> all() {
    std::error_code error;
    if (!std::all_of(files_.begin(), files_.end(), [&](const config::Given& one) { return std::filesystem::is_regular_file(one.path, error); })) return {};
    for (const diag::CheckedTunnel& tunnel : check_.tunnels)
      for (const StageVerdict& stage : tunnel.verdict.stages) {
        if (!fails(stage)) continue;
        look_at(tunnel.verdict, stage, *tunnel.verdict.gateway, stage.repair.at_gateway);
        look_at(tunnel.verdict, stage, *tunnel.verdict.cloud, stage.repair.at_cloud);
      }
    return std::move(diffs_);
  }

 private:
  void look_at(const TunnelVerdict& tunnel, const StageVerdict& stage, const model::Endpoint& end, const std::vector<Change>& changes) {
    const std::string key = report::key_of(changes);
    if (changes.empty() || is_exhausted() || diffs_.contains(key)) return;
    Texts texts = texts_of(end, changes);
    if (texts.empty()) return;
    const Draft before(texts);
    if (const auto best = best_of(tunnel, stage, config::mended(end, changes, before))) {
      std::string diff = best->diff(is_unfit);
      if (!diff.empty()) diffs_.emplace(key, std::move(diff));
    }
    for (auto& [path, text] : texts) model::wipe(text);
  }

  // Of all files in which something is to be changed; empty: one of them cannot be read a second time.
  static Texts texts_of(const model::Endpoint& end, const std::vector<Change>& changes) {
    Texts texts{{end.where.path, ""}};
    for (const Change& change : changes) texts.emplace(change.where.path, "");
    for (auto& [path, text] : texts) {
      text = config::text_of_file(path);
      if (text.empty()) return {};
    }
    return texts;
  }

  std::optional<Draft> best_of(const TunnelVerdict& tunnel, const StageVerdict& stage, std::vector<Draft> drafts) {
    std::optional<Draft> best;
    Trial reached = Trial::Useless;
    for (Draft& draft : drafts) {
      const Trial trial = tried(tunnel, stage, draft);
      if (trial <= reached) continue;
      reached = trial;
      best = std::move(draft);
      if (reached == Trial::Agrees) break;
    }
    return best;
  }

  Trial tried(const TunnelVerdict& tunnel, const StageVerdict& stage, const Draft& draft) {
    if (is_exhausted()) return Trial::Useless;
    Texts texts = draft.texts();
    for (const auto& [path, text] : texts) bytes_ += text.size();
    ++trials_;
    auto gathered = config::gather(files_, texts);
    for (auto& [path, text] : texts) model::wipe(text);
    if (!gathered || problems_in(*gathered) > problems_before()) return Trial::Useless;
    for (model::Configuration& one : gathered->configurations) one.problems.clear();  // they are in the values and doubts of its ends
    const diag::Check again = diag::check({std::move(gathered->configurations), {}, pairs_, {}}, knowledge_);
    const TunnelVerdict* now = counterpart(again, tunnel);
    if (!now || now->stages.empty()) return Trial::Useless;
    const StageVerdict& mended = now->stages[static_cast<std::size_t>(stage.stage)];
    if (is_same_fault(stage, mended)) return Trial::Useless;
    for (const diag::CheckedTunnel& one : check_.tunnels)
      if (const TunnelVerdict* other = counterpart(again, one.verdict); other && worsens(one.verdict, *other)) return Trial::Useless;
    if (uncovers(tunnel, *now)) return Trial::Uncovers;
    return mended.verdict == Verdict::Agrees ? Trial::Agrees : Trial::Mends;
  }

  // No draft is tried any more.
  bool is_exhausted() const {
    return trials_ >= kMostTrials || bytes_ >= kMostTried || (trials_ + 1) * check_.tunnels.size() > kMostNegotiated;
  }

  // Of the files as they are.
  std::size_t problems_before() {
    if (!problems_before_) {
      const auto gathered = config::gather(files_);
      problems_before_ = gathered ? problems_in(*gathered) : 0;
    }
    return *problems_before_;
  }

  const diag::Check& check_;
  const std::vector<config::Given>& files_;
  const std::vector<model::ConfiguredPair>& pairs_;
  const kb::Knowledge& knowledge_;
  std::map<std::string, std::string> diffs_;
  std::optional<std::size_t> problems_before_;
  std::size_t trials_ = 0, bytes_ = 0;
};

}  // namespace

std::map<std::string, std::string> repairs_as_diffs(const diag::Check& check, const std::vector<config::Given>& files,
                                                    const std::vector<model::ConfiguredPair>& pairs, const kb::Knowledge& knowledge) {
  return Repairs(check, files, pairs, knowledge).all();
}

namespace {

// AWS applies a change of options to a new endpoint (facts: a connection's options take both of its tunnels down). Said once, at the end.
void say_what_it_interrupts(const model::Endpoint& cloud, std::vector<Change>& changes) {
  if (cloud.vendor != model::Vendor::Aws || changes.empty() || !changes.back().how.empty()) return;
  static constexpr std::array<std::string_view, 4> kOfConnection{"outside-address", "local-selectors", "remote-selectors", "bgp-asn"};
  const auto is_of_connection = [](const Change& one) {
    return std::find(kOfConnection.begin(), kOfConnection.end(), one.attribute) != kOfConnection.end();
  };
  const bool both = std::any_of(changes.begin(), changes.end(), is_of_connection);
  changes.back().how = both ? "applying it interrupts both tunnels of the connection"
                            : "applying it replaces the endpoint and interrupts the tunnel";
}

}  // namespace

void say_how_to_mend(diag::Check& check) {
  const auto say = [](const model::Endpoint* end, std::vector<Change>& changes) {
    for (Change& change : changes)
      if (end) change.how = config::how_to_make(*end, change);
  };
  for (diag::CheckedTunnel& tunnel : check.tunnels) {
    for (StageVerdict& stage : tunnel.verdict.stages) {
      say(tunnel.verdict.cloud, stage.repair.at_cloud);
      say(tunnel.verdict.gateway, stage.repair.at_gateway);
      if (tunnel.verdict.cloud) say_what_it_interrupts(*tunnel.verdict.cloud, stage.repair.at_cloud);
    }
    for (diag::CheckFinding& finding : check.findings) {
      if (finding.finding.subject != tunnel.id) continue;
      say(tunnel.verdict.cloud, finding.at_cloud);
      if (tunnel.verdict.cloud) say_what_it_interrupts(*tunnel.verdict.cloud, finding.at_cloud);
      say(tunnel.verdict.gateway, finding.at_gateway);
    }
  }
}

}  // namespace tunnelscope::commands
