// Statements of Junos in set form: a word of a statement replaced, or a statement added behind another of its object.
#include <algorithm>

#include "src/config/mend_rows.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config {
namespace {

using model::Change;
using model::Where;

struct WordRow {
  std::string_view id, ike, ipsec;
};
constexpr WordRow kAlgorithms[] = {
    {"des", "des-cbc", "des-cbc"}, {"3des", "3des-cbc", "3des-cbc"}, {"aes128", "aes-128-cbc", "aes-128-cbc"},
    {"aes192", "aes-192-cbc", "aes-192-cbc"}, {"aes256", "aes-256-cbc", "aes-256-cbc"}, {"aes128gcm16", "aes-128-gcm", "aes-128-gcm"},
    {"aes192gcm16", "aes-192-gcm", "aes-192-gcm"}, {"aes256gcm16", "aes-256-gcm", "aes-256-gcm"}, {"md5", "md5", "hmac-md5-96"},
    {"sha1", "sha1", "hmac-sha1-96"}, {"sha256", "sha-256", "hmac-sha-256-128"}, {"sha384", "sha-384", "hmac-sha-384"},
    {"sha512", "sha-512", "hmac-sha-512"}};

// Fixed words of an attribute: the object's path before its name, the statement behind that, and the word.
struct StatementRow {
  std::string_view attribute, value, object, statement, word;
};
constexpr StatementRow kStatements[] = {
    {"ike-version", "ikev2", "set security ike gateway", "version", "v2-only"},
    {"ike-version", "ikev1", "set security ike gateway", "version", "v1-only"},
    {"ike-mode", "main", "set security ike policy", "mode", "main"},
    {"ike-mode", "aggressive", "set security ike policy", "mode", "aggressive"},
    {"dpd", "on", "set security ike gateway", "dead-peer-detection", "always-send"},
    {"start-action", "start", "set security ipsec vpn", "establish-tunnels", "immediately"},
    {"local-authentication", "psk", "set security ike proposal", "authentication-method", "pre-shared-keys"},
    {"remote-authentication", "psk", "set security ike proposal", "authentication-method", "pre-shared-keys"},
};

std::string quoted_if_needed(const std::string& value) { return value.find(' ') == std::string::npos ? value : "\"" + value + "\""; }

bool begins_with_words(const std::string& line, const std::string& words) {
  return line.starts_with(words + " ") || line == words;
}

// Over the last statement that begins so, which is the one that counts, else behind `after`; an empty `word` removes it.
bool state(Draft& draft, const std::string& path, std::size_t after, const std::string& words, const std::string& word) {
  for (std::size_t number = draft.lines(path); number > 0; --number) {
    const std::string* line = draft.line(path, number);
    if (!line || !begins_with_words(*line, words)) continue;
    return word.empty() ? draft.remove(path, number) : draft.replace(path, number, words + " " + word);
  }
  return !word.empty() && draft.insert_after(path, after, words + " " + word);
}

// Without the lines that put a statement out of action, or something that it is in.
bool activate(Draft& draft, const std::string& path, const std::string& words) {
  constexpr std::string_view kSet = "set ", kDeactivate = "deactivate ";
  bool any = false;
  for (std::size_t number = 1; number <= draft.lines(path); ++number) {
    const std::string* line = draft.line(path, number);
    if (!line || !line->starts_with(kDeactivate)) continue;
    const std::string object = std::string(kSet) + line->substr(kDeactivate.size());
    if (begins_with_words(words, object)) any = draft.remove(path, number) || any;
  }
  return any;
}

// The names of the objects of a kind, and the line of the last statement of each.
std::vector<std::pair<std::string, std::size_t>> objects(const Draft& draft, const std::string& path, const std::string& kind) {
  std::vector<std::pair<std::string, std::size_t>> all;
  for (std::size_t number = 1; number <= draft.lines(path); ++number) {
    const std::string* line = draft.line(path, number);
    if (!line || !line->starts_with(kind + " ")) continue;
    const std::size_t end = std::min(line->find(' ', kind.size() + 1), line->size());
    const std::string name = line->substr(kind.size() + 1, end - kind.size() - 1);
    const auto old = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == name; });
    if (old == all.end()) all.emplace_back(name, number);
    else old->second = number;
  }
  return all;
}

