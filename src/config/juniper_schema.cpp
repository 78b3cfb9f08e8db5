// A line sets one leaf, or several of one section after another. The sections are rows of a table, in which a section comes behind the
// one that it is in.
#include "src/config/juniper_schema.hpp"

#include <algorithm>
#include <span>

namespace tunnelscope::config {
namespace {

enum class Form : std::uint8_t {
  Section,  // words of its own come behind it
  Named,    // a name, and words of its own behind that
  Value,    // one word, or several in brackets
  Flag,     // nothing
  Rest,     // whatever is left of the line
};

struct Row {
  std::string_view section;  // its words but for names
  std::string_view word;
  Form form;
};

constexpr Row kRows[] = {
    {"", "security", Form::Section},
    {"", "protocols", Form::Section},
    {"security", "ike", Form::Section},
    {"security", "ipsec", Form::Section},
    {"security ike", "proposal", Form::Named},
    {"security ike", "policy", Form::Named},
    {"security ike", "gateway", Form::Named},
    {"security ike", "respond-bad-spi", Form::Rest},
    {"security ike", "session", Form::Rest},
    {"security ike", "traceoptions", Form::Rest},
    {"security ike proposal", "authentication-algorithm", Form::Value},
    {"security ike proposal", "authentication-method", Form::Value},
    {"security ike proposal", "description", Form::Value},
    {"security ike proposal", "dh-group", Form::Value},
    {"security ike proposal", "encryption-algorithm", Form::Value},
    {"security ike proposal", "lifetime-seconds", Form::Value},
    {"security ike proposal", "signature-hash-algorithm", Form::Value},
    {"security ike policy", "certificate", Form::Rest},
    {"security ike policy", "description", Form::Value},
    {"security ike policy", "mode", Form::Value},
    {"security ike policy", "pre-shared-key", Form::Rest},
    {"security ike policy", "proposal-set", Form::Value},
    {"security ike policy", "proposals", Form::Value},
    {"security ike policy", "reauth-frequency", Form::Value},
    {"security ike policy", "seeded-pre-shared-key", Form::Rest},
    {"security ike gateway", "aaa", Form::Rest},
    {"security ike gateway", "address", Form::Value},
    {"security ike gateway", "advpn", Form::Rest},
    {"security ike gateway", "client", Form::Rest},
    {"security ike gateway", "dead-peer-detection", Form::Section},
    {"security ike gateway", "description", Form::Value},
    {"security ike gateway", "dynamic", Form::Rest},
    {"security ike gateway", "external-interface", Form::Value},
    {"security ike gateway", "fragmentation", Form::Rest},
    {"security ike gateway", "general-ikeid", Form::Flag},
    {"security ike gateway", "ike-policy", Form::Value},
    {"security ike gateway", "local-address", Form::Value},
    {"security ike gateway", "local-identity", Form::Rest},
    {"security ike gateway", "nat-keepalive", Form::Value},
    {"security ike gateway", "no-nat-traversal", Form::Flag},
    {"security ike gateway", "node-local", Form::Flag},
    {"security ike gateway", "ppk-profile", Form::Value},
    {"security ike gateway", "remote-identity", Form::Rest},
    {"security ike gateway", "routing-instance", Form::Value},
    {"security ike gateway", "tcp-encap-profile", Form::Value},
    {"security ike gateway", "version", Form::Value},
    {"security ike gateway", "xauth", Form::Rest},
    {"security ike gateway dead-peer-detection", "always-send", Form::Flag},
    {"security ike gateway dead-peer-detection", "interval", Form::Value},
    {"security ike gateway dead-peer-detection", "optimized", Form::Flag},
    {"security ike gateway dead-peer-detection", "probe-idle-tunnel", Form::Flag},
    {"security ike gateway dead-peer-detection", "threshold", Form::Value},
    {"security ipsec", "anti-replay-window-size", Form::Value},
    {"security ipsec", "internal", Form::Rest},
    {"security ipsec", "policy", Form::Named},
    {"security ipsec", "proposal", Form::Named},
    {"security ipsec", "security-association", Form::Rest},
    {"security ipsec", "traceoptions", Form::Rest},
    {"security ipsec", "tunnel-mtu", Form::Value},
    {"security ipsec", "vpn", Form::Named},
    {"security ipsec", "vpn-monitor-options", Form::Rest},
    {"security ipsec proposal", "authentication-algorithm", Form::Value},
    {"security ipsec proposal", "description", Form::Value},
    {"security ipsec proposal", "encryption-algorithm", Form::Value},
    {"security ipsec proposal", "extended-sequence-number", Form::Flag},
    {"security ipsec proposal", "lifetime-kilobytes", Form::Value},
    {"security ipsec proposal", "lifetime-seconds", Form::Value},
    {"security ipsec proposal", "protocol", Form::Value},
    {"security ipsec policy", "description", Form::Value},
    {"security ipsec policy", "perfect-forward-secrecy", Form::Section},
    {"security ipsec policy", "proposal-set", Form::Value},
    {"security ipsec policy", "proposals", Form::Value},
    {"security ipsec policy perfect-forward-secrecy", "keys", Form::Value},
    {"security ipsec vpn", "bind-interface", Form::Value},
    {"security ipsec vpn", "copy-outer-dscp", Form::Flag},
    {"security ipsec vpn", "description", Form::Value},
    {"security ipsec vpn", "df-bit", Form::Value},
    {"security ipsec vpn", "distribution-profile", Form::Value},
    {"security ipsec vpn", "establish-tunnels", Form::Value},
    {"security ipsec vpn", "ike", Form::Section},
    {"security ipsec vpn", "manual", Form::Rest},
    {"security ipsec vpn", "match-direction", Form::Value},
    {"security ipsec vpn", "multi-sa", Form::Rest},
    {"security ipsec vpn", "passive-mode-tunneling", Form::Flag},
    {"security ipsec vpn", "traffic-selector", Form::Named},
    {"security ipsec vpn", "tunnel-mtu", Form::Value},
    {"security ipsec vpn", "udp-encapsulate", Form::Rest},
    {"security ipsec vpn", "vpn-monitor", Form::Rest},
    {"security ipsec vpn ike", "anti-replay-window-size", Form::Value},
    {"security ipsec vpn ike", "gateway", Form::Value},
    {"security ipsec vpn ike", "idle-time", Form::Value},
    {"security ipsec vpn ike", "install-interval", Form::Value},
    {"security ipsec vpn ike", "ipsec-policy", Form::Value},
    {"security ipsec vpn ike", "no-anti-replay", Form::Flag},
    {"security ipsec vpn ike", "proxy-identity", Form::Section},
    {"security ipsec vpn ike proxy-identity", "local", Form::Value},
    {"security ipsec vpn ike proxy-identity", "remote", Form::Value},
    {"security ipsec vpn ike proxy-identity", "service", Form::Value},
    {"security ipsec vpn traffic-selector", "description", Form::Value},
    {"security ipsec vpn traffic-selector", "destination-port", Form::Value},
    {"security ipsec vpn traffic-selector", "local-ip", Form::Value},
    {"security ipsec vpn traffic-selector", "protocol", Form::Value},
    {"security ipsec vpn traffic-selector", "remote-ip", Form::Value},
    {"security ipsec vpn traffic-selector", "source-port", Form::Value},
    {"security ipsec vpn traffic-selector", "term", Form::Rest},
    {"protocols", "bgp", Form::Section},
    {"protocols bgp", "disable", Form::Flag},
    {"protocols bgp", "group", Form::Named},
    {"protocols bgp", "hold-time", Form::Value},
    {"protocols bgp", "local-address", Form::Value},
    {"protocols bgp group", "authentication-algorithm", Form::Value},
    {"protocols bgp group", "description", Form::Value},
    {"protocols bgp group", "shutdown", Form::Rest},
    {"protocols bgp group", "passive", Form::Flag},
    {"protocols bgp group", "export", Form::Value},
    {"protocols bgp group", "import", Form::Value},
    {"protocols bgp group", "hold-time", Form::Value},
    {"protocols bgp group", "local-address", Form::Value},
    {"protocols bgp group", "neighbor", Form::Named},
    {"protocols bgp group", "peer-as", Form::Value},
    {"protocols bgp group", "type", Form::Value},
    {"protocols bgp group", "local-as", Form::Rest},
    {"protocols bgp group neighbor", "local-as", Form::Rest},
    {"protocols bgp group neighbor", "shutdown", Form::Rest},
    {"protocols bgp group neighbor", "authentication-key", Form::Rest},
    {"protocols bgp group neighbor", "description", Form::Value},
    {"protocols bgp group neighbor", "hold-time", Form::Value},
    {"protocols bgp group neighbor", "local-address", Form::Value},
    {"protocols bgp group neighbor", "peer-as", Form::Value},
};

// Beside VPNs most words are none of ours.
bool is_told_in_full(std::string_view section) { return section.starts_with("security ike") || section.starts_with("security ipsec"); }

// What else there is that is spelt alike.
bool is_beside_vpns(std::string_view word) {
  for (const std::string_view one :
       {"idp", "pki", "nat", "log", "alg", "flow", "screen", "zones", "policies", "utm",  // of security, of protocols, and of BGP
        "igmp", "isis", "l2vpn", "ldp", "lldp", "mld", "mpls", "msdp", "ospf", "ospf3", "pim", "rip", "ripng", "rsvp", "rstp", "stp", "vpls",
        "accept-remote-nexthop", "advertise-external", "advertise-inactive", "advertise-peer-as", "allow", "apply-groups", "as-override",
        "authentication-key", "authentication-key-chain", "bfd-liveness-detection", "cluster", "damping", "enforce-first-as", "family",
        "graceful-restart", "idle-after-switch-over", "ipsec-sa", "keep", "local-as", "local-interface", "local-preference", "log-updown",
        "loops", "metric-out", "mtu-discovery", "multihop", "multipath", "no-advertise-peer-as", "no-client-reflect", "out-delay", "passive",
        "preference", "remove-private", "shutdown", "tcp-mss", "traceoptions", "ttl", "export", "import", "disable", "path-selection"})
    if (word == one) return true;
  return false;
}

const Row* row_of(std::string_view section, std::string_view word) {
  const auto found = std::find_if(std::begin(kRows), std::end(kRows),
                                  [&](const Row& row) { return row.section == section && row.word == word; });
  return found == std::end(kRows) ? nullptr : found;
}

std::string nearest_in(std::string_view section, std::string_view word) {
  std::vector<std::string_view> known;
  for (const Row& row : kRows)
    if (row.section == section) known.push_back(row.word);
  return nearest_of(word, known);
}

// Behind a value at `at`, which may be a list in brackets.
std::size_t behind_value(const std::vector<Word>& words, std::size_t at) {
  if (at >= words.size()) return words.size();
  if (words[at].text != "[") return at + 1;
  while (at < words.size() && words[at].text != "]") ++at;
  return std::min(at + 1, words.size());
}

void split_interface(std::vector<Word>& words) {
  if (words.size() < 2 || words.front().text != "interfaces") return;
  Word& name = words[1];
  const std::size_t dot = name.text.rfind('.');
  if (dot == std::string::npos || dot == 0) return;
  Word unit{name.text.substr(dot + 1), name.where, name.cut};
  const Word keyword{"unit", name.where, false};
  name.text.erase(dot);
  words.insert(words.begin() + 2, {keyword, std::move(unit)});
}

// What an instance says of protocols and routes is said as of the whole system.
Leaves leaves_of_instance(std::vector<Word> words) {
  const std::vector<Word> instance(words.begin(), words.begin() + 2);
  words.erase(words.begin(), words.begin() + 2);
  Leaves all;
  if (words.front().text != "protocols") all.statements.push_back(std::move(words));
  else all = leaves_of(std::move(words));
  for (std::vector<Word>& one : all.statements) one.insert(one.begin(), instance.begin(), instance.end());
  if (all.unknown) *all.unknown += instance.size();
  return all;
}

}  // namespace

Leaves leaves_of(std::vector<Word> words) {
  if (words.size() > 2 && words.front().text == "routing-instances") return leaves_of_instance(std::move(words));
  split_interface(words);
  Leaves all;
  std::vector<Word> prefix;
  std::string section;
  std::size_t at = 0;
  const auto take_until = [&](std::size_t end) {
    std::vector<Word> one = prefix;
    for (; at < end; ++at) one.push_back(words[at]);
    all.statements.push_back(std::move(one));
  };
  while (at < words.size()) {
    const Row* row = row_of(section, words[at].text);
    const bool may_slip = section == "security" || section.starts_with("protocols");
    const bool slip = may_slip && !row && !is_beside_vpns(words[at].text) && !nearest_in(section, words[at].text).empty();
    if (!row && (slip || is_told_in_full(section))) {
      all.unknown = at;
      all.unknown_column = words[at].where.column;
      all.hint = nearest_in(section, words[at].text);
      return all;
    }
    if (!row || row->form == Form::Rest) take_until(words.size());
    else if (row->form == Form::Flag) take_until(at + 1);
    else if (row->form == Form::Value) take_until(behind_value(words, at + 1));
    else {
      section += (section.empty() ? "" : " ") + std::string(row->word);
      for (const std::size_t end = std::min(at + (row->form == Form::Named ? 2 : 1), words.size()); at < end; ++at)
        prefix.push_back(words[at]);
      if (at == words.size()) take_until(at);
    }
  }
  return all;
}

}  // namespace tunnelscope::config
