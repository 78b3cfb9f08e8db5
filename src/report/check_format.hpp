// The formats of a check of configurations. In: a CheckDocument, complete. Out: its text. A format reads nothing else.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diag/check.hpp"
#include "diag/config/differences.hpp"
#include "src/report/background.hpp"
#include "diag/logged.hpp"
#include "src/terminal.hpp"

namespace tunnelscope::report {

// A configuration as the report lists it.
struct ReadConfiguration {
  std::string path, kind;
  diag::config::Side side{};
  diag::config::Moment moment{};
  std::size_t tunnels = 0;
};

// What the logs of the same tunnels show.
struct CheckedLogs {
  std::vector<std::string> inputs;
  std::vector<diag::LoggedTunnel> tunnels;
  std::vector<std::string> without_log;  // ids of checked tunnels
};

struct CheckDocument {
  diag::Check check;
  std::vector<ReadConfiguration> configurations;
  std::vector<diag::config::Problem> problems;
  std::map<diag::config::Where, std::string> lines;  // of places at which something is to be changed; none holds a key
  std::map<std::string, std::string> diffs;          // what the changes of one end come to in its files, by key_of(); none holds a key
  Background background = {};
  std::optional<CheckedLogs> logs = {};                 // empty: none were given
  std::vector<std::vector<diag::config::SettingDifference>> differences = {};  // of each tunnel of `check`
};

FindingList findings_of(const diag::Check& check);

struct CheckFormat {
  std::string_view name;
  std::string (*write)(const CheckDocument& document, const app::Screen& screen);
};
std::span<const CheckFormat> check_formats();
const CheckFormat* check_format_named(std::string_view name);

std::string check_to_text(const CheckDocument& document, const app::Screen& screen);
std::string check_to_json(const CheckDocument& document, const app::Screen& screen);
std::string check_to_markdown(const CheckDocument& document, const app::Screen& screen);
std::string check_to_html(const CheckDocument& document, const app::Screen& screen);

// Building blocks that the formats share; raw texts.

// "gateway: in ...; or cloud: in ..."; empty: nobody knows how.
std::string in_words(const diag::config::Repair& repair);
// The changes of one end that are made together, by one text.
std::string key_of(const std::vector<diag::config::Change>& changes);
// Their unified diff, which stands behind the last of them; empty: nobody knows how the vendor writes it.
std::string diff_of(const std::vector<diag::config::Change>& changes, const CheckDocument& document);
// "not known" for a value that is none.
std::string value_in_words(const diag::config::Shown& shown);
// "this tunnel for some minutes", "both tunnels of the connection at once", "...".
std::string in_words(diag::config::ApplyEffect effect, diag::config::Side side);  // at that end
std::string in_words(const diag::CheckedTunnel& tunnel);                            // its effect
// Who starts the tunnel: "the gateway", "either end"; "not known" without one.
std::string_view initiator_in_words(const std::optional<diag::config::Initiator>& initiator);
// The first that fails; nullptr: none does.
const diag::config::StageVerdict* first_failing(const diag::config::TunnelVerdict& tunnel);
// "1 fails, 2 agree".
std::string counts_in_words(const diag::Check& check);
// "authentication: pre-shared-key", "a setting: config/equal-lifetimes".
std::string in_words(const diag::ConfiguredFault& fault);
// "authentication-failed by identity: identity (identity-mismatch)", what the logs show and what it comes of.
std::string in_words(const diag::Explanation& explanation);
// "vpn-.../203.0.113.17: down, psk-mismatch".
std::string headline(const diag::LoggedTunnel& tunnel);
// In which order to apply what interrupts; empty: it does not matter.
std::string order_of_applying(const diag::Check& check);

}  // namespace tunnelscope::report
