// A word that is no algorithm is a problem, and stays in its proposal as unrecognised.
#include "src/config/cisco_proposals.hpp"

#include <algorithm>

#include "src/config/cisco_words.hpp"

namespace tunnelscope::config {
namespace {

using model::Authentication;
using model::Proposal;

constexpr Seconds kIkeLifetime{86'400};

void unknown_word(Proposal& proposal, const Word& word, std::vector<Problem>& problems) {
  proposal.unrecognised.push_back(word.text);
  report(problems, word.where, "this is no algorithm of a proposal");
}

void add(Proposal& proposal, std::string_view id, const Word& word, std::vector<Problem>& problems) {
  if (id.empty()) unknown_word(proposal, word, problems);
  else proposal.add(model::algorithm(id), word.where);
}

constexpr const char* kNotUnderstood = "a line that may say it is not understood";

// A line that is not understood may be any of its algorithms.
bool heed_unknown_lines(Proposal& proposal, const Command& command) {
  const bool any = !unknown_lines(command).empty();
  if (any) proposal.unrecognised.push_back("a line that is not understood");
  return any;
}

// "pre-share" and the methods of certificates; anything else is a problem.
bool is_method(const Command& command, std::size_t index, std::vector<Problem>& problems) {
  const std::vector<std::string_view> known{"pre-share", "rsa-sig", "rsa-encr", "ecdsa-sig", "eap", "anyconnect-eap"};
  const std::string_view word = command.word(index);
  if (std::find(known.begin(), known.end(), word) != known.end()) return true;
  report(problems, command.words.size() > index ? command.words[index].where : command.where, "this is no method of authentication",
         nearest_of(word, known));
  return false;
}

}  // namespace

Value<Authentication> cisco_method(const Command& command, std::size_t index, std::vector<Problem>& problems) {
  if (!is_method(command, index, problems)) return Value<Authentication>::unknown("its method is not known", command.where);
  const std::string_view word = command.word(index);
  return Value<Authentication>::stated(word == "pre-share" ? Authentication::PreSharedKey
                                       : word.ends_with("eap") ? Authentication::Eap
                                                               : Authentication::Certificate,
                                       command.where);
}

Value<Seconds> cisco_seconds(const Command& command, std::size_t index, std::vector<Problem>& problems) {
  const auto number = whole_number(command.word(index));
  if (number && *number < 10'000'000'000)
    return Value<Seconds>::stated(Seconds(static_cast<Seconds::rep>(*number)), command.where);
  report(problems, command.where, "a number of seconds is missing or cannot be read", "write a whole number");
  return Value<Seconds>::unknown("its value cannot be read", command.where);
}

void add_cisco_group(Proposal& proposal, std::string_view number, const Word& word, std::vector<Problem>& problems) {
  const auto wanted = whole_number(number);
  const model::AlgorithmRef group = wanted && *wanted < 64 ? model::group(static_cast<std::uint16_t>(*wanted)) : nullptr;
  if (group) proposal.add(group, word.where);
  else unknown_word(proposal, word, problems);
}

CiscoPolicy read_isakmp_policy(const Command& command, std::vector<Problem>& problems) {
  CiscoPolicy policy;
  policy.proposal.where = command.where;
  policy.method = Value<Authentication>::by_default(Authentication::Certificate, command.where, kCiscoTable);
  policy.lifetime = Value<Seconds>::by_default(kIkeLifetime, command.where, kCiscoTable);
  for (const Command& one : command.below) {
    const Word& last = one.words.back();
    if (one.word(0) == "encryption") add(policy.proposal, cisco_cipher(one.word(1), one.word(2)), last, problems);
    if (one.word(0) == "hash") add(policy.proposal, cisco_hash(one.word(1)), last, problems);
    if (one.word(0) == "group") add_cisco_group(policy.proposal, one.word(1), last, problems);
    if (one.word(0) == "authentication") policy.method = cisco_method(one, 1, problems);
    if (one.word(0) == "lifetime") policy.lifetime = cisco_seconds(one, 1, problems);
  }
  if (heed_unknown_lines(policy.proposal, command)) {
    if (!policy.method.stated()) policy.method = Value<Authentication>::unknown(kNotUnderstood, command.where);
    if (!policy.lifetime.stated()) policy.lifetime = Value<Seconds>::unknown(kNotUnderstood, command.where);
    return policy;
  }
  if (policy.proposal.encryption.empty()) policy.proposal.add(model::algorithm("des"), command.where);
  if (policy.proposal.integrity.empty()) policy.proposal.add(model::algorithm("sha1"), command.where);
  if (policy.proposal.groups.empty()) policy.proposal.add(model::group(1), command.where);
  return policy;
}

Proposal read_ikev2_proposal(const Command& command, std::vector<Problem>& problems) {
  Proposal proposal;
  proposal.where = command.where;
  for (const Command& one : command.below)
    for (std::size_t i = 1; i < one.words.size(); ++i) {
      const Word& word = one.words[i];
      const std::string hash(cisco_hash(word.text));
      if (one.word(0) == "encryption") add(proposal, cisco_cipher(word.text, ""), word, problems);
      if (one.word(0) == "integrity") add(proposal, hash, word, problems);
      if (one.word(0) == "prf") add(proposal, hash.empty() ? hash : "prf" + hash, word, problems);
      if (one.word(0) == "group") add_cisco_group(proposal, word.text, word, problems);
    }
  heed_unknown_lines(proposal, command);
  return proposal;
}

Proposal read_transform_set(const Command& set, model::Child& child, std::vector<Problem>& problems) {
  Proposal proposal;
  proposal.where = set.where;
  for (std::size_t i = 4; i < set.words.size(); ++i) {
    const Word& word = set.words[i];
    const bool bits = i + 1 < set.words.size() && whole_number(set.word(i + 1));
    const std::string_view cipher = cisco_cipher(word.text, bits ? set.word(i + 1) : "");
    add(proposal, cipher.empty() ? cisco_hash(word.text) : cipher, word, problems);
    if (bits) ++i;
  }
  if (const Command* mode = set.find("mode")) {
    using Mode = model::ChildMode;
    const auto known = spelt<Mode>(mode->word(1), {{"transport", Mode::Transport}, {"tunnel", Mode::Tunnel}});
    if (!known) report(problems, mode->where, "the mode cannot be read", "write `tunnel` or `transport`");
    child.mode = known ? Value<Mode>::stated(*known, mode->where) : Value<Mode>::unknown("its value cannot be read", mode->where);
  }
  return proposal;
}

}  // namespace tunnelscope::config