// Of every object of a kind, that of the place first: which of them the tunnel uses, a second reading tells.
std::vector<Edit> stating(const Mending& mending, const std::string& kind, const std::string& statement, const std::string& word) {
  const std::string path = mending.end.where.path;
  const std::string* at = mending.before.line(mending.change.where.path, mending.change.where.line);
  auto found = objects(mending.before, path, kind);
  std::stable_partition(found.begin(), found.end(), [&](const auto& one) { return at && begins_with_words(*at, kind + " " + one.first); });
  std::vector<Edit> all;
  for (const auto& [name, last] : found) {
    const std::string words = kind + " " + name + " " + statement;
    const std::size_t behind = last;
    all.push_back([=](Draft& draft) { return state(draft, path, behind, words, word); });
    if (!word.empty()) all.push_back([=](Draft& draft) { return activate(draft, path, words) && state(draft, path, behind, words, word); });
  }
  return all;
}

std::string word_of(const std::string& id, bool ike) {
  const auto row = std::find_if(std::begin(kAlgorithms), std::end(kAlgorithms), [&](const WordRow& one) { return one.id == id; });
  return row == std::end(kAlgorithms) ? "" : std::string(ike ? row->ike : row->ipsec);
}

std::vector<Edit> of_algorithm(const Mending& mending) {
  const Change& change = mending.change;
  const Suite suite = suite_of(change.proposal);
  const bool ike = change.attribute.starts_with("ike-");
  const std::string number = group_number(suite.group), group = number.empty() ? "" : "group" + number;
  if (change.attribute == "pfs-group") return stating(mending, "set security ipsec policy", "perfect-forward-secrecy keys", group);
  const std::string kind = ike ? "set security ike proposal" : "set security ipsec proposal";
  if (change.attribute.ends_with("-group")) return stating(mending, kind, "dh-group", group);
  const bool cipher = change.attribute.ends_with("-encryption");
  if (!cipher && !change.attribute.ends_with("-integrity")) return {};
  const std::string word = word_of(cipher ? suite.encryption : suite.integrity, ike);
  if (cipher && word.empty()) return {};
  return stating(mending, kind, cipher ? "encryption-algorithm" : "authentication-algorithm", word);
}

std::vector<Edit> of_identity(const Mending& mending) {
  const Change& change = mending.change;
  const std::string value = quoted_if_needed(change.new_value);
  const auto address = model::parse_address(change.new_value);
  const char* kind = address ? address->v6 ? "inet6 " : "inet " : value.find('@') == std::string::npos ? "hostname " : "user-at-hostname ";
  return stating(mending, "set security ike gateway", change.attribute, kind + value);
}

std::vector<Edit> of_selectors(const Mending& mending) {
  const bool local = mending.change.attribute == "local-selectors";
  return stating(mending, "set security ipsec vpn", local ? "ike proxy-identity local" : "ike proxy-identity remote", mending.change.new_value);
}

// "bgp with neighbour 169.254.12.1 in AS 64512 from AS 65010": the session in a group of its own. The AS is that of the router, unless it has
// another one.
std::vector<Edit> of_routing(const Mending& mending) {
  const auto session = session_of(mending.change.new_value);
  const std::string path = mending.end.where.path;
  const std::size_t last = mending.before.lines(path);
  if (!session) return {};
  return {[=](Draft& draft) {
    constexpr std::string_view kRouters = "set routing-options autonomous-system";
    const std::string neighbour = "set protocols bgp group tunnelscope-" + session->peer_asn + " neighbor " + session->neighbour;
    if (!draft.insert_after(path, last, neighbour + " peer-as " + session->peer_asn)) return false;
    for (std::size_t number = 1; number <= draft.lines(path); ++number)
      if (const std::string* line = draft.line(path, number); line && begins_with_words(*line, std::string(kRouters)))
        return *line == std::string(kRouters) + " " + session->own_asn ||
               draft.insert_after(path, last, neighbour + " local-as " + session->own_asn);
    return draft.insert_after(path, last, std::string(kRouters) + " " + session->own_asn);
  }};
}

}  // namespace

std::vector<Edit> mend_juniper(const Mending& mending) {
  const Change& change = mending.change;
  if (change.attribute == "child-protocol") return {};
  if (!change.proposal.empty()) return of_algorithm(mending);
  if (change.attribute.ends_with("-identity")) return of_identity(mending);
  if (change.attribute.ends_with("-selectors")) return of_selectors(mending);
  if (change.attribute == "routing") return of_routing(mending);
  std::vector<Edit> all;
  for (const StatementRow& row : kStatements)
    if (row.attribute == change.attribute && row.value == change.new_value)
      for (Edit& one : stating(mending, std::string(row.object), std::string(row.statement), std::string(row.word))) all.push_back(std::move(one));
  return all;
}

}  // namespace tunnelscope::config
