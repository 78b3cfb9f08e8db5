// The reader of a policy of IKE and of IPsec is one: their proposals are written alike.
#include "src/config/juniper_proposals.hpp"

namespace tunnelscope::config {
namespace {

using model::Proposal;
using model::Proposals;

void add(JuniperView& view, Proposal& proposal, std::string_view id, const Word& word) {
  if (!id.empty()) return proposal.add(model::algorithm(id), word.where);
  proposal.unrecognised.push_back(word.text);
  report(view.problems, word.where, "this is no algorithm of a proposal");
}

Proposal read_proposal(JuniperView& view, const JuniperPath& path, const Word& name) {
  Proposal proposal;
  proposal.where = name.where;
  if (const Word* cipher = view.word(below(path, {"encryption-algorithm"}))) add(view, proposal, juniper_cipher(cipher->text), *cipher);
  if (const Word* hash = view.word(below(path, {"authentication-algorithm"}))) add(view, proposal, juniper_hash(hash->text), *hash);
  if (const Word* group = view.word(below(path, {"dh-group"}))) add_juniper_group(view, proposal, *group);
  const JuniperPath extended = below(path, {"extended-sequence-number"});
  if (const auto all = view.statements.all(extended); !all.empty()) proposal.add(model::algorithm("esn"), all.front()->where);
  const bool aead = !proposal.encryption.empty() && proposal.encryption.algorithms.front()->aead;
  const bool ike = path[1] == "ike";
  const bool whole = !proposal.encryption.empty() && (!ike || !proposal.groups.empty()) && ((aead && !ike) ||
      !proposal.integrity.empty());
  if (!whole) proposal.unrecognised.push_back("default");
  return proposal;
}

}  // namespace

void add_juniper_group(JuniperView& view, Proposal& proposal, const Word& word) {
  const auto number = word.text.starts_with("group") ? whole_number(std::string_view(word.text).substr(5)) : std::nullopt;
  const model::AlgorithmRef group = number && *number < 64 ? model::group(static_cast<std::uint16_t>(*number)) : nullptr;
  if (group) proposal.add(group, word.where);
  else add(view, proposal, {}, word);
}

Value<Proposals> read_juniper_proposals(JuniperView& view, const JuniperPath& policy, const std::string& kind, const Where& where,
                                        std::vector<JuniperPath>& paths) {
  if (const Word* set = view.word(below(policy, {"proposal-set"}))) return Value<Proposals>::unknown("a predefined set of proposals",
      set->where);
  Proposals all;
  Where first;
  bool missing = false;
  for (const Statement* one : view.statements.all(below(policy, {"proposals"})))
    for (std::size_t i = policy.size() + 1; i < one->words.size(); ++i) {
      const Word& name = one->words[i];
      if (name.text == "[" || name.text == "]") continue;
      if (!first.known()) first = name.where;
      if (!view.defined({"security", kind, "proposal"}, name)) {
        missing = true;
        continue;
      }
      paths.push_back({"security", kind, "proposal", name.text});
      all.push_back(read_proposal(view, paths.back(), name));
    }
  if (missing) return Value<Proposals>::unknown("a proposal is not in the configuration", first);
  if (all.empty()) return Value<Proposals>::unknown("not stated", where);
  return Value<Proposals>::stated(std::move(all), first);
}

}  // namespace tunnelscope::config
