#include "src/config/libreswan_proposals.hpp"

#include <algorithm>

namespace tunnelscope::config {
namespace {

using model::AlgorithmRef;
using model::Proposal;
using model::Proposals;
using model::Protocol;
using model::TransformType;

constexpr std::size_t kMostProposals = 256, kMostUnrecognised = 32;

// What pluto's word stands for, by canonical names. A cipher without a key length stands for both lengths.
struct Spelt {
  std::string_view word;
  std::vector<std::string_view> ids;
};

const std::vector<Spelt>& spellings() {
  static const std::vector<Spelt> kAll = {
      {"aes", {"aes256", "aes128"}}, {"aes_cbc", {"aes256", "aes128"}}, {"aes_cbc_128", {"aes128"}}, {"aes_cbc_192", {"aes192"}},
      {"aes_cbc_256", {"aes256"}}, {"aes_cbc128", {"aes128"}}, {"aes_cbc256", {"aes256"}}, {"aes_128", {"aes128"}}, {"aes_192", {"aes192"}},
      {"aes_256", {"aes256"}}, {"3des_cbc", {"3des"}}, {"aes_gcm", {"aes256gcm16", "aes128gcm16"}},
      {"aes_gcm_16", {"aes256gcm16", "aes128gcm16"}}, {"aes_gcm_c", {"aes256gcm16", "aes128gcm16"}}, {"aes_gcm128", {"aes128gcm16"}},
      {"aes_gcm192", {"aes192gcm16"}}, {"aes_gcm256", {"aes256gcm16"}}, {"aes_gcm_128", {"aes128gcm16"}}, {"aes_gcm_256", {"aes256gcm16"}},
      {"aes_gcm_16_128", {"aes128gcm16"}}, {"aes_gcm_16_192", {"aes192gcm16"}}, {"aes_gcm_16_256", {"aes256gcm16"}},
      {"aes_gcm_c_128", {"aes128gcm16"}}, {"aes_gcm_c_256", {"aes256gcm16"}}, {"aes_gcm_12_128", {"aes128gcm12"}},
      {"aes_gcm_12_256", {"aes256gcm12"}}, {"aes_gcm_8_128", {"aes128gcm8"}}, {"aes_gcm_8_256", {"aes256gcm8"}},
      {"aes_ccm", {"aes256ccm16", "aes128ccm16"}}, {"aes_ccm128", {"aes128ccm16"}}, {"aes_ccm256", {"aes256ccm16"}},
      {"aes_ctr", {"aes256ctr", "aes128ctr"}}, {"aes_ctr128", {"aes128ctr"}}, {"aes_ctr256", {"aes256ctr"}},
      {"chacha20_poly1305", {"chacha20poly1305"}}, {"camellia", {"camellia256", "camellia128"}},
      {"sha", {"sha1"}}, {"sha1_96", {"sha1"}}, {"sha2", {"sha256"}}, {"sha2_256", {"sha256"}}, {"sha2_256_128", {"sha256"}},
      {"sha2_384", {"sha384"}}, {"sha2_512", {"sha512"}}, {"hmac_sha1", {"sha1"}}, {"hmac_md5", {"md5"}}, {"hmac_sha2_256", {"sha256"}},
      {"hmac_sha2_384", {"sha384"}}, {"hmac_sha2_512", {"sha512"}}, {"sha2_256_truncbug", {"sha256_96"}}, {"hmac_sha2_256_truncbug",
          {"sha256_96"}},
      {"aes_xcbc", {"aesxcbc"}}, {"aes_cmac", {"aescmac"}}, {"dh0", {"none"}}, {"ecp_256", {"ecp256"}}, {"ecp_384", {"ecp384"}},
      {"ecp_521", {"ecp521"}}, {"x25519", {"curve25519"}}};
  return kAll;
}

std::vector<AlgorithmRef> algorithms_of(std::string_view word) {
  const std::string wanted = lower(word);
  for (const Spelt& one : spellings())
    if (one.word == wanted) {
      std::vector<AlgorithmRef> all;
      for (const std::string_view id : one.ids) all.push_back(model::algorithm(id));
      return all;
    }
  const auto number = wanted.starts_with("dh") ? whole_number(wanted.substr(2)) : std::nullopt;
  const AlgorithmRef known = number && *number < 64 ? model::group(static_cast<std::uint16_t>(*number)) : model::algorithm(wanted);
  return known ? std::vector{known} : std::vector<AlgorithmRef>{};
}

std::vector<std::string_view> all_words() {
  std::vector<std::string_view> words;
  for (const auto& one : model::all_algorithms()) words.push_back(one.id);
  for (const Spelt& one : spellings()) words.push_back(one.word);
  return words;
}

void add_all(Proposal& proposal, std::initializer_list<std::string_view> ids, const Where& where) {
  for (const std::string_view id : ids) proposal.add(model::algorithm(id), where);
}

void add_default_groups(Proposal& proposal, const Where& where) {
  add_all(proposal, {"modp2048", "modp3072", "modp4096", "modp8192", "ecp256", "ecp384", "ecp521", "curve25519"}, where);
}

bool all_aead(const Proposal& proposal) {
  const auto& ciphers = proposal.encryption.algorithms;
  return !ciphers.empty() && std::all_of(ciphers.begin(), ciphers.end(), [](AlgorithmRef one) { return one->aead; });
}

Proposal read_proposal(const Word& text, Protocol protocol, std::vector<Problem>& problems) {
  Word apart = text;
  std::replace_if(apart.text.begin(), apart.text.end(), [](char c) { return c == ';' || c == '+' || c == '!'; }, '-');
  Proposal proposal;
  proposal.where = text.where;
  for (const Word& word : split(apart, '-')) {
    const auto known = algorithms_of(word.text);
    // "aes_gcm256-null": no integrity algorithm beside AEAD.
    const bool no_integrity = !proposal.encryption.empty() && lower(word.text) == "null";
    for (const AlgorithmRef one : known)
      if (!no_integrity) proposal.add(one, word.where);
    if (!known.empty()) continue;
    if (proposal.unrecognised.size() >= kMostUnrecognised) break;
    proposal.unrecognised.push_back(word.text);
    report_unread(problems, word.where, "this is no algorithm of a proposal", nearest_of(word.text, all_words()));
  }
  const bool wants_integrity = protocol == Protocol::Ike || !all_aead(proposal);
  if (proposal.integrity.empty() && proposal.prf.empty() && wants_integrity) add_all(proposal, {"sha512", "sha256"}, text.where);
  if (protocol == Protocol::Ike && proposal.groups.empty()) add_default_groups(proposal, text.where);
  if (!proposal.groups.where.known()) proposal.groups.where = text.where;
  return proposal;
}

void combine(const Proposal& from, std::size_t type, Proposal so_far, Proposals& all) {
  if (all.size() > kMostProposals) return;
  if (type == model::kTransformTypes) return all.push_back(std::move(so_far));
  const auto& set = from[static_cast<TransformType>(type)];
  so_far[static_cast<TransformType>(type)].where = set.where;
  if (set.empty()) return combine(from, type + 1, std::move(so_far), all);
  for (const AlgorithmRef one : set.algorithms) {
    Proposal next = so_far;
    next.add(one, set.where);
    combine(from, type + 1, std::move(next), all);
  }
}

}  // namespace

Proposals libreswan_default(Protocol protocol, const Where& where) {
  Proposal aead, plain;
  aead.where = plain.where = where;
  add_all(aead, {"aes256gcm16", "aes128gcm16", "chacha20poly1305"}, where);
  add_all(plain, {"aes256", "aes128", "sha512", "sha256"}, where);
  if (protocol == Protocol::Ike) {
    add_all(aead, {"prfsha512", "prfsha256"}, where);
    for (Proposal* one : {&aead, &plain}) {
      add_default_groups(*one, where);
      one->unrecognised = {"default"};
    }
  }
  return {aead, plain};
}

Proposals libreswan_proposals(const Word& list, Protocol protocol, std::vector<Problem>& problems) {
  Proposals all;
  for (const Word& text : split(list, ',')) {
    if (all.size() > kMostProposals) break;
    all.push_back(read_proposal(text, protocol, problems));
  }
  return all;
}

Proposals every_combination(const Proposals& proposals) {
  Proposals all;
  for (const Proposal& one : proposals) {
    Proposal empty;
    empty.where = one.where;
    empty.unrecognised = one.unrecognised;
    combine(one, 0, empty, all);
  }
  return all;
}

}  // namespace tunnelscope::config
