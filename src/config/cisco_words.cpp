// Words of running configurations; "no", "default" and "exit" go with all of them.
#include "src/config/cisco_words.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace tunnelscope::config {
namespace {

using Known = std::vector<std::string_view>;

struct Row {
  std::string_view object;
  Known words;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {"crypto isakmp policy", {"encr", "encryption", "hash", "authentication", "group", "lifetime"}},
      {"crypto isakmp profile",
       {"accounting", "ca", "client", "description", "initiate", "isakmp", "keepalive", "keyring", "local-address", "match", "qos-group",
        "self-identity", "virtual-template", "vrf"}},
      {"crypto keyring", {"description", "local-address", "pre-shared-key", "rsa-pubkey"}},
      {"crypto ikev2 proposal", {"encryption", "integrity", "prf", "group"}},
      {"crypto ikev2 policy", {"match", "proposal"}},
      {"crypto ikev2 profile",
       {"aaa", "anyconnect", "authentication", "config-exchange", "description", "dpd", "identity", "initial-contact", "ivrf", "keyring",
        "lifetime", "match", "nat", "pki", "ppk", "reconnect", "redirect", "shutdown", "virtual-template"}},
      {"crypto ikev2 keyring", {"peer"}},
      {"peer", {"address", "description", "hostname", "identity", "pre-shared-key", "ppk"}},
      {"crypto ipsec transform-set", {"mode", "esn"}},
      {"crypto ipsec profile", {"description", "dialer", "redundancy", "responder-only", "set"}},
      {"crypto map", {"description", "dialer", "match", "qos", "reverse-route", "set"}},
      {"set",
       {"identity", "ikev2-profile", "ip", "isakmp-profile", "mixed-mode", "nat", "peer", "pfs", "reverse-route", "security-association",
        "security-policy", "transform-set"}},
  };
  return kRows;
}

const Known* words_of_object(const Command& object) {
  for (const Row& row : rows())
    if (object.begins(row.object)) return &row.words;
  return nullptr;
}

bool goes_with_all(std::string_view word) { return word == "no" || word == "default" || word == "exit"; }

void check(const Word& word, const Known& known, std::vector<UnknownLine>& unknown) {
  if (goes_with_all(word.text) || std::find(known.begin(), known.end(), word.text) != known.end()) return;
  unknown.push_back({word.where, nearest_of(word.text, known)});
}

// Second words, and third ones, of lines that are known by their first.
const std::vector<Row>& later_rows() {
  static const std::vector<Row> kRows = {
      {"pre-shared-key", {"address", "hostname"}},  // below a keyring; a peer's key has words of its own choice there
      {"match address", {"local"}},
      {"match identity", {"address", "any", "group", "host", "remote", "user"}},
      {"match", {"address", "certificate", "fvrf", "identity"}},
      {"set security-association lifetime", {"days", "kilobytes", "seconds"}},
      {"set security-association", {"dfbit", "dummy", "ecn", "idle-time", "level", "lifetime", "replay"}},
  };
  return kRows;
}

void check_later_words(const Command& object, const Command& line, std::vector<UnknownLine>& unknown) {
  const bool of_profile = object.begins("crypto ikev2") || object.begins("crypto isakmp profile");
  for (const Row& row : later_rows()) {
    if (!line.begins(row.object)) continue;
    if (row.object.starts_with("match") && !of_profile) continue;
    if (row.object == "pre-shared-key" && !object.begins("crypto keyring")) continue;
    const std::size_t at = words_of(row.object, {}).size();
    if (line.words.size() > at) check(line.words[at], row.words, unknown);
    return;
  }
}

// A word that is none of these, but nearly one.
void check_slip(const Word& word, const Known& known, std::vector<UnknownLine>& unknown) {
  if (goes_with_all(word.text) || std::find(known.begin(), known.end(), word.text) != known.end()) return;
  std::string hint = nearest_of(word.text, known);
  if (!hint.empty()) unknown.push_back({word.where, std::move(hint)});
}

// Most lines of an interface are none of ours.
void check_interface(const Command& interface, std::vector<UnknownLine>& unknown) {
  for (const Command& one : interface.below) {
    check_slip(one.words.front(), {"crypto", "shutdown", "tunnel", "vrf"}, unknown);
    if (one.words.size() < 2) continue;
    if (one.word(0) == "tunnel") check_slip(one.words[1], {"destination", "key", "mode", "protection", "source", "vrf"}, unknown);
    if (one.word(0) == "vrf") check_slip(one.words[1], {"forwarding"}, unknown);
    if (one.word(0) == "ip") check_slip(one.words[1], {"address", "access-group", "unnumbered", "vrf"}, unknown);
  }
}

// What a line is about, from the word at `from` on: "set pfs" of `set pfs group14`.
std::string subject_of(const Command& line, std::size_t from) {
  std::string subject(line.word(from));
  for (const std::string_view one : {"set", "match", "identity", "authentication"})
    if (subject == one) return subject + " " + std::string(line.word(from + 1));
  return subject;
}

}  // namespace

std::vector<UnknownLine> unknown_lines(const Command& object) {
  std::vector<UnknownLine> unknown;
  if (object.begins("interface")) check_interface(object, unknown);
  const Known* known = words_of_object(object);
  if (!known) return unknown;
  std::set<std::string> said;
  for (const Command& one : object.below) {
    check(one.words.front(), *known, unknown);
    // "no set pfs group5" below `set pfs group14`: whether that is left is not known.
    const bool no = one.word(0) == "no";
    if (no && said.count(subject_of(one, 1)) > 0) unknown.push_back({one.where, "leave the line that counts, and no other"});
    if (!no) said.insert(subject_of(one, 0));
    if (one.word(0) == "set" && one.words.size() > 1) check(one.words[1], *words_of_object(one), unknown);
    check_later_words(object, one, unknown);
    if (one.word(0) != "peer") continue;
    for (UnknownLine& below : unknown_lines(one)) unknown.push_back(std::move(below));
  }
  return unknown;
}

std::vector<UnknownLine> slips(const Command& root) {
  static const std::vector<Row> kOfCrypto = {
      {"crypto isakmp",
       {"aggressive-mode", "client", "default", "diagnose", "enable", "fragmentation", "identity", "invalid-spi-recovery", "keepalive", "key",
        "nat", "peer", "policy", "profile", "xauth"}},
      {"crypto ikev2",
       {"authorization", "certificate-cache", "client", "cluster", "cookie-challenge", "cts", "diagnose", "dpd", "fragmentation", "http-url",
        "keyring", "limit", "name-mangler", "nat", "policy", "profile", "proposal", "reconnect", "redirect", "window"}},
      {"crypto ipsec",
       {"client", "default", "df-bit", "fragmentation", "ipv4-deny", "nat-transparency", "optional", "profile", "security-association",
        "transform-set"}},
      {"crypto", {"ikev2", "ipsec", "isakmp", "keyring", "map"}},
  };
  std::vector<UnknownLine> unknown;
  for (const Command& one : root.below) {
    check_slip(one.words.front(), {"crypto", "hostname", "interface", "router"}, unknown);
    const auto row = std::find_if(kOfCrypto.begin(), kOfCrypto.end(), [&](const Row& each) { return one.begins(each.object); });
    const std::size_t at = row == kOfCrypto.end() ? one.words.size() : words_of(row->object, {}).size();
    if (at < one.words.size()) check_slip(one.words[at], row->words, unknown);
  }
  return unknown;
}

}  // namespace tunnelscope::config
