// Reads a running configuration of Cisco IOS or IOS-XE. Each tunnel interface that is protected by an IPsec profile is an endpoint, and
// so is each peer of a crypto map; whatever else the configuration holds is passed over. Encrypted keys are not known.
#include <algorithm>
#include <map>
#include <set>

#include "src/config/cisco_access_list.hpp"
#include "src/config/cisco_bgp.hpp"
#include "src/config/cisco_keys.hpp"
#include "src/config/cisco_proposals.hpp"
#include "src/config/cisco_words.hpp"
#include "src/config/doubt.hpp"

namespace tunnelscope::config {
namespace {

using model::AddressRange;
using model::Addresses;
using model::Authentication;
using model::Child;
using model::DownAction;
using model::Endpoint;
using model::Identity;
using model::IdentityKind;
using model::IpAddress;
using model::Key;
using model::Lifetime;
using model::Modes;
using model::Proposal;
using model::Proposals;
using model::Selectors;
using model::StartAction;
using model::Versions;

constexpr const char* kTable = kCiscoTable;
constexpr Seconds kIkeLifetime{86'400}, kIpsecLifetime{3600};
constexpr Seconds kRenewedBefore{30};  // an IPsec SA, before its lifetime ends
constexpr std::uint64_t kReplayWindow = 64;
constexpr Seconds kDpdRetry{2};
constexpr const char* kNotUnderstood = "this line is not understood";
constexpr const char* kMayBeSaid = "a line that may say it is not understood";
constexpr const char* kBuiltInKeyring = "default";  // of the keys that `crypto isakmp key` gives
constexpr const char* kNoSuchList = "there is no access list of this name";

template <class T>
Value<T> stated(T value, const Command& command) {
  return Value<T>::stated(std::move(value), command.where);
}

// Whether an object is for the tunnel that is read, from the worst on.
enum class Match : std::uint8_t { No, Unknown, Yes };

// What a command of the global configuration says about itself alone.
class Router {
 public:
  Router(Command& root, std::vector<Problem>& problems)
      : root_(root), problems_(problems), keys_(read_cisco_keys(root)), bgp_slips_(slips_of_bgp(root)) {
    for (const Command* one : root_.all("crypto keyring")) keyrings_.emplace(one->word(2), Keyring{one, !unknown_lines(*one).empty()});
    for (const Command* one : root_.all("crypto isakmp profile"))
      if (!unknown_lines(*one).empty()) doubtful_profiles_.push_back(one);
  }

  std::vector<Endpoint> endpoints() {
    std::vector<Endpoint> all;
    for (const Command* one : root_.all("interface"))
      if (const Command* protection = one->find("tunnel protection ipsec profile")) all.push_back(of_tunnel(*one, *protection));
    for (const Command* one : root_.all("crypto map"))
      if (one->word(4) == "ipsec-isakmp") of_map_entry(*one, all);
    return all;
  }

 private:
  // -- what is not understood ----------------------------------------------------------------------------------------------------------

  const Command* used(const Command* object) {
    used_.push_back(object);
    return object;
  }

  static bool says_algorithms_alone(const Command& object) {
    return object.begins("crypto isakmp policy") || object.begins("crypto ikev2 proposal") || object.begins("crypto ipsec transform-set");
  }

  // Lines that nobody knows, in what the endpoint uses, leave it in doubt. Ends the use.
  void doubt_what_is_used(Endpoint& endpoint) {
    for (const Command* object : used_)
      for (UnknownLine& one : unknown_lines(*object)) {
        if (told_.insert(one.where).second) report(problems_, one.where, kNotUnderstood, std::move(one.hint));
        if (!says_algorithms_alone(*object)) forget_defaults(endpoint, kMayBeSaid);
        if (endpoint.doubt.empty()) endpoint.doubt = one.where.text() + ": " + kNotUnderstood;
      }
    if (endpoint.doubt.empty()) endpoint.doubt = missing_;
    missing_.clear();
    used_.clear();
  }

  static void reserve(Endpoint& endpoint, model::Stage stage, const Command& line, const std::string& reason) {
    endpoint.reservations.push_back({stage, line.where.text() + ": " + reason});
  }

  // -- names ---------------------------------------------------------------------------------------------------------------------------

  // The command that defines a name; a reference to none is a problem.
  const Command* definition(const std::string& kind, const Word& name) {
    if (const Command* found = root_.find(kind + " " + name.text)) return used(found);
    std::vector<std::string_view> names;
    const std::size_t index = words_of(kind, {}).size();
    for (const Command* one : root_.all(kind)) names.push_back(one->word(index));
    report(problems_, name.where, "there is no `" + kind + "` of this name", nearest_of(name.text, names));
    if (missing_.empty()) missing_ = name.where.text() + ": there is no `" + kind + "` of this name";
    return nullptr;
  }

  const Command* referred(const Command& from, const std::string& by, const std::string& kind) {
    const Command* reference = from.find(by);
    const std::size_t index = words_of(by, {}).size();
    return reference && reference->words.size() > index ? definition(kind, reference->words[index]) : nullptr;
  }

  // -- addresses -----------------------------------------------------------------------------------------------------------------------

  Value<IpAddress> address_of_interface(const Command& interface) {
    const Command* command = interface.find("ip address");
    if (!command) return Value<IpAddress>::unknown("the interface has no address", interface.where);
    const auto address = model::parse_address(command->word(2));
    if (!address) return Value<IpAddress>::unknown("the address is not in the configuration", command->where);
    return stated(*address, *command);
  }

  // An address, or the name of an interface.
  Value<Addresses> outside(const Word& word) {
    const auto single = [](const IpAddress& address) { return Addresses{false, {{address, address}}, {}}; };
    if (const auto address = model::parse_address(word.text)) return Value<Addresses>::stated(single(*address), word.where);
    const Command* interface = definition("interface", word);
    if (!interface) return Value<Addresses>::unknown("its interface is not in the configuration", word.where);
    return derived(single, address_of_interface(*interface));
  }

  Value<Addresses> peer(const Command& command, std::size_t index) {
    if (command.words.size() <= index) return Value<Addresses>::unknown("not stated", command.where);
    const Word& word = command.words[index];
    if (const auto address = model::parse_address(word.text)) return Value<Addresses>::stated({false, {{*address, *address}}, {}},
        word.where);
    if (word.text == "dynamic") return Value<Addresses>::stated({true, {}, {}}, word.where);
    return Value<Addresses>::stated({false, {}, {word.text}}, word.where);
  }

  // Where its outside address is: down, so is the tunnel.
  void heed_outside_interface(Endpoint& endpoint) {
    const auto own = endpoint.local_addresses.known() ? endpoint.local_addresses->single() : std::nullopt;
    if (!own) return;
    for (const Command* interface : root_.all("interface"))
      for (const Command* one : interface->all("ip address"))
        if (const Command* down = interface->find("shutdown"); down && model::parse_address(one->word(2)) == own)
          endpoint.disabled = stated(true, *down);
  }

  // -- the IKE SA ----------------------------------------------------------------------------------------------------------------------

  Lifetime lifetime(const Value<Seconds>& hard) {
    Lifetime all;
    all.rekeys = Value<bool>::by_default(true, hard.where(), kTable);
    all.hard = hard;
    all.earliest_rekey = all.latest_rekey = Value<Seconds>::unknown("IOS does not say how early it renews an IKE SA", {});
    return all;
  }

  Lifetime ipsec_lifetime(const Value<Seconds>& hard) {
    Lifetime all = lifetime(hard);
    if (hard.known()) all.earliest_rekey = all.latest_rekey = Value<Seconds>::by_default(std::max(Seconds(0), *hard - kRenewedBefore), hard.where(), kTable);
    return all;
  }

  // "no crypto isakmp enable", with nothing below it that takes it back.
  const Command* isakmp_off() const {
    const Command* last = nullptr;
    for (const Command& one : root_.below) {
      if (one.begins("no crypto isakmp enable")) last = &one;
      if (one.begins("crypto isakmp enable")) last = nullptr;
    }
    return last;
  }

  void read_ikev1(Endpoint& endpoint, const Command* profile) {
    if (const Command* off = isakmp_off()) endpoint.disabled = stated(true, *off);
    endpoint.accepts = endpoint.initiates = Value<Versions>::by_default({true, false}, endpoint.where, kTable);
    const bool aggressive = profile && profile->find("initiate mode aggressive"),
        never = root_.find("crypto isakmp aggressive-mode disable");
    endpoint.initiates_modes = Value<Modes>::by_default({!aggressive, aggressive}, endpoint.where, kTable);
    endpoint.accepts_modes = Value<Modes>::by_default({true, !never}, endpoint.where, kTable);
    std::vector<CiscoPolicy> policies;
    for (const Command* one : root_.all("crypto isakmp policy")) policies.push_back(read_isakmp_policy(*used(one), problems_));
    Proposals proposals;
    for (const CiscoPolicy& one : policies)
      if (one.method.is(Authentication::PreSharedKey) || !one.method.known()) proposals.push_back(one.proposal);
    const Where where = policies.empty() ? endpoint.where : policies.front().proposal.where;
    endpoint.proposals = policies.empty() ? Value<Proposals>::unknown("the default policies differ between releases", endpoint.where)
                                          : Value<Proposals>::stated(proposals, where);
    endpoint.local_authentication = endpoint.remote_authentication = method_of(policies, where);
    if (!policies.empty()) endpoint.lifetime = lifetime(policies.front().lifetime);
    endpoint.keys = keys_of(endpoint, keys_.ikev1, keys_.ikev1.empty() ? endpoint.where : keys_.ikev1.front().key.where);
    endpoint.remote_identity = Value<Identity>::by_default({}, endpoint.where, kTable);
    if (profile && profile->find("match identity")) read_expected_identity(endpoint, *profile, "match identity");
    heed_keyring(endpoint, profile);
    read_own_identity(endpoint, profile ? profile->find("self-identity") : nullptr, 1);
    if (const Command* hostname = root_.find("crypto isakmp identity"); hostname && hostname->word(3) != "address")
      endpoint.local_identity = Value<Identity>::unknown("it is the name of the router", hostname->where);
    if (!profile)
      for (const Command* one : doubtful_profiles_) used(one);  // any of them may be meant for the peer
    if (!profile) heed_unnamed_profiles(endpoint);
    else if (match_of_local_address(endpoint, *profile) != Match::Yes)
      leave_open(endpoint, "its ISAKMP profile is for another local address, or that is not known", profile->where);
    heed_peer(endpoint);
    const Command* alive = profile && profile->find("keepalive") ? profile->find("keepalive") : nullptr;
    read_dpd(endpoint, alive ? alive : root_.find("crypto isakmp keepalive"), alive ? 1 : 3);
  }

  // "crypto isakmp peer address 203.0.113.10" with "set aggressive-mode ...".
  void heed_peer(Endpoint& endpoint) {
    const auto peer = endpoint.remote_addresses.known() ? endpoint.remote_addresses->single() : std::nullopt;
    for (const Command* object : root_.all("crypto isakmp peer")) {
      const auto address = model::parse_address(object->word(4));
      if (address && peer && *address != *peer) continue;
      const Command* client = object->find("set aggressive-mode client-endpoint");
      const Command* password = object->find("set aggressive-mode password");
      const Command* any = client ? client : password;
      if (!any) continue;
      const bool sure = address && peer && client && password;
      constexpr const char* kReason = "a `crypto isakmp peer` sets aggressive mode, and whether it is for this tunnel is not known";
      endpoint.initiates_modes = sure ? stated(Modes{false, true}, *any) : Value<Modes>::unknown(kReason, any->where);
      constexpr const char* kOwn = "its `crypto isakmp peer` says it";
      endpoint.local_identity = Value<Identity>::unknown(kOwn, any->where);
      endpoint.keys = Value<std::vector<Key>>::unknown(kOwn, any->where);
    }
  }

  // Profiles that nobody names match the peer when it calls; whether one counts when the router calls is not known.
  void heed_unnamed_profiles(Endpoint& endpoint) {
    const auto peer = endpoint.remote_addresses.known() ? endpoint.remote_addresses->single() : std::nullopt;
    for (const Command* profile : root_.all("crypto isakmp profile"))
      for (const Command* match : profile->all("match identity address")) {
        const auto address = model::parse_address(match->word(3)), mask = model::parse_address(match->word(4));
        const auto range = !address ? std::nullopt : mask ? masked(*address, *mask) : AddressRange{*address, *address};
        if (peer && range && range->contains(*peer)) heed_unnamed_profile(endpoint, *used(profile));
      }
  }

  void heed_unnamed_profile(Endpoint& endpoint, const Command& profile) {
    constexpr const char* kReason = "a profile that matches its peer says otherwise, and no `set isakmp-profile` names it";
    if (const Command* mode = profile.find("initiate mode")) endpoint.initiates_modes = Value<Modes>::unknown(kReason, mode->where);
    if (const Command* self = profile.find("self-identity")) endpoint.local_identity = Value<Identity>::unknown(kReason, self->where);
    const Value<std::vector<Key>> without = endpoint.keys;
    heed_keyring(endpoint, &profile);
    const auto is_among = [&](const Key& key) { return std::find(without->begin(), without->end(), key) != without->end(); };
    const bool same = endpoint.keys.known() && without.known() && std::all_of(endpoint.keys->begin(), endpoint.keys->end(), is_among);
    if (same) endpoint.keys = without;
    else endpoint.keys = Value<std::vector<Key>>::unknown(endpoint.keys.known() ? kReason : endpoint.keys.note(), endpoint.keys.where());
  }

  // With a key, if any policy has that.
  static Value<Authentication> method_of(const std::vector<CiscoPolicy>& policies, const Where& where) {
    for (const CiscoPolicy& one : policies)
      if (!one.method.known()) return one.method;
    for (const CiscoPolicy& one : policies)
      if (one.method.is(Authentication::PreSharedKey)) return Value<Authentication>::stated(Authentication::PreSharedKey, where);
    return Value<Authentication>::stated(Authentication::Certificate, where);
  }

  // "address 198.51.100.20", "fqdn NAME", "email NAME", "key-id NAME" from `index` on.
  std::optional<Identity> identity_at(const Command& command, std::size_t index) {
    const std::string value(command.word(index + 1));
    if (command.word(index) == "address")
      if (const auto address = model::parse_address(value)) return address_identity(*address);
    if (command.word(index) == "fqdn" || command.word(index) == "host") return Identity{IdentityKind::Fqdn, value};
    if (command.word(index) == "email" || command.word(index) == "user-fqdn" || command.word(index) == "user")
      return Identity{IdentityKind::UserFqdn, value};
    if (command.word(index) == "key-id") return Identity{IdentityKind::KeyId, value};
    return std::nullopt;
  }

  // "fqdn" alone: by the name of the router and its domain.
  Value<Identity> identity_of_router(const Command& command) {
    const Command* host = root_.find("hostname");
    const Command* domain = root_.find("ip domain name") ? root_.find("ip domain name") : root_.find("ip domain-name");
    if (!host || !domain) return Value<Identity>::unknown("it is the name of the router", command.where);
    return stated(Identity{IdentityKind::Fqdn, std::string(host->word(1)) + "." + domain->words.back().text}, command);
  }

  void read_own_identity(Endpoint& endpoint, const Command* command, std::size_t index) {
    if (command && command->words.size() == index + 1 && command->word(index) != "address") {
      endpoint.local_identity = command->word(index) == "fqdn" ? identity_of_router(*command)
                                                               : Value<Identity>::unknown("it is not in the configuration", command->where);
      return;
    }
    if (command && command->words.size() > index + 1) {
      const auto identity = identity_at(*command, index);
      endpoint.local_identity = identity ? stated(*identity, *command) : Value<Identity>::unknown("it is not in the configuration",
          command->where);
      return;
    }
    const auto address = endpoint.local_addresses.known() ? endpoint.local_addresses->single() : std::nullopt;
    endpoint.local_identity = address ? Value<Identity>::by_default(address_identity(*address), endpoint.where, kTable)
                                      : Value<Identity>::unknown("it is the outside address, which is not known", endpoint.where);
  }

  // "INTERVAL RETRY [periodic|on-demand]" from `index` on; without the command there is none.
  void read_dpd(Endpoint& endpoint, const Command* command, std::size_t index) {
    if (!command) {
      endpoint.dpd.enabled = Value<bool>::by_default(false, endpoint.where, kTable);
      return;
    }
    endpoint.dpd.enabled = stated(true, *command);
    endpoint.dpd.delay = cisco_seconds(*command, index, problems_);
    const std::string_view second = command->word(index + 1);
    const bool legible = second.empty() || whole_number(second) || second == "periodic" || second == "on-demand";
    const std::size_t last = command->words.size() - 1;
    if (last > index + 1 && command->word(last) != "periodic" && command->word(last) != "on-demand") {
      report(problems_, command->words[last].where, "this word is not understood", nearest_of(command->word(last), {"on-demand", "periodic"}));
      reserve(endpoint, model::Stage::Liveness, *command, "a word is not understood");
    }
    if (!legible) report(problems_, command->words[index + 1].where, "a number of seconds cannot be read", "write a whole number");
    if (!legible || !endpoint.dpd.delay.known()) reserve(endpoint, model::Stage::Liveness, *command, "a number of seconds cannot be read");
    const auto retry = whole_number(command->word(index + 1));
    const Seconds each = retry && *retry < 3600 ? Seconds(static_cast<Seconds::rep>(*retry)) : kDpdRetry;
    endpoint.dpd.timeout = derived([&](Seconds delay) { return delay + 5 * each; }, endpoint.dpd.delay);
  }

  // The keyring that the profile names, if it names one.
  void heed_keyring(Endpoint& endpoint, const Command* profile) {
    const Command* keyring = profile ? profile->find("keyring") : nullptr;
    if (!keyring) return;
    if (keyring->word(1) == kBuiltInKeyring && !keys_.keyrings.contains(kBuiltInKeyring)) {
      std::vector<CiscoKey> global;
      std::copy_if(keys_.ikev1.begin(), keys_.ikev1.end(), std::back_inserter(global), [](const CiscoKey& one) { return one.keyring.empty(); });
      endpoint.keys = keys_of(endpoint, global, keyring->where);
      return;
    }
    if (keyring->words.size() > 1) definition("crypto keyring", keyring->words[1]);
    const auto found = keys_.keyrings.find(std::string(keyring->word(1)));
    endpoint.keys = found != keys_.keyrings.end()
                        ? keys_of(endpoint, found->second, keyring->where)
                        : Value<std::vector<Key>>::unknown("its keyring is not in the configuration", keyring->where);
  }

  // Those for its peer, where each of them is in a keyring that counts for the tunnel.
  Value<std::vector<Key>> keys_of(const Endpoint& endpoint, const std::vector<CiscoKey>& all, const Where& where) {
    using Keys = Value<std::vector<Key>>;
    std::vector<CiscoKey> sure;
    Where foreign;
    std::map<std::string, bool> counts;  // by keyring
    for (const CiscoKey& one : all) {
      const auto keyring = keyrings_.find(one.keyring);
      const auto [known, is_new] = counts.emplace(one.keyring, true);
      if (is_new && keyring != keyrings_.end()) {
        if (keyring->second.doubtful) used(keyring->second.command);
        known->second = match_of_keyring(endpoint, *keyring->second.command) == Match::Yes;
        if (!known->second) foreign = keyring->second.command->where;
      }
      if (known->second) sure.push_back(one);
    }
    std::vector<Key> keys = keys_for_peer(all, endpoint.remote_addresses);
    if (keys == keys_for_peer(sure, endpoint.remote_addresses)) return Keys::stated(std::move(keys), where);
    return Keys::unknown("its keyring is for another local address or VRF, or that is not known", foreign);
  }

  // "crypto keyring K vrf V" with its "local-address".
  Match match_of_keyring(const Endpoint& endpoint, const Command& keyring) {
    const std::string_view vrf = keyring.word(3) == "vrf" ? keyring.word(4) : "";
    const Match in_vrf = !vrf_ ? Match::Unknown : vrf == *vrf_ ? Match::Yes : Match::No;
    return std::min(in_vrf, match_of_local_address(endpoint, keyring));
  }

  // Of the lines "local-address 198.51.100.20" one has to fit.
  Match match_of_local_address(const Endpoint& endpoint, const Command& object) {
    const auto own = endpoint.local_addresses.known() ? endpoint.local_addresses->single() : std::nullopt;
    const auto lines = object.all("local-address");
    Match best = lines.empty() ? Match::Yes : Match::No;
    for (const Command* one : lines) {
      const auto wanted = address_at(*one, 1);
      best = std::max(best, !own || !wanted ? Match::Unknown : *own == *wanted ? Match::Yes : Match::No);
    }
    return best;
  }

  // Of "match address local" and "match fvrf", one line of each kind has to fit.
  Match match_of(const Endpoint& endpoint, const Command& object) {
    const auto addresses = object.all("match address local"), vrfs = object.all("match fvrf");
    const auto own = endpoint.local_addresses.known() ? endpoint.local_addresses->single() : std::nullopt;
    const auto of_address = [&](const Command& one) {
      const auto wanted = address_at(one, one.word(3) == "interface" ? 4 : 3);
      return !own || !wanted ? Match::Unknown : *own == *wanted ? Match::Yes : Match::No;
    };
    const auto of_vrf = [&](const Command& one) {
      if (one.word(2) == "any") return Match::Yes;
      return !vrf_ ? Match::Unknown : one.word(2) == *vrf_ ? Match::Yes : Match::No;
    };
    Match address = addresses.empty() ? Match::Yes : Match::No;
    for (const Command* one : addresses) address = std::max(address, of_address(*one));
    Match vrf = !vrfs.empty() ? Match::No : vrf_ && vrf_->empty() ? Match::Yes : Match::Unknown;
    for (const Command* one : vrfs) vrf = std::max(vrf, of_vrf(*one));
    return std::min(address, vrf);
  }

  // An address, or that of the interface.
  std::optional<IpAddress> address_at(const Command& command, std::size_t index) {
    if (const auto address = model::parse_address(command.word(index))) return address;
    const Command* interface = root_.find("interface " + std::string(command.word(index)));
    const auto address = interface ? address_of_interface(*interface) : Value<IpAddress>();
    return address.known() ? std::optional(*address) : std::nullopt;
  }

  void read_ikev2_proposals(Endpoint& endpoint) {
    const auto configured = root_.all("crypto ikev2 policy");
    std::vector<const Command*> policies;
    bool sure = true;
    for (const Command* one : configured) {
      const Match match = match_of(endpoint, *one);
      if (match != Match::No) policies.push_back(one);
      sure = sure && match != Match::Unknown;
    }
    if (!sure || policies.size() > 1 || (policies.empty() && !configured.empty())) {
      const char* reason = !sure              ? "whether its IKEv2 policy is for this address or VRF is not known"
                           : policies.empty() ? "no IKEv2 policy is for its address or VRF, and the default differs between releases"
                                              : "several IKEv2 policies: addresses decide which one is used";
      endpoint.proposals = Value<Proposals>::unknown(reason, configured.front()->where);
      return;
    }
    const Command* policy = policies.empty() ? nullptr : used(policies.front());
    std::vector<const Command*> proposals;
    if (policy)
      for (const Command* one : policy->all("proposal"))
        if (one->words.size() > 1)
          if (const Command* found = definition("crypto ikev2 proposal", one->words[1])) proposals.push_back(found);
    if (proposals.empty()) {
      endpoint.proposals = Value<Proposals>::unknown(policy ? "its proposals could not be read"
          : "the default proposal differs between releases",
                                                     policy ? policy->where : endpoint.where);
      return;
    }
    Proposals all;
    for (const Command* one : proposals) all.push_back(read_ikev2_proposal(*one, problems_));
    endpoint.proposals = Value<Proposals>::stated(std::move(all), proposals.front()->where);
  }

  Value<Authentication> method(const Endpoint& endpoint, const Command* command, std::size_t index) {
    return command ? cisco_method(*command, index, problems_) : Value<Authentication>::unknown("not stated", endpoint.where);
  }

  void read_ikev2(Endpoint& endpoint, const Command& profile) {
    if (const Command* off = isakmp_off())
      reserve(endpoint, model::Stage::IkeVersion, *off, "whether this switches off IKEv2 as well is not known");
    endpoint.accepts = endpoint.initiates = stated(Versions{false, true}, profile);
    endpoint.accepts_modes = endpoint.initiates_modes = Value<Modes>::by_default({true, false}, endpoint.where, kTable);
    read_ikev2_proposals(endpoint);
    endpoint.local_authentication = method(endpoint, profile.find("authentication local"), 2);
    endpoint.remote_authentication = method(endpoint, profile.find("authentication remote"), 2);
    read_own_identity(endpoint, profile.find("identity local"), 2);
    read_expected_identity(endpoint, profile, "match identity remote");
    read_ikev2_keys(endpoint, profile);
    heed_match(endpoint, profile);
    const Command* life = profile.find("lifetime");
    const auto day = Value<Seconds>::by_default(kIkeLifetime, endpoint.where, kTable);
    endpoint.lifetime = lifetime(life ? cisco_seconds(*life, 1, problems_) : day);
    const Command* own = profile.find("dpd");
    read_dpd(endpoint, own ? own : root_.find("crypto ikev2 dpd"), own ? 1 : 3);
  }

  // A profile that is not for the tunnel's address is not the one that answers.
  void heed_match(Endpoint& endpoint, const Command& profile) {
    const Match match = match_of(endpoint, profile);
    if (match == Match::Yes) return;
    const char* reason = match == Match::No ? "its IKEv2 profile is for another local address or VRF"
                                            : "whether its IKEv2 profile is for this address or VRF is not known";
    leave_open(endpoint, reason, profile.where);
  }

  // Who it says it is, whom it expects, and its keys.
  static void leave_open(Endpoint& endpoint, const char* reason, const Where& where) {
    endpoint.local_authentication = endpoint.remote_authentication = Value<Authentication>::unknown(reason, where);
    endpoint.local_identity = endpoint.remote_identity = Value<Identity>::unknown(reason, where);
    endpoint.keys = Value<std::vector<Key>>::unknown(reason, where);
  }

  // Each line that begins with `command` adds to whom the profile is for.
  void read_expected_identity(Endpoint& endpoint, const Command& profile, const std::string& command) {
    const auto lines = profile.all(command);
    std::vector<Identity> expected;
    for (const Command* one : lines) expected.push_back(expected_at(*one, words_of(command, {}).size()));
    endpoint.remote_identity = expected.empty() ? Value<Identity>::unknown("not stated", profile.where)
                                                : stated(model::one_of(std::move(expected)), *lines.front());
  }

  // "address 203.0.113.10 [255.255.255.255]", "address 2001:db8::/64", "fqdn [domain] NAME", "any" and so on from `at` on. A wildcard
  // stands for what cannot be read.
  Identity expected_at(const Command& command, std::size_t at) {
    static const Identity kNotRead{IdentityKind::Fqdn, "*"};
    if (command.word(at) == "any") return {};
    if (command.word(at) == "address") return expected_address(command, at).value_or(kNotRead);
    if (command.word(at + 1) != "domain") return identity_at(command, at).value_or(kNotRead);
    const bool email = command.word(at) == "email";
    return {email ? IdentityKind::UserFqdn : IdentityKind::Fqdn, (email ? "*@" : "*.") + std::string(command.word(at + 2))};
  }

  std::optional<Identity> expected_address(const Command& command, std::size_t at) {
    const std::string_view behind = command.word(at + 2);
    const bool legible = model::parse_address(behind) || behind.empty() || behind == "vrf";
    if (!legible) report(problems_, command.words[at + 2].where, "a mask cannot be read", "write it as in `255.255.255.255`");
    if (!legible) return std::nullopt;
    const auto range = cisco_range(command, at + 1);
    if (!range) return std::nullopt;
    if (range->everything()) return Identity{};
    if (range->first == range->last) return address_identity(range->first);
    return Identity{IdentityKind::Network, model::text(*range)};
  }

  void read_ikev2_keys(Endpoint& endpoint, const Command& profile) {
    using Keys = Value<std::vector<Key>>;
    const Command* keyring = profile.find("keyring local");
    if (keyring && keyring->words.size() > 2) definition("crypto ikev2 keyring", keyring->words[2]);
    const auto found = keyring ? keys_.ikev2_keyrings.find(std::string(keyring->word(2))) : keys_.ikev2_keyrings.end();
    if (keyring && found != keys_.ikev2_keyrings.end()) endpoint.keys = Keys::stated(found->second, keyring->where);
    else if (keyring) endpoint.keys = Keys::unknown("its keyring is not in the configuration", keyring->where);
    else endpoint.keys = Keys::unknown("the profile names no keyring", profile.where);
  }

  // -- CHILD SAs -----------------------------------------------------------------------------------------------------------------------

  // "transform-set A B" below a profile or a map entry, with its "pfs group14".
  void read_protection(Child& child, const Command& command) {
    const Command* sets = command.find("set transform-set");
    const Command* pfs = command.find("set pfs");
    child.protocol = Value<model::SecurityProtocol>::by_default(model::SecurityProtocol::Esp, command.where, kTable);
    child.mode = Value<model::ChildMode>::by_default(model::ChildMode::Tunnel, command.where, kTable);
    child.proposals = Value<Proposals>::unknown("no transform set is named", command.where);
    Proposals all;
    for (std::size_t i = 2; sets && i < sets->words.size(); ++i)
      if (const Command* set = definition("crypto ipsec transform-set", sets->words[i]))
        all.push_back(read_transform_set(*set, child, problems_));
    for (Proposal& one : all) {
      one.groups.where = pfs ? pfs->where : command.where;
      const std::string_view group = pfs && pfs->word(2).starts_with("group") ? pfs->word(2).substr(5) : "";
      if (pfs) add_cisco_group(one, pfs->words.size() == 2 ? "1" : group, pfs->words.back(), problems_);
    }
    if (sets && all.size() + 2 == sets->words.size()) child.proposals = stated(std::move(all), *sets);
    else if (sets) child.proposals = Value<Proposals>::unknown("a transform set is not in the configuration", sets->where);
    const Command* own = command.find("set security-association lifetime seconds");
    const Command* global = root_.find("crypto ipsec security-association lifetime seconds");
    child.lifetime = ipsec_lifetime(own      ? cisco_seconds(*own, 4, problems_)
                                    : global ? cisco_seconds(*global, 5, problems_)
                                             : Value<Seconds>::by_default(kIpsecLifetime, command.where, kTable));
    const Command* window = root_.find("crypto ipsec security-association replay window-size");
    const auto size = window ? whole_number(window->word(5)) : std::nullopt;
    child.replay_window = size ? stated(*size, *window) : Value<std::uint64_t>::by_default(kReplayWindow, command.where, kTable);
  }

  void heed_idle_time(Endpoint& endpoint, const Command& command) {
    const Command* own = command.find("set security-association idle-time");
    const Command* idle = own ? own : root_.find("crypto ipsec security-association idle-time");
    if (idle) endpoint.reservations.push_back(closed_when_idle("idle-time", idle->where));
  }

  // -- tunnel interfaces ---------------------------------------------------------------------------------------------------------------

  Endpoint begun(std::string name, const Where& where) {
    Endpoint endpoint;
    endpoint.name = std::move(name);
    endpoint.where = where;
    endpoint.vendor = model::Vendor::CiscoIos;
    endpoint.disabled = Value<bool>::by_default(false, where, kTable);
    endpoint.nat_traversal = Value<model::NatTraversal>::by_default(model::NatTraversal::Auto, where, kTable);
    endpoint.mobike = Value<bool>::by_default(false, where, kTable);
    endpoint.reauthenticates = Value<bool>::by_default(false, where, kTable);
    endpoint.make_before_break = Value<bool>::by_default(true, where, kTable);
    endpoint.single_child = Value<bool>::by_default(false, where, kTable);
    endpoint.close = Value<DownAction>::by_default(DownAction::None, where, kTable);
    if (const Command* off = root_.find("no crypto ipsec nat-transparency udp-encapsulation"))
      endpoint.nat_traversal = stated(model::NatTraversal::Off, *off);
    return endpoint;
  }

  // By the profile, IKEv2 when it names a profile of IKEv2.
  void read_ike(Endpoint& endpoint, const Command& command) {
    if (command.find("set ikev2-profile")) {
      if (const Command* profile = referred(command, "set ikev2-profile", "crypto ikev2 profile")) read_ikev2(endpoint, *profile);
    } else {
      read_ikev1(endpoint, referred(command, "set isakmp-profile", "crypto isakmp profile"));
    }
  }

  // "tunnel protection ipsec profile P [ikev2-profile Q | isakmp-profile Q] [shared]": what it names outweighs its IPsec profile.
  void read_ike(Endpoint& endpoint, const Command& protection, const Command& profile) {
    const Word *ikev2 = nullptr, *isakmp = nullptr;
    for (std::size_t i = 5; i < protection.words.size(); ++i) {
      const bool names = i + 1 < protection.words.size();
      if (names && protection.word(i) == "ikev2-profile") ikev2 = &protection.words[++i];
      else if (names && protection.word(i) == "isakmp-profile") isakmp = &protection.words[++i];
      else if (protection.word(i) != "shared") report(problems_, protection.words[i].where, "this word is not understood");
    }
    const Command* named = ikev2 ? definition("crypto ikev2 profile", *ikev2) : nullptr;
    if (named) read_ikev2(endpoint, *named);
    else if (isakmp) read_ikev1(endpoint, definition("crypto isakmp profile", *isakmp));
    else if (!ikev2) read_ike(endpoint, profile);
  }

  Endpoint of_tunnel(const Command& interface, const Command& protection) {
    Endpoint endpoint = begun(std::string(interface.word(1)), interface.where);
    if (const Command* down = interface.find("shutdown")) endpoint.disabled = stated(true, *down);
    const Command* vrf = interface.find("tunnel vrf");
    vrf_ = vrf ? std::string(vrf->word(2)) : std::string();
    used(&interface);
    if (const Command* source = interface.find("tunnel source"); source && source->words.size() > 2)
      endpoint.local_addresses = outside(source->words.back());
    if (const Command* destination = interface.find("tunnel destination")) endpoint.remote_addresses = peer(*destination, 2);
    heed_outside_interface(endpoint);
    endpoint.route_based = stated(true, protection);
    endpoint.start = Value<StartAction>::by_default(StartAction::Start, interface.where, kTable);
    endpoint.dpd.action = Value<DownAction>::by_default(DownAction::Restart, interface.where, kTable);
    read_inside(endpoint, interface);
    Child child;
    child.name = endpoint.name;
    child.where = interface.where;
    if (protection.words.size() > 4)
      if (const Command* profile = definition("crypto ipsec profile", protection.words[4])) {
        read_ike(endpoint, protection, *profile);
        read_protection(child, *profile);
        heed_idle_time(endpoint, *profile);
        if (const Command* only = profile->find("responder-only")) {
          endpoint.start = stated(StartAction::Wait, *only);
          endpoint.dpd.action = stated(DownAction::Clear, *only);
        }
      }
    const Command* mode = interface.find("tunnel mode");
    const bool ipsec = mode && mode->word(2) == "ipsec";
    const AddressRange everything = *model::parse_range(mode && mode->word(3) == "ipv6" ? "::/0" : "0.0.0.0/0");
    const auto selectors = ipsec ? Value<Selectors>::by_default({{everything}}, interface.where, kTable)
                                 : Value<Selectors>::unknown("the tunnel is GRE inside of IPsec", interface.where);
    child.local = child.remote = selectors;
    if (const std::string_view version = ipsec ? mode->word(3) : ""; !version.empty() && version != "ipv4" && version != "ipv6") {
      report(problems_, mode->words[3].where, "this word is not understood", nearest_of(version, {"ipv4", "ipv6"}));
      child.local = child.remote = Value<Selectors>::unknown("the mode of the tunnel cannot be read", mode->where);
    }
    if (ipsec && mode->words.size() > 4) heed_overlay(child, *mode);
    if (const Command* policy = interface.find("tunnel protection ipsec policy")) heed_policy(child, *policy);
    endpoint.children.push_back(std::move(child));
    doubt_what_is_used(endpoint);
    return endpoint;
  }

  // "tunnel mode ipsec ipv4 v6-overlay": the selectors are not those of the mode alone.
  void heed_overlay(Child& child, const Command& mode) {
    const Word& word = mode.words[4];
    if (mode.words.size() > 5 || (word.text != "v4-overlay" && word.text != "v6-overlay"))
      report(problems_, word.where, "this word is not understood", nearest_of(word.text, {"v4-overlay", "v6-overlay"}));
    child.local = child.remote = Value<Selectors>::unknown("what `" + word.text + "` makes of the selectors is not known", word.where);
  }

  // "tunnel protection ipsec policy ipv4 LIST": each line of the list is a pair of SAs.
  void heed_policy(Child& child, const Command& policy) {
    child.local = child.remote = Value<Selectors>::unknown("an access list says which, by `tunnel protection ipsec policy`", policy.where);
    if (policy.words.size() <= 5 || read_cisco_access_list(root_, policy.words[5].text, child).found) return;
    report(problems_, policy.words[5].where, kNoSuchList);
    if (missing_.empty()) missing_ = policy.words[5].where.text() + ": " + kNoSuchList;
  }

  void read_inside(Endpoint& endpoint, const Command& interface) {
    endpoint.inside_local = address_of_interface(interface);
    const Command* command = interface.find("ip address");
    const auto mask = command ? model::parse_address(command->word(3)) : std::nullopt;
    const auto range = mask && endpoint.inside_local.known() ? masked(*endpoint.inside_local, *mask) : std::nullopt;
    if (range) endpoint.inside_cidr = stated(*range, *command);
    read_routes(endpoint);
    if (!range) return;
    read_cisco_bgp(root_, interface, *range, endpoint, problems_);
    if (bgp_slips_.empty()) return;
    const Where& first = bgp_slips_.front().where;
    endpoint.reservations.push_back({model::Stage::Bgp, first.text() + ": " + kNotUnderstood});
    if (!told_.insert(first).second) return;
    for (const UnknownLine& one : bgp_slips_) report(problems_, one.where, kNotUnderstood, one.hint);
  }

  void read_routes(Endpoint& endpoint) {
    std::vector<AddressRange> routes;
    Where where = endpoint.where;
    for (const Command* one : root_.all("ip route")) {
      if (one->word(4) != endpoint.name) continue;
      const auto network = model::parse_address(one->word(2)), mask = model::parse_address(one->word(3));
      const auto range = network && mask ? masked(*network, *mask) : std::nullopt;
      if (range) routes.push_back(*range);
      where = one->where;
    }
    if (!routes.empty()) endpoint.static_routes = Value<std::vector<AddressRange>>::stated(std::move(routes), where);
  }

  // -- crypto maps ---------------------------------------------------------------------------------------------------------------------

  // "crypto map NAME 10 ipsec-isakmp": one endpoint a peer.
  void of_map_entry(const Command& entry, std::vector<Endpoint>& all) {
    for (const Command* peers : entry.all("set peer")) {
      Endpoint endpoint = begun(std::string(entry.word(2)) + " " + std::string(entry.word(3)), entry.where);
      endpoint.local_addresses = address_of_map(entry);
      endpoint.remote_addresses = peer(*peers, 2);
      heed_outside_interface(endpoint);
      endpoint.route_based = stated(false, entry);
      endpoint.start = Value<StartAction>::by_default(StartAction::OnTraffic, entry.where, kTable);
      endpoint.dpd.action = Value<DownAction>::by_default(DownAction::OnTraffic, entry.where, kTable);
      vrf_ = vrf_of_map(entry);
      used(&entry);
      read_ike(endpoint, entry);
      Child common;
      common.where = entry.where;
      read_protection(common, entry);
      read_access_list(endpoint, entry, common);
      heed_idle_time(endpoint, entry);
      doubt_what_is_used(endpoint);
      all.push_back(std::move(endpoint));
    }
  }

  // That of its interfaces, where they say it alike; the global one of a map at none.
  std::optional<std::string> vrf_of_map(const Command& entry) {
    std::optional<std::string> common;
    for (const Command* one : root_.all("interface")) {
      if (!one->find("crypto map " + std::string(entry.word(2)))) continue;
      const Command* vrf = one->find("vrf forwarding") ? one->find("vrf forwarding") : one->find("ip vrf forwarding");
      const std::string name = vrf ? vrf->words.back().text : "";
      if (common && *common != name) return std::nullopt;
      common = name;
    }
    return common.value_or("");
  }

  Value<Addresses> address_of_map(const Command& entry) {
    const std::string name(entry.word(2));
    if (const Command* local = root_.find("crypto map " + name + " local-address"); local && local->words.size() > 4)
      return outside(local->words[4]);
    std::vector<const Command*> interfaces;
    for (const Command* one : root_.all("interface"))
      if (one->find("crypto map " + name)) interfaces.push_back(one);
    if (interfaces.size() != 1) return Value<Addresses>::unknown(interfaces.empty() ? "the map is at no interface"
        : "the map is at several interfaces", entry.where);
    return derived([](const IpAddress& address) { return Addresses{false, {{address, address}}, {}}; },
        address_of_interface(*interfaces.front()));
  }

  // Each line of the access list is a pair of SAs of its own.
  void read_access_list(Endpoint& endpoint, const Command& entry, const Child& common) {
    const Command* match = entry.find("match address");
    const std::string name(match ? match->word(2) : "");
    const CiscoAccessList list = read_cisco_access_list(root_, name, common);
    endpoint.children = list.permitted;
    if (!endpoint.children.empty()) return;
    Child child = common;
    child.name = name;
    child.local = child.remote = Value<Selectors>::unknown("its access list is not in the configuration", match ? match->where
        : entry.where);
    endpoint.children.push_back(std::move(child));
    if (match && !list.found) report(problems_, match->words.back().where, kNoSuchList);
  }

  Command& root_;
  std::vector<Problem>& problems_;
  CiscoKeys keys_;
  std::vector<const Command*> used_;  // by the endpoint that is read
  std::string missing_;               // the first that it refers to and that is not there, with its place; empty: all are
  std::set<Where> told_;
  struct Keyring {
    const Command* command;
    bool doubtful;  // it has lines that nobody knows
  };
  std::map<std::string, Keyring, std::less<>> keyrings_;  // of IKEv1
  std::vector<const Command*> doubtful_profiles_;         // of IKEv1
  std::vector<UnknownLine> bgp_slips_;
  std::optional<std::string> vrf_;  // in which its outside addresses are, of the endpoint that is read; "": the global one; empty: not known
};

// A running configuration that is whole begins with the release and ends with `end`.
// Behind it a capture of a terminal has the prompt.
bool has_end(const Command& root) {
  return std::any_of(root.below.begin(), root.below.end(), [](const Command& one) { return one.words.size() == 1 && one.begins("end"); });
}

void heed_missing_end(const Command& root, std::vector<Problem>& problems) {
  if (root.below.empty() || !root.find("version") || has_end(root)) return;
  const Command* last = &root.below.back();
  while (!last->below.empty()) last = &last->below.back();
  if (last->words.back().cut) report_unread(problems, last->where, "the configuration breaks off here, without `end`", "give all of it");
}

// The first line outside of any section that only sections have; nullptr: there is none.
const Command* outside_its_section(const Command& root) {
  for (const Command& one : root.below)
    for (const std::string_view of_section :
         {"tunnel source", "tunnel destination", "tunnel mode", "tunnel protection", "ip address", "set peer", "set transform-set", "set pfs",
          "set ikev2-profile", "set isakmp-profile", "match address", "match identity", "encryption", "integrity", "prf", "hash",
          "pre-shared-key", "neighbor"})
      if (one.begins(of_section)) return &one;
  return nullptr;
}

std::vector<model::Configuration> read(const Content& content, const Surroundings&) {
  model::Configuration all;
  all.path = content.path();
  all.kind = kCiscoIos.name;
  all.side = kCiscoIos.side;
  Command root = read_commands(content.text(), content.path(), all.problems);
  const Command* stray = outside_its_section(root);
  if (stray)
    report_unread(all.problems, stray->where, "this line is not indented, so to which section it belongs cannot be told",
                  "give it as `show running-config` prints it");
  std::string unread = doubt_since(all.problems, 0);
  std::vector<UnknownLine> slipped = stray ? std::vector<UnknownLine>{} : slips(root);
  all.endpoints = Router(root, all.problems).endpoints();
  if (unread.empty() && !slipped.empty()) unread = slipped.front().where.text() + ": " + kNotUnderstood;
  for (Endpoint& one : all.endpoints) {
    if (!slipped.empty()) forget_defaults(one, kMayBeSaid);
    if (one.doubt.empty()) one.doubt = unread;
  }
  for (UnknownLine& one : slipped) report(all.problems, one.where, kNotUnderstood, std::move(one.hint));
  heed_missing_end(root, all.problems);
  wipe(root);
  return {std::move(all)};
}

// A line of IOS's crypto commands, and none that only an ASA has.
bool recognises(const Content& content) {
  const std::string text = "\n" + std::string(content.text());
  const auto has = [&](std::string_view line) { return text.find(line) != std::string::npos; };
  if (has("\ntunnel-group ") || has("\nASA Version")) return false;
  return has("\ncrypto isakmp ") || has("\ncrypto ikev2 ") || has("\ncrypto ipsec transform-set ") || has("\ncrypto ipsec profile ") ||
         has("\ncrypto keyring ") || has("\ncrypto map ");
}

}  // namespace

const Kind kCiscoIos = {"cisco-ios", "Cisco IOS and IOS-XE running configuration", model::Side::Gateway, false, recognises, read};

}  // namespace tunnelscope::config
