#include "diag/config/proposal.hpp"

#include <algorithm>

namespace tunnelscope::diag::config {
namespace {

bool is_aead(AlgorithmRef cipher) { return cipher->aead; }

TransformSet only(const TransformSet& ciphers, bool aead) {
  TransformSet kept{{}, ciphers.where};
  for (const AlgorithmRef cipher : ciphers.algorithms)
    if (cipher->aead == aead) kept.algorithms.push_back(cipher);
  return kept;
}

// One proposal with AEAD ciphers, one without; in the order of the first cipher.
std::vector<Proposal> taken_apart(const Proposal& written) {
  const auto& ciphers = written.encryption.algorithms;
  const bool some = std::any_of(ciphers.begin(), ciphers.end(), is_aead), all = std::all_of(ciphers.begin(), ciphers.end(), is_aead);
  if (!some || all) return {written};
  Proposal aead = written, other = written;
  aead.encryption = only(written.encryption, true);
  other.encryption = only(written.encryption, false);
  return ciphers.front()->aead ? std::vector{aead, other} : std::vector{other, aead};
}

void derive_prf(Proposal& proposal) {
  for (const AlgorithmRef integrity : proposal.integrity.algorithms)
    if (const AlgorithmRef prf = prf_of(integrity)) proposal.add(prf, proposal.integrity.where);
}

void complete_ike(Proposal& proposal, bool aead) {
  if (proposal.prf.empty()) derive_prf(proposal);
  if (aead) proposal.integrity.algorithms.clear();
}

void complete_esp(Proposal& proposal, bool aead) {
  proposal.prf.algorithms.clear();
  if (aead) proposal.integrity.algorithms.clear();
  if (proposal.groups.empty()) proposal.add(group(0), proposal.groups.where);
  if (proposal.sequence_numbers.empty()) proposal.add(algorithm("noesn"), proposal.where);
}

bool is_implied(const Proposal& proposal, TransformType type) {
  const auto& set = proposal[type].algorithms;
  if (type == TransformType::Group) return set.size() == 1 && set.front()->number == 0;
  if (type == TransformType::SequenceNumbers) return set.size() == 1 && set.front()->id == "noesn";
  if (type != TransformType::Prf) return false;
  const auto derived = [](AlgorithmRef integrity) { return prf_of(integrity); };
  return std::equal(set.begin(), set.end(), proposal.integrity.algorithms.begin(), proposal.integrity.algorithms.end(),
                    [&](AlgorithmRef prf, AlgorithmRef integrity) { return prf == derived(integrity); });
}

void append(std::string& text, const std::string& part, const char* separator) {
  if (!text.empty() && !part.empty()) text += separator;
  text += part;
}

}  // namespace

bool TransformSet::has(AlgorithmRef wanted) const {
  return std::find(algorithms.begin(), algorithms.end(), wanted) != algorithms.end();
}

const TransformSet& Proposal::operator[](TransformType type) const {
  switch (type) {
    case TransformType::Encryption: return encryption;
    case TransformType::Integrity: return integrity;
    case TransformType::Prf: return prf;
    case TransformType::Group: return groups;
    case TransformType::SequenceNumbers: break;
  }
  return sequence_numbers;
}

TransformSet& Proposal::operator[](TransformType type) { return const_cast<TransformSet&>(std::as_const(*this)[type]); }

void Proposal::add(AlgorithmRef added, const Where& at) {
  TransformSet& set = (*this)[added->type];
  if (set.has(added)) return;
  if (set.empty() && !set.where.known()) set.where = at;
  set.algorithms.push_back(added);
}

bool operator==(const Proposal& a, const Proposal& b) {
  for (std::size_t type = 0; type < kTransformTypes; ++type)
    if (const auto kind = static_cast<TransformType>(type); a[kind].algorithms != b[kind].algorithms) return false;
  return a.unrecognised == b.unrecognised;
}

Proposals completed(const Proposals& written, Protocol protocol) {
  Proposals complete;
  for (const Proposal& one : written)
    for (Proposal& part : taken_apart(one)) {
      const bool aead = !part.encryption.empty() && is_aead(part.encryption.algorithms.front());
      protocol == Protocol::Ike ? complete_ike(part, aead) : complete_esp(part, aead);
      complete.push_back(std::move(part));
    }
  return complete;
}

std::string text(const TransformSet& set) {
  std::string all;
  for (const AlgorithmRef one : set.algorithms) append(all, std::string(one->id), "|");
  return all;
}

std::string text(const Proposal& proposal) {
  std::string all;
  for (std::size_t type = 0; type < kTransformTypes; ++type)
    if (const auto kind = static_cast<TransformType>(type); !is_implied(proposal, kind)) append(all, text(proposal[kind]), "-");
  for (const std::string& word : proposal.unrecognised) append(all, word, "-");
  return all;
}

std::string text(const Proposals& proposals) {
  std::string all;
  for (const Proposal& one : proposals) append(all, text(one), ", ");
  return all;
}

}  // namespace tunnelscope::diag::config
