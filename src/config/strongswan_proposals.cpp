#include "src/config/strongswan_proposals.hpp"

#include <algorithm>

namespace tunnelscope::config {
namespace {

using model::AlgorithmRef;
using model::Proposal;
using model::Proposals;
using model::Protocol;

constexpr std::size_t kMostProposals = 256, kMostUnrecognised = 32;

// Where strongSwan's word is not the canonical one.
constexpr Spelling<std::string_view> kSpellings[] = {
    {"aes", "aes128"},
    {"aes128ccm", "aes128ccm16"},        {"aes192ccm", "aes192ccm16"},        {"aes256ccm", "aes256ccm16"},
    {"aes128ccm64", "aes128ccm8"},       {"aes192ccm64", "aes192ccm8"},       {"aes256ccm64", "aes256ccm8"},
    {"aes128ccm96", "aes128ccm12"},      {"aes192ccm96", "aes192ccm12"},      {"aes256ccm96", "aes256ccm12"},
    {"aes128ccm128", "aes128ccm16"},     {"aes192ccm128", "aes192ccm16"},     {"aes256ccm128", "aes256ccm16"},
    {"aes128gcm", "aes128gcm16"},        {"aes192gcm", "aes192gcm16"},        {"aes256gcm", "aes256gcm16"},
    {"aes128gcm64", "aes128gcm8"},       {"aes192gcm64", "aes192gcm8"},       {"aes256gcm64", "aes256gcm8"},
    {"aes128gcm96", "aes128gcm12"},      {"aes192gcm96", "aes192gcm12"},      {"aes256gcm96", "aes256gcm12"},
    {"aes128gcm128", "aes128gcm16"},     {"aes192gcm128", "aes192gcm16"},     {"aes256gcm128", "aes256gcm16"},
    {"camellia", "camellia128"},         {"blowfish128", "blowfish"},
    {"sha", "sha1"},                     {"sha2_256", "sha256"},              {"sha2_384", "sha384"},
    {"sha2_512", "sha512"},              {"sha2_256_96", "sha256_96"},
    {"x25519", "curve25519"},            {"x448", "curve448"},                {"modpnone", "none"},
};

AlgorithmRef algorithm_of(std::string_view word) {
  const std::string wanted = lower(word);
  for (const auto& [text, canonical] : kSpellings)
    if (text == wanted) return model::algorithm(canonical);
  return model::algorithm(wanted);
}

std::vector<std::string_view> all_words() {
  std::vector<std::string_view> words{"default"};
  for (const auto& one : model::all_algorithms()) words.push_back(one.id);
  for (const auto& one : kSpellings) words.push_back(one.text);
  return words;
}

Proposal proposal_of(std::initializer_list<std::string_view> ids, const Where& where) {
  Proposal proposal;
  proposal.where = where;
  for (const std::string_view id : ids) proposal.add(model::algorithm(id), where);
  return proposal;
}

Proposal read_proposal(const Word& text, std::vector<Problem>& problems) {
  Proposal proposal;
  proposal.where = text.where;
  for (const Word& word : split(text, '-')) {
    if (const AlgorithmRef known = algorithm_of(word.text)) {
      proposal.add(known, word.where);
      continue;
    }
    if (proposal.unrecognised.size() >= kMostUnrecognised) break;
    proposal.unrecognised.push_back(word.text);
    report_unread(problems, word.where, "this is no algorithm of a proposal", nearest_of(word.text, all_words()));
  }
  for (const auto type : {model::TransformType::Integrity, model::TransformType::Group})
    if (!proposal[type].where.known()) proposal[type].where = text.where;
  return proposal;
}

// Refused by the daemon as a whole.
const char* fault_of(const Proposal& proposal, Protocol protocol) {
  if (!proposal.unrecognised.empty()) return nullptr;
  if (protocol == Protocol::Ike && proposal.groups.empty()) return "a proposal for IKE without a key exchange group";
  if (protocol == Protocol::Ike && proposal.encryption.empty()) return "a proposal for IKE without an encryption algorithm";
  return nullptr;
}

}  // namespace

Proposals strongswan_default(Protocol protocol, const Where& where) {
  if (protocol == Protocol::Esp)
    return {proposal_of({"aes128gcm16", "aes192gcm16", "aes256gcm16"}, where),
            proposal_of({"aes128", "aes192", "aes256", "sha256", "sha384", "sha512", "sha1", "aesxcbc"}, where)};
  Proposal plain = proposal_of({"aes128", "aes192", "aes256", "sha256", "sha384", "sha512", "ecp256", "ecp384", "ecp521", "curve25519",
                                "modp3072", "modp4096", "modp6144", "modp8192", "modp2048"}, where);
  Proposal aead = proposal_of({"aes128gcm16", "aes192gcm16", "aes256gcm16", "prfsha256", "prfsha384", "prfsha512", "ecp256", "ecp384",
                               "ecp521", "curve25519", "modp3072", "modp4096", "modp6144", "modp8192", "modp2048"}, where);
  plain.unrecognised = aead.unrecognised = {"default"};
  return {plain, aead};
}

Value<Proposals> strongswan_proposals(const Word& list, Protocol protocol, std::vector<Problem>& problems) {
  Proposals all;
  const char* fault = nullptr;
  for (const Word& text : split(list, ',')) {
    if (all.size() > kMostProposals) fault = "too many proposals";
    if (fault) break;
    if (lower(text.text) == "default") {
      const Proposals implied = strongswan_default(protocol, text.where);
      all.insert(all.end(), implied.begin(), implied.end());
      continue;
    }
    all.push_back(read_proposal(text, problems));
    fault = fault_of(all.back(), protocol);
    if (fault) report_unread(problems, text.where, fault, "name one of each kind, as in `aes256-sha256-modp2048`");
  }
  if (fault) return Value<Proposals>::unknown(fault, list.where);
  return Value<Proposals>::stated(std::move(all), list.where);
}

void truncate_sha256(Value<Proposals>& proposals) {
  if (!proposals.known()) return;
  for (Proposal& one : proposals.edit())
    std::replace(one.integrity.algorithms.begin(), one.integrity.algorithms.end(), model::algorithm("sha256"),
                 model::algorithm("sha256_96"));
}

}  // namespace tunnelscope::config
