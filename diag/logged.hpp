// Logs beside configurations. In: a check, the report of what the same tunnels logged, the knowledge base. Out: per tunnel of the logs what
// in the configurations explains what they show, what nothing there explains, and what differs but has not shown. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "diag/check.hpp"
#include "diag/report.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag {

// Something in the configurations: a stage that fails or cannot be verified, or a setting that a rule of kb/config/ found.
struct ConfiguredFault {
  std::string cause;                    // of the stage, "config/..." of a rule; what it would be, of a stage that cannot be verified
  std::optional<config::Stage> stage;   // empty: a rule
  std::string attribute;                // empty: a rule, or not known
  config::Verdict verdict = config::Verdict::Fails;  // Unverified: it may be so
};

struct Explanation {
  std::string shown;                    // the cause that the logs show
  ConfiguredFault by;
  std::optional<bool> mended;           // by the change that is checked; empty: there is none
};

struct UnexplainedFinding {
  std::string cause, title;
};

// A stage that fails, and no finding of the logs comes of it.
struct NotShown {
  ConfiguredFault fault;
  std::string because;                  // a clause: "it shows when the tunnel has gone down"
};

struct LoggedTunnel {
  std::string id;                       // as the logs name it
  std::string tunnel;                   // id of the checked tunnel; empty: the configurations have none that it could be
  bool assumed = false;                 // the logs do not say which tunnel it is, and there is just one
  std::string status, primary_cause;    // as in the report; primary_cause may be empty
  std::vector<Explanation> explained_by;
  std::vector<UnexplainedFinding> unexplained;
  std::vector<NotShown> not_shown;
};

// One per tunnel of the report, in its order. Logs were written under what stood there before a change: with one, that state explains them.
std::vector<LoggedTunnel> explain(const Report& report, const Check& check, const kb::Knowledge& knowledge);

// Ids of the tunnels of the check that no log is of.
std::vector<std::string> without_log(const Check& check, const std::vector<LoggedTunnel>& logged);

}  // namespace tunnelscope::diag
