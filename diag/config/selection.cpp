#include "diag/config/selection.hpp"

#include <algorithm>
#include <iterator>

namespace tunnelscope::diag::config {
namespace {

constexpr TransformType kTypes[] = {TransformType::Encryption, TransformType::Integrity, TransformType::Prf, TransformType::Group,
                                    TransformType::SequenceNumbers};

Protocol protocol_of(Exchange exchange) { return exchange == Exchange::Ike ? Protocol::Ike : Protocol::Esp; }

bool carries_groups(Exchange exchange, Version version) { return exchange != Exchange::FirstChild || version == Version::Ikev1; }

void strip_groups(Proposals& proposals) {
  for (Proposal& one : proposals) one.groups.algorithms.clear();
}

void keep_first(TransformSet& set) {
  if (set.algorithms.size() > 1) set.algorithms.resize(1);
}

// Phase 1 of IKEv1 names a hash, from which the PRF follows; it cannot say AEAD.
bool ikev1_can_say(const Proposal& proposal) {
  return proposal.encryption.empty() || !proposal.encryption.algorithms.front()->aead;
}

void keep_first_algorithms(Proposals& proposals) {
  for (Proposal& one : proposals)
    for (const TransformType type : kTypes)
      if (type != TransformType::Group) keep_first(one[type]);
}

Proposals main_mode_offer(Proposals written) {
  keep_first_algorithms(written);
  for (Proposal& one : written) {
    keep_first(one.groups);
    one.prf.algorithms.clear();
  }
  std::erase_if(written, [](const Proposal& one) { return !ikev1_can_say(one); });
  return completed(written, Protocol::Ike);
}

Proposals quick_mode_offer(Proposals written) {
  keep_first_algorithms(written);
  Proposals offers = completed(written, Protocol::Esp);
  if (offers.empty()) return offers;
  const AlgorithmRef pfs = offers.front().groups.algorithms.front();
  std::erase_if(offers, [&](const Proposal& one) { return !one.groups.has(pfs); });
  for (Proposal& one : offers) one.groups.algorithms = {pfs};
  return offers;
}

bool share(const TransformSet& a, const TransformSet& b) {
  if (a.empty() || b.empty()) return a.empty() && b.empty();
  return std::any_of(a.algorithms.begin(), a.algorithms.end(), [&](AlgorithmRef one) { return b.has(one); });
}

bool recognised(const Proposal& proposal) { return proposal.unrecognised.empty(); }

void find_nearest(Selection& selection, const Proposals& offers, const Proposals& accepted) {
  std::size_t fewest = kTransformTypes + 1;
  for (const Proposal& offer : offers)
    for (const Proposal& own : accepted)
      if (const std::size_t count = differences(offer, own).size(); count < fewest) {
        fewest = count;
        selection.initiators = offer;
        selection.responders = own;
      }
}

// Quick Mode goes by the first proposal: with an unknown one nothing can be said of the others either.
bool nothing_certain(const Proposals& initiator, Exchange exchange, Version version) {
  return version == Version::Ikev1 && exchange != Exchange::Ike && !initiator.empty() && !recognised(initiator.front());
}

}  // namespace

Proposals offered(const Proposals& configured, Exchange exchange, Version version) {
  if (version == Version::Ikev2) return acceptable(configured, exchange, version);
  return exchange == Exchange::Ike ? main_mode_offer(configured) : quick_mode_offer(configured);
}

Proposals acceptable(const Proposals& configured, Exchange exchange, Version version) {
  Proposals all = completed(configured, protocol_of(exchange));
  if (!carries_groups(exchange, version)) strip_groups(all);
  return all;
}

std::vector<TransformType> differences(const Proposal& a, const Proposal& b) {
  std::vector<TransformType> different;
  std::copy_if(std::begin(kTypes), std::end(kTypes), std::back_inserter(different),
               [&](TransformType type) { return !share(a[type], b[type]); });
  return different;
}

Proposal common(const Proposal& offer, const Proposal& accepted) {
  Proposal both = offer;
  for (const TransformType type : kTypes)
    std::erase_if(both[type].algorithms, [&](AlgorithmRef one) { return !accepted[type].has(one); });
  return both;
}

Selection select(const Proposals& initiator, const Proposals& responder, Exchange exchange, Version version) {
  Selection selection;
  Proposals offers = offered(initiator, exchange, version), accepted = acceptable(responder, exchange, version);
  const std::size_t all = offers.size() + accepted.size();
  std::erase_if(offers, [](const Proposal& one) { return !recognised(one); });
  std::erase_if(accepted, [](const Proposal& one) { return !recognised(one); });
  const bool some_unknown = offers.size() + accepted.size() < all;
  if (nothing_certain(initiator, exchange, version)) {
    selection.verdict = Verdict::Unverified;
    return selection;
  }
  for (const Proposal& offer : offers)
    for (const Proposal& own : accepted)
      if (differences(offer, own).empty()) return {Verdict::Agrees, common(offer, own), {}, {}};
  selection.verdict = some_unknown ? Verdict::Unverified : Verdict::Fails;
  find_nearest(selection, offers, accepted);
  return selection;
}

}  // namespace tunnelscope::diag::config
