// Identities and authentication: whether each end takes who the other says it is, and whether both would use the same key. Which key an
// end uses depends on the identities, so a key that is filed under another name is as good as none.
#include <algorithm>

#include "diag/config/stages.hpp"

namespace tunnelscope::diag::config {
namespace {

constexpr const char* kAuthenticationFailed = "AWS tunnel is sending AUTHENTICATION_FAILED as the response";
constexpr const char* kHalfOpen = "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: ";
constexpr const char* kUndecryptable = "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key";

Shown shown_identity(const Value<Identity>& identity) {
  return shown(identity, [](const Identity& one) { return text(one); });
}

// The same text of two kinds: `@198.51.100.20` is a name.
bool differ_in_kind_alone(const Identity& a, const Identity& b) { return a.kind != b.kind && text(a) == text(b); }

Shown shown_kind(const Value<Identity>& identity) {
  return shown(identity, [](const Identity& one) { return std::string(name(one.kind)) + " " + text(one); });
}

// The cloud end says why only where it is the one that answers.
std::vector<std::string> refusal_by_cloud(const Talk& talk) {
  const bool answers = !talk.cloud_initiates() && talk.version == Version::Ikev2;
  return answers ? std::vector<std::string>{kAuthenticationFailed} : std::vector<std::string>{};
}

// That the peer expects another address is the same fault as that it has another one for this end, which is told there.
bool follows_the_address(const Endpoint& end, const Endpoint& peer) {
  const auto own = end.local_addresses.known() ? end.local_addresses->single() : std::nullopt;
  const auto expected = peer.remote_addresses.known() ? peer.remote_addresses->single() : std::nullopt;
  if (!own || !expected || *own == *expected || is_private(*own) || peer.remote_identity.origin() != Origin::Default) return false;
  return *end.local_identity == Identity{IdentityKind::Address, text(*own)} &&
         *peer.remote_identity == Identity{IdentityKind::Address, text(*expected)};
}

// What `end` says it is, and what `peer` expects it to be.
Outcome identity_of_end(const Talk& talk, const Endpoint& end, const Endpoint& peer) {
  const auto& presented = end.local_identity;
  const auto& expected = peer.remote_identity;
  Outcome outcome;
  if (expected.known() && expected->kind == IdentityKind::Any) return agrees();
  if (!presented.known() || !expected.known())
    outcome = unverified("identity", "an identity is not known: " + (presented.known() ? expected : presented).note());
  else if (expected->accepts(*presented))
    return agrees(text(*presented));
  else if (expected->has_wildcard())
    outcome = unverified("identity", "the expected identity has a wildcard");
  else if (follows_the_address(end, peer))
    outcome = unverified("identity", "it follows " + whose(end.side) + " outside address, for which the peer has another one");
  else
    outcome = fails("identity-mismatch", "identity", whose(end.side) + " identity is not the one that its peer expects");
  const bool by_kind = presented.known() && expected.known() && differ_in_kind_alone(*presented, *expected);
  if (by_kind) show(outcome, end, shown_kind(presented), shown_kind(expected));
  else show(outcome, end, shown_identity(presented), shown_identity(expected));
  if (outcome.verdict != Verdict::Fails) return outcome;
  if (by_kind) outcome.reason += ": the text is the same, but the one is of the kind " + std::string(name(presented->kind)) +
                                 " and the other of the kind " + std::string(name(expected->kind));
  const auto words = [&](const Identity& one) { return by_kind ? with_kind(one) : text(one); };
  outcome.log_messages = refusal_by_cloud(talk);  // an initiator also says whom it expects
  const Change at_end{end.side, presented.where(), "local-identity", words(*presented), words(*expected)};
  const Change at_peer{peer.side, expected.where(), "remote-identity", words(*expected), words(*presented)};
  const auto repair = [&](const Endpoint& one, const Change& change) {
    if (one.vendor == Vendor::Aws) return;  // its identities are the outside addresses
    (one.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway) = {change};
  };
  repair(end, at_end);
  repair(peer, at_peer);
  return outcome;
}

// An end's search for its key.
struct Lookup {
  Identity own, peer;
};

int fit(const std::vector<Identity>& owners, const Identity& wanted) {
  int best = owners.empty() ? 1 : 0;
  for (const Identity& owner : owners) {
    if (owner.kind == IdentityKind::Any) best = std::max(best, 1);
    if (wanted.kind != IdentityKind::Any && owner == wanted) best = 2;
  }
  return best;
}

// The peer's name counts before one's own. 0: the key is not for this pair.
int rank(const Key& key, const Lookup& lookup) { return fit(key.owners, lookup.peer) * 3 + fit(key.owners, lookup.own); }

std::vector<const Key*> best_keys(const std::vector<Key>& keys, const Lookup& lookup) {
  int highest = 1;
  std::vector<const Key*> best;
  for (const Key& key : keys) {
    const int own = rank(key, lookup);
    if (own > highest) best.clear();
    highest = std::max(highest, own);
    if (own == highest) best.push_back(&key);
  }
  return best;
}

// Whom a key is looked for. Of several that an end expects it cannot look for one.
Identity or_any(const Value<Identity>& identity) {
  const bool several = identity.known() && (identity->kind == IdentityKind::Network || identity->kind == IdentityKind::OneOf);
  return several ? Identity{} : identity.value_or({});
}

Identity address_identity(const Value<Addresses>& addresses) {
  const auto one = addresses.known() ? addresses->single() : std::nullopt;
  return one ? Identity{IdentityKind::Address, text(*one)} : Identity{};
}

// Judged in a version that it does not speak, an end still looks for its key as in the one that it does.
bool looks_as_ikev1(const Talk& talk, const Endpoint& end) {
  return talk.version == Version::Ikev1 || (end.accepts.known() && !end.accepts->ikev2 && end.accepts->ikev1);
}

// IOS finds the key of the peer that it calls by the peer's address (command reference of `crypto ikev2 keyring`).
bool looks_by_address(const Talk& talk, const Endpoint& end) {
  return looks_as_ikev1(talk, end) || (end.vendor == Vendor::CiscoIos && &end == &talk.initiator);
}

// The initiator of IKEv2 looks before it has heard who the peer is; the responder knows what it was told. IKEv1 in main mode has no
// identities yet: it goes by the configured ones, then by the addresses.
std::vector<Lookup> lookups(const Talk& talk, const Endpoint& end, const Endpoint& peer) {
  const bool responder_of_v2 = talk.version == Version::Ikev2 && &end == &talk.responder;
  std::vector<Lookup> all{{or_any(end.local_identity), or_any(responder_of_v2 ? peer.local_identity : end.remote_identity)}};
  if (looks_by_address(talk, end)) all.push_back({address_identity(end.local_addresses), address_identity(end.remote_addresses)});
  return all;
}

// Two keys that stand at one place are for one peer, a direction each: an end proves itself by the first and asks for the second. IOS has
// that in IKEv2.
bool is_pair(const std::vector<const Key*>& keys) {
  return keys.size() == 2 && keys[0]->where.known() && keys[0]->where == keys[1]->where && keys[0]->owners == keys[1]->owners;
}

struct Found {
  const Key* key = nullptr;
  const Key* asked = nullptr;   // by which the peer is to prove itself; nullptr: by the same
  std::string unknown_because;  // not empty: which key it uses cannot be told

