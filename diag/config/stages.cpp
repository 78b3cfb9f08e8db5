#include "diag/config/stages.hpp"

namespace tunnelscope::diag::config {

Outcome agrees(std::string agreed, std::string remark) {
  Outcome outcome;
  outcome.agreed = std::move(agreed);
  outcome.reason = std::move(remark);
  return outcome;
}

Outcome unverified(std::string attribute, std::string reason) {
  Outcome outcome;
  outcome.verdict = Verdict::Unverified;
  outcome.attribute = std::move(attribute);
  outcome.reason = std::move(reason);
  return outcome;
}

Outcome fails(std::string cause, std::string attribute, std::string reason) {
  Outcome outcome;
  outcome.verdict = Verdict::Fails;
  outcome.cause = std::move(cause);
  outcome.attribute = std::move(attribute);
  outcome.reason = std::move(reason);
  return outcome;
}

Outcome worst(Outcome a, Outcome b) { return b.verdict > a.verdict ? b : a; }

void show(Outcome& outcome, const Endpoint& one, Shown ones, Shown others) {
  const bool cloud = one.side == Side::Cloud;
  outcome.cloud = cloud ? ones : others;
  outcome.gateway = cloud ? std::move(others) : std::move(ones);
}

std::string whose(Side side) { return side == Side::Cloud ? "the cloud's" : "the gateway's"; }

}  // namespace tunnelscope::diag::config
