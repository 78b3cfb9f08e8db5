// Secrets of every kind, with whom they are for. Encrypted keys and those that the file breaks off in are not known.
#include "src/config/cisco_keys.hpp"

#include <algorithm>

#include "src/config/cisco_words.hpp"
#include "src/config/key_text.hpp"

namespace tunnelscope::config {
namespace {

using model::AddressRange;
using model::IdentityKind;
using model::Key;
using model::Secret;

// "[0|6] KEY": the words from `index` on, of which the last is the key.
Value<Secret> secret_at(Command& command, std::size_t index) {
  const bool typed = command.words.size() > index + 1 && command.word(index).size() == 1 && command.word(index) >= "0" &&
      command.word(index) <= "9";
  const bool clear = !typed || command.word(index) == "0";
  if (typed) ++index;
  if (command.words.size() <= index) return Value<Secret>::unknown("the key is missing", command.where);
  Word& word = command.words[index];
  const bool hidden = is_masked(word.text);
  if (!clear || hidden || word.cut) {
    model::wipe(word.text);
    return Value<Secret>::unknown(hidden ? kMaskedKey : clear ? kCutOff : "encrypted", word.where);
  }
  return Value<Secret>::stated(Secret(std::move(word.text)), word.where);
}

std::size_t index_of(const Command& command, std::string_view wanted) {
  for (std::size_t i = 0; i < command.words.size(); ++i)
    if (command.words[i].text == wanted) return i;
  return command.words.size();
}

// An address or a network, or else a name. A network is of use only to who knows the peer's address.
std::optional<AddressRange> file_under(Key& key, const Command& command, std::size_t index) {
  const auto range = cisco_range(command, index);
  const std::string_view behind = range && command.word(index) != "ipv6" ? command.word(index + 1) : "";
  const bool no_mask = behind.empty() || behind == "key" || behind == "no-xauth" || behind == "vrf" || model::parse_address(behind);
  if (!no_mask || (!range && model::parse_address(command.word(index)))) key.secret = Value<Secret>::unknown("its mask cannot be read", command.where);
  else if (!range) key.owners.push_back({IdentityKind::Fqdn, std::string(command.word(index))});
  else if (range->first == range->last) key.owners.push_back(address_identity(range->first));
  return range;
}

bool is_network(const AddressRange& range) { return range.first != range.last && !range.everything(); }

Key without_its_network(Key key) {
  key.secret = Value<Secret>::unknown("it is filed under a network", key.where);
  return key;
}

void read_keyring_key(Command& command, CiscoKeys& all, const std::string& keyring) {
  Key key{{}, {}, command.where};
  key.secret = secret_at(command, index_of(command, "key") + 1);
  const auto peers = file_under(key, command, 2);
  all.keyrings[keyring].push_back({key, peers, keyring});
  all.ikev1.push_back({std::move(key), peers, keyring});
}

// The bytes that hexadecimal digits stand for; `word` is wiped.
Value<Secret> secret_of_hex(Word& word) {
  const bool digits = word.text.size() % 2 == 0 && word.text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  auto secret = digits ? decoded_key("0x" + word.text) : std::nullopt;
  model::wipe(word.text);
  if (word.cut) return Value<Secret>::unknown(kCutOff, word.where);
  return secret ? Value<Secret>::stated(std::move(*secret), word.where)
                : Value<Secret>::unknown("its hexadecimal digits cannot be read", word.where);
}

// "pre-shared-key [local|remote] [0|6|hex] KEY".
Value<Secret> ikev2_secret(Command& command) {
  const std::size_t at = command.word(1) == "local" || command.word(1) == "remote" ? 2 : 1;
  const bool hex = command.word(at) == "hex" && command.words.size() > at + 1;
  return hex ? secret_of_hex(command.words[at + 1]) : secret_at(command, at);
}

// By what a router proves itself, and what it asks for. A line without a direction is for both; for a direction that no line is for there is
// no key, and the other one's does not stand in for it. Empty: no line has one.
std::vector<Value<Secret>> secrets_by_direction(Command& peer) {
  std::optional<Value<Secret>> proves, asks;
  for (Command& one : peer.below) {
    if (one.word(0) != "pre-shared-key") continue;
    const bool local = one.word(1) == "local", remote = one.word(1) == "remote";
    const Value<Secret> secret = ikev2_secret(one);
    if (!remote) proves = secret;
    if (!local) asks = secret;
  }
  if (!proves && !asks) return {};
  const auto missing = Value<Secret>::unknown("there is none for one direction", peer.where);
  return {proves.value_or(missing), asks.value_or(missing)};
}

// One key, or two where the directions have different ones: first that by which the router proves itself.
void file_keys(Key key, const std::vector<Value<Secret>>& secrets, bool of_network, std::vector<Key>& keys) {
  if (of_network) return keys.push_back(without_its_network(std::move(key)));
  const bool mask_unknown = !key.secret.known() && key.secret.where().known();
  if (secrets.empty() || mask_unknown) return keys.push_back(std::move(key));
  const bool alike = secrets[0].same_as(secrets[1]);  // or neither is known
  for (std::size_t i = 0; i < (alike ? 1 : 2); ++i) {
    keys.push_back(key);
    keys.back().secret = secrets[i];
  }
}

void read_ikev2_keyring(Command& keyring, CiscoKeys& all) {
  auto& keys = all.ikev2_keyrings[std::string(keyring.word(3))];
  for (Command& entry : keyring.below) {
    if (entry.word(0) != "peer") continue;
    Key key{{}, {}, entry.where};
    const bool legible = unknown_lines(entry).empty();
    const std::vector<Value<Secret>> secrets = secrets_by_direction(entry);
    if (secrets.empty() && legible) continue;  // a peer without a key
    bool of_network = false;
    const auto file = [&](const Command& one, std::size_t index) {
      const auto range = file_under(key, one, index);
      of_network = of_network || (range && is_network(*range));
    };
    for (const Command& one : entry.below) {
      if (one.word(0) == "address") file(one, 1);
      if (one.word(0) == "identity" && one.word(1) == "address") file(one, 2);
      if (one.word(0) == "identity" && one.word(1) == "fqdn") key.owners.push_back({IdentityKind::Fqdn, std::string(one.word(2))});
      if (one.word(0) == "identity" && one.word(1) == "email") key.owners.push_back({IdentityKind::UserFqdn, std::string(one.word(2))});
    }
    file_keys(std::move(key), secrets, of_network, keys);
  }
}

}  // namespace

std::optional<AddressRange> cisco_range(const Command& command, std::size_t index) {
  if (command.word(index) == "ipv6") return model::parse_range(command.word(index + 1));
  const auto address = model::parse_address(command.word(index)), mask = model::parse_address(command.word(index + 1));
  if (address && mask) return masked(*address, *mask);
  if (address && model::text(*address) == "0.0.0.0") return model::parse_range("0.0.0.0/0");
  return model::parse_range(command.word(index));
}

CiscoKeys read_cisco_keys(Command& root) {
  CiscoKeys all;
  for (Command& command : root.below) {
    if (command.begins("crypto isakmp key")) {
      const std::size_t at = std::min(index_of(command, "address"), index_of(command, "hostname"));
      Key key{{}, {}, command.where};
      key.secret = secret_at(command, 3);
      if (at == command.words.size()) key.secret = Value<Secret>::unknown("for whom it is cannot be read", command.where);
      const auto peers = at == command.words.size() ? std::nullopt : file_under(key, command, at + 1);
      all.ikev1.push_back({std::move(key), peers, {}});
    }
    if (command.begins("crypto keyring")) {
      const std::string name(command.word(2));
      all.keyrings[name];
      for (Command& one : command.below)
        if (one.begins("pre-shared-key")) read_keyring_key(one, all, name);
    }
    if (command.begins("crypto ikev2 keyring")) read_ikev2_keyring(command, all);
  }
  return all;
}

std::vector<Key> keys_for_peer(const std::vector<CiscoKey>& keys, const Value<model::Addresses>& peer) {
  const auto address = peer.known() ? peer->single() : std::nullopt;
  const auto is_for = [&](const CiscoKey& one) { return address && one.peers && one.peers->contains(*address); };
  const AddressRange* narrowest = nullptr;
  for (const CiscoKey& one : keys)
    if (is_for(one) && (!narrowest || narrowest->contains(*one.peers))) narrowest = &*one.peers;
  std::vector<Key> all;
  for (const CiscoKey& one : keys) {
    const bool network = one.peers && is_network(*one.peers);
    if (is_for(one) ? !(*one.peers == *narrowest) : address && network) continue;
    all.push_back(network && !address ? without_its_network(one.key) : one.key);
    if (network && address) all.back().owners.push_back(address_identity(*address));
  }
  return all;
}

}  // namespace tunnelscope::config