  const Value<Secret>& proves() const { return key->secret; }
  const Value<Secret>& asks() const { return asked ? asked->secret : key->secret; }
};

bool identities_known(const Talk& talk, const Endpoint& end, const Endpoint& peer) {
  const bool responder_of_v2 = talk.version == Version::Ikev2 && &end == &talk.responder;
  return end.local_identity.known() && (responder_of_v2 ? peer.local_identity : end.remote_identity).known();
}

bool all_the_same(const std::vector<const Key*>& keys) {
  return std::all_of(keys.begin(), keys.end(), [&](const Key* key) {
    return key == keys.front() || (key->secret.known() && keys.front()->secret.known() && *key->secret == *keys.front()->secret);
  });
}

Found key_of(const Talk& talk, const Endpoint& end, const Endpoint& peer) {
  if (!end.keys.known()) return {nullptr, nullptr, whose(end.side) + " keys are not known: " + end.keys.note()};
  const auto& keys = *end.keys;
  const bool for_anyone = std::all_of(keys.begin(), keys.end(), [](const Key& key) { return key.owners.empty(); });
  if (!for_anyone && !identities_known(talk, end, peer))
    return {nullptr, nullptr, "which key " + whose(end.side) + " end uses depends on an unknown identity"};
  for (const Lookup& lookup : lookups(talk, end, peer)) {
    const auto best = best_keys(keys, lookup);
    if (best.empty()) continue;
    if (end.vendor == Vendor::Libreswan && fit(best.front()->owners, lookup.own) == 0)
      return {nullptr, nullptr, "whether Libreswan takes a key that is filed under its peer alone has not been verified"};
    if (is_pair(best)) return {best[0], best[1], {}};
    if (!all_the_same(best)) return {nullptr, nullptr, "several of " + whose(end.side) + " keys are filed equally well"};
    return {best.front(), nullptr, {}};
  }
  return {};
}

// A key is never shown: that there is one, and where.
Shown shown_key(const Found& found, const Endpoint& end) {
  if (!found.unknown_because.empty()) return {"", end.keys.where(), Origin::Unknown, found.unknown_because};
  if (!found.key) return {"none", end.keys.where(), end.keys.origin(), end.keys.note()};
  return {"set", found.key->secret.where().known() ? found.key->secret.where() : found.key->where, found.key->secret.origin(),
          found.key->secret.note()};
}

std::string address_of_gateway(const Talk& talk) {
  const auto& gateway = talk.cloud().remote_addresses;
  return gateway.known() ? text(*gateway) : "xxxx";
}

// Whom a key has to be for, so that the end finds it.
std::string owner_wanted(const Talk& talk, const Endpoint& end, const Endpoint& peer) {
  for (const Lookup& lookup : lookups(talk, end, peer))
    if (lookup.peer.kind != IdentityKind::Any) return text(lookup.peer);
  return text(peer.local_identity.known() ? *peer.local_identity : address_identity(end.remote_addresses));
}

std::string owners_in_words(const Key& key) {
  std::string all;
  for (const Identity& one : key.owners) all += (all.empty() ? "" : ", ") + text(one);
  return all;
}

// The peer's key, if this end has it for somebody else; nullptr: it does not, or more than once.
const Key* filed_for_another(const Endpoint& end, const Found& peers) {
  if (!peers.key || !peers.asks().known() || !end.keys.known()) return nullptr;
  const Key* found = nullptr;
  for (const Key& key : *end.keys) {
    if (!key.secret.known() || !(*key.secret == *peers.asks()) || key.owners.empty()) continue;
    if (found) return nullptr;
    found = &key;
  }
  return found;
}

// The peer's key is there under another name, or has to be written.
Change filing(const Talk& talk, const Endpoint& end, const Endpoint& peer, const Found& peers) {
  const std::string owner = owner_wanted(talk, end, peer);
  const Key* key = filed_for_another(end, peers);
  if (key && owners_in_words(*key) == owner)  // as it should be, but the end does not know whom it calls
    return {end.side, end.remote_identity.where(), "remote-identity", text(end.remote_identity.value_or({})), owner};
  if (key && !end.remote_identity.value_or({}).accepts(or_any(peer.local_identity)) &&
      std::find(key->owners.begin(), key->owners.end(), or_any(peer.local_identity)) != key->owners.end())  // it is for whom the peer says it is
    return {end.side, end.remote_identity.where(), "remote-identity", text(end.remote_identity.value_or({})), text(*peer.local_identity)};
  if (key) return {end.side, key->where, "key-owner", owners_in_words(*key), owner};
  const Where there = peers.key ? peers.asks().where() : peer.keys.where();
  return {end.side, end.keys.where().known() ? end.keys.where() : end.where, "pre-shared-key", "none", owner, {}, true, there};
}

// An initiator without a key sends nothing more; a responder refuses.
Outcome no_key(const Talk& talk, const Endpoint& end, const Found& peers) {
  Outcome outcome = fails("authentication-failed", "pre-shared-key",
                          whose(end.side) + " end has no key for its peer: none is filed under the identities of this tunnel");
  const Endpoint& peer = &end == &talk.initiator ? talk.responder : talk.initiator;
  (end.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway).push_back(filing(talk, end, peer, peers));
  if (talk.cloud_initiates()) return outcome;
  outcome.log_messages = refusal_by_cloud(talk);
  if (end.side == Side::Gateway) outcome.log_messages = {kHalfOpen + address_of_gateway(talk)};
  return outcome;
}

void add_mismatch_logs(Outcome& outcome, const Talk& talk) {
  if (talk.version == Version::Ikev1)
    outcome.log_messages = {kUndecryptable};
  else if (!talk.cloud_initiates())
    outcome.log_messages = {"AWS tunnel detected a pre-shared key mismatch with cgw: " + address_of_gateway(talk), kAuthenticationFailed};
}

// One end proves itself by a key, and the other asks for one.
struct Proof {
  const Endpoint& prover;
  const Value<Secret>& shown;
  const Value<Secret>& asked;

  bool known() const { return shown.known() && asked.known(); }
  bool differ() const { return known() && !(*shown == *asked); }
};

Outcome keys_differ(const Talk& talk, const Proof& proof, bool other_way_agrees) {
  Outcome outcome = fails("psk-mismatch", "pre-shared-key",
                          proof.shown->same_but_for_trailing_space(*proof.asked) ? "the keys differ in white space at the end alone"
                                                                                 : "the keys differ");
  if (other_way_agrees)
    outcome.reason = "the key by which " + whose(proof.prover.side) +
                     " end proves itself is not the one that its peer asks for; in the other direction they agree";
  add_mismatch_logs(outcome, talk);
  const bool cloud = proof.prover.side == Side::Cloud;
  const Where &shown = proof.shown.where(), &asked = proof.asked.where();
  outcome.repair.at_cloud = {{Side::Cloud, cloud ? shown : asked, "pre-shared-key", {}, {}, {}, true, cloud ? asked : shown}};
  outcome.repair.at_gateway = {{Side::Gateway, cloud ? asked : shown, "pre-shared-key", {}, {}, {}, true, cloud ? shown : asked}};
  return outcome;
}

// What surely differs outweighs what cannot be compared.
Outcome compare(const Talk& talk, const Found& own, const Found& peers) {
  const Proof there{talk.initiator, own.proves(), peers.asks()}, back{talk.responder, peers.proves(), own.asks()};
  if (there.differ()) return keys_differ(talk, there, back.known() && !back.differ());
  if (back.differ()) return keys_differ(talk, back, there.known());
  for (const Value<Secret>* secret : {&there.shown, &there.asked, &back.shown, &back.asked})
    if (!secret->known()) return unverified("pre-shared-key", "a key cannot be compared: " + secret->note());
  return agrees();
}

Outcome compare_keys(const Talk& talk) {
  const Found own = key_of(talk, talk.initiator, talk.responder), peers = key_of(talk, talk.responder, talk.initiator);
  const auto judge = [&]() -> Outcome {
    for (const Found* found : {&own, &peers})
      if (!found->unknown_because.empty()) return unverified("pre-shared-key", found->unknown_because);
    if (!own.key) return no_key(talk, talk.initiator, peers);
    if (!peers.key) return no_key(talk, talk.responder, own);
    return compare(talk, own, peers);
  };
  Outcome outcome = judge();
  if (outcome.verdict != Verdict::Agrees) show(outcome, talk.initiator, shown_key(own, talk.initiator), shown_key(peers, talk.responder));
  return outcome;
}

// How `end` proves who it is, and what `peer` asks of it.
Outcome method_of(const Talk& talk, const Endpoint& end, const Endpoint& peer) {
  const auto& used = end.local_authentication;
  const auto& asked = peer.remote_authentication;
  Outcome outcome;
  if (!used.known() || !asked.known())
    outcome = unverified("authentication", "an authentication method is not known: " + (used.known() ? asked : used).note());
  else if (*used == *asked)
    return agrees(std::string(name(*used)));
  else
    outcome = fails("authentication-failed", "authentication",
                    whose(end.side) + " authentication method is not the one that its peer asks for");
  const auto to_text = [](Authentication method) { return name(method); };
  show(outcome, end, shown(used, to_text), shown(asked, to_text));
  if (outcome.verdict != Verdict::Fails) return outcome;
  if (peer.side == Side::Cloud) outcome.log_messages = refusal_by_cloud(talk);
  const auto change = [&](const Endpoint& where, const char* attribute, const auto& from, const auto& to) {
    if (where.vendor == Vendor::Aws) return;  // there it comes of the key, or of the customer gateway's certificate
    (where.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway)
        .push_back({where.side, from.where(), attribute, std::string(name(*from)), std::string(name(*to))});
  };
  change(end, "local-authentication", used, asked);
  change(peer, "remote-authentication", asked, used);
  return outcome;
}

}  // namespace

Outcome judge_identity(const Talk& talk) {
  Outcome responders = identity_of_end(talk, talk.responder, talk.initiator);
  return worst(identity_of_end(talk, talk.initiator, talk.responder), std::move(responders));
}

Outcome judge_authentication(const Talk& talk) {
  Outcome method = worst(method_of(talk, talk.initiator, talk.responder), method_of(talk, talk.responder, talk.initiator));
  if (method.verdict != Verdict::Agrees) return method;
  if (method.agreed == name(Authentication::PreSharedKey)) return compare_keys(talk);
  return unverified("authentication", "certificates and other methods are not compared");
}

}  // namespace tunnelscope::diag::config
