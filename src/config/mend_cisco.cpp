// Lines of Cisco IOS, below the object that they belong to.
#include <algorithm>
#include <array>

#include "src/config/cisco_syntax.hpp"
#include "src/config/mend_rows.hpp"

namespace tunnelscope::config {
namespace {

using model::Change;
using model::Where;

// How algorithms are called in an ISAKMP policy, an IKEv2 proposal and a transform set. Empty: they are not there.
struct CipherRow {
  std::string_view id, policy, ikev2, transform;
};
constexpr CipherRow kCiphers[] = {
    {"des", "des", "des", "esp-des"}, {"3des", "3des", "3des", "esp-3des"}, {"aes128", "aes", "aes-cbc-128", "esp-aes"},
    {"aes192", "aes 192", "aes-cbc-192", "esp-aes 192"}, {"aes256", "aes 256", "aes-cbc-256", "esp-aes 256"},
    {"aes128gcm16", "", "aes-gcm-128", "esp-gcm"}, {"aes192gcm16", "", "", "esp-gcm 192"}, {"aes256gcm16", "", "aes-gcm-256", "esp-gcm 256"},
    {"md5", "md5", "md5", "esp-md5-hmac"}, {"sha1", "sha", "sha1", "esp-sha-hmac"}, {"sha256", "sha256", "sha256", "esp-sha256-hmac"},
    {"sha384", "sha384", "sha384", "esp-sha384-hmac"}, {"sha512", "sha512", "sha512", "esp-sha512-hmac"}};

const CipherRow* row_of(std::string_view id) {
  const auto row = std::find_if(std::begin(kCiphers), std::end(kCiphers), [&](const CipherRow& one) { return one.id == id; });
  return row == std::end(kCiphers) ? nullptr : row;
}

std::string_view text_of(const std::string& line) { return trimmed(line); }

// The line of an object in which a line stands.
std::size_t head_of(const Draft& draft, const Where& where) {
  std::size_t head = where.line;
  for (const std::string* line = draft.line(where.path, head); head > 0 && (!line || line->starts_with(' ')); line = draft.line(where.path, head))
    --head;
  return head;
}

// Lines that begin so, from the top level.
std::vector<std::size_t> heads(const Draft& draft, const std::string& path, std::string_view begins) {
  std::vector<std::size_t> all;
  for (std::size_t number = 1; number <= draft.lines(path); ++number)
    if (const std::string* line = draft.line(path, number); line && line->starts_with(begins)) all.push_back(number);
  return all;
}

// Below the object whose line this is: over the line that begins with one of `keywords`, else a new one.
bool set_below(Draft& draft, const std::string& path, std::size_t head, const std::vector<std::string>& keywords, const std::string& command) {
  for (std::size_t number = head + 1; number <= draft.lines(path); ++number) {
    const std::string* line = draft.line(path, number);
    if (!line) continue;
    if (!line->starts_with(' ')) break;
    for (const std::string& keyword : keywords)
      if (text_of(*line) == keyword || text_of(*line).starts_with(keyword + " ")) {
        const std::string indent = line->substr(0, indent_of(*line));
        return command.empty() ? draft.remove(path, number) : draft.replace(path, number, indent + command);
      }
  }
  return !command.empty() && draft.insert_after(path, head, " " + command);
}

Edit below(const Where& where, std::vector<std::string> keywords, std::string command) {
  return [=](Draft& draft) {
    const std::size_t head = head_of(draft, where);
    return head > 0 && set_below(draft, where.path, head, keywords, command);
  };
}

// The same for every object of a kind: which of them the tunnel uses, a second reading tells.
std::vector<Edit> below_any(const Mending& mending, std::string_view kind, const std::vector<std::string>& keywords,
                            const std::string& command) {
  std::vector<Edit> all;
  const std::string& path = mending.end.where.path;
  for (const std::size_t head : heads(mending.before, path, kind))
    all.push_back([=](Draft& draft) { return set_below(draft, path, head, keywords, command); });
  return all;
}

// -- proposals --------------------------------------------------------------------------------------------------------------------------

// "crypto ipsec transform-set NAME" and behind it what it consists of.
Edit transform_set(const Where& where, const Suite& suite) {
  return [=](Draft& draft) {
    const std::string* line = draft.line(where.path, where.line);
    const CipherRow *cipher = row_of(suite.encryption), *hash = row_of(suite.integrity);
    const auto words = line ? words_of(*line, where) : std::vector<Word>{};
    if (!line || words.size() < 5 || words[2].text != "transform-set" || !cipher || cipher->transform.empty() || (!suite.aead && !hash))
      return false;
    std::string made = line->substr(0, words[4].where.column - words[0].where.column) + std::string(cipher->transform);
    if (!suite.aead) made += " " + std::string(hash->transform);
    return draft.replace(where.path, where.line, made);
  };
}

std::vector<Edit> of_algorithm(const Change& change) {
  const Suite suite = suite_of(change.proposal);
  const bool ike = change.attribute.starts_with("ike-");
  if (change.attribute == "pfs-group") {
    const std::string number = group_number(suite.group);
    return {below(change.where, {"set pfs"}, number.empty() ? "" : "set pfs group" + number)};
  }
  if (!ike) return {transform_set(change.where, suite)};
  if (change.attribute == "ike-group") return {below(change.where, {"group"}, "group " + group_number(suite.group))};
  const bool cipher = change.attribute == "ike-encryption";
  const CipherRow* row = row_of(cipher ? suite.encryption : suite.integrity);
  if (!row || (change.attribute != "ike-integrity" && !cipher)) return {};
  const auto in = [&](std::string_view kind, std::vector<std::string> keywords, std::string command) -> Edit {
    const Edit edit = below(change.where, std::move(keywords), std::move(command));
    const Where where = change.where;
    return [=](Draft& draft) {
      const std::string* head = draft.line(where.path, head_of(draft, where));
      return head && head->starts_with(kind) && edit(draft);
    };
  };
  std::vector<Edit> all;
  if (!row->policy.empty())
    all.push_back(in("crypto isakmp policy", cipher ? std::vector<std::string>{"encr", "encryption"} : std::vector<std::string>{"hash"},
                     (cipher ? "encr " : "hash ") + std::string(row->policy)));
  if (!row->ikev2.empty())
    all.push_back(in("crypto ikev2 proposal", {cipher ? "encryption" : "integrity"}, (cipher ? "encryption " : "integrity ") + std::string(row->ikev2)));
  return all;
}

// -- the rest ---------------------------------------------------------------------------------------------------------------------------

bool is_address(const std::string& text) { return model::parse_address(text).has_value(); }

std::vector<std::string> identity_words(const std::string& value) {
  if (is_address(value)) return {"address " + value};
  return {(value.find('@') == std::string::npos ? "fqdn " : "email ") + value, "key-id " + value};
}

// A further line behind one that begins with `keyword`.
Edit repeated(const Where& where, std::string keyword, std::string command) {
  return [=](Draft& draft) {
    const std::string* line = draft.line(where.path, where.line);
    if (!line || !text_of(*line).starts_with(keyword)) return false;
    return draft.insert_after(where.path, where.line, line->substr(0, indent_of(*line)) + command);
  };
}

std::vector<Edit> of_identity(const Mending& mending) {
  const Change& change = mending.change;
  const bool local = change.attribute == "local-identity";
  std::vector<Edit> all;
  if (change.old_value.find(", ") != std::string::npos)  // of several, the others are for other tunnels
    for (const std::string& words : identity_words(change.new_value))
      for (const std::string keyword : {"match identity remote ", "match identity "})
        all.push_back(repeated(change.where, keyword, keyword + words + (words.starts_with("address") ? " 255.255.255.255" : "")));
  const auto add = [&](std::vector<Edit> more) { std::move(more.begin(), more.end(), std::back_inserter(all)); };
  for (const std::string& words : identity_words(change.new_value)) {
    const std::string mask = !local && words.starts_with("address") ? " 255.255.255.255" : "";
    add(below_any(mending, "crypto ikev2 profile", {local ? "identity local" : "match identity remote"},
                  (local ? "identity local " : "match identity remote ") + words + mask));
    if (local) add(below_any(mending, "crypto isakmp profile", {"self-identity"}, "self-identity " + words));
    else add(below_any(mending, "crypto isakmp profile", {"match identity"}, "match identity " + words + mask));
  }
  return all;
}

// "10.0.0.0/16" as "10.0.0.0 0.0.255.255", one address as "host 10.0.0.1", all as "any".
std::string wildcard(const std::string& selector) {
  const auto range = model::parse_range(selector);
  if (!range || range->first.v6) return {};
  if (selector == "0.0.0.0/0") return "any";
  const std::size_t slash = selector.find('/');
  const auto bits = slash == std::string::npos ? std::optional<std::uint64_t>(32) : whole_number(std::string_view(selector).substr(slash + 1));
  if (!bits || *bits > 32) return {};
  if (*bits == 32) return "host " + selector.substr(0, slash);
  const std::uint64_t hosts = (std::uint64_t{1} << (32 - *bits)) - 1;
  std::string mask;
  for (int shift = 24; shift >= 0; shift -= 8) mask += (mask.empty() ? "" : ".") + std::to_string((hosts >> shift) & 255);
  return selector.substr(0, slash) + " " + mask;
}

// In a line of an access list: the networks, of which the first is one's own.
std::vector<Edit> of_selectors(const Change& change) {
  const std::string old_words = wildcard(change.old_value), new_words = wildcard(change.new_value);
  if (old_words.empty() || new_words.empty()) return {};
  const bool local = change.attribute == "local-selectors";
  const Where where = change.where;
  return {[=](Draft& draft) {
    const std::string* line = draft.line(where.path, where.line);
    if (!line || line->find("permit") == std::string::npos) return false;
    const std::size_t at = local ? line->find(" " + old_words) : line->rfind(" " + old_words);
    return at != std::string::npos &&
           draft.replace(where.path, where.line, line->substr(0, at + 1) + new_words + line->substr(at + 1 + old_words.size()));
  }};
}

Edit removing(const Where& where, std::string_view text) {
  const std::string wanted(text);
  return [=](Draft& draft) {
    const std::string* line = draft.line(where.path, where.line);
    return line && text_of(*line) == wanted && draft.remove(where.path, where.line);
  };
}

Edit before_first(const Mending& mending, std::string_view kind, std::string command) {
  const std::string path = mending.end.where.path;
  const auto found = heads(mending.before, path, kind);
  const std::size_t number = found.empty() ? 0 : found.front();
  return [=](Draft& draft) { return number > 1 && draft.insert_after(path, number - 1, command); };
}

std::vector<Edit> of_dpd(const Mending& mending) {
  std::vector<Edit> all = below_any(mending, "crypto ikev2 profile", {"dpd"}, "dpd 10 3 periodic");
  all.push_back(before_first(mending, "crypto isakmp policy", "crypto isakmp keepalive 10 3 periodic"));
  return all;
}

std::vector<Edit> of_mode(const Mending& mending) {
  std::vector<Edit> all{below(mending.change.where, {"mode"}, "mode " + mending.change.new_value)};
  for (Edit& one : below_any(mending, "crypto ipsec transform-set", {"mode"}, "mode " + mending.change.new_value)) all.push_back(std::move(one));
  return all;
}

std::vector<Edit> of_method(const Mending& mending) {
  const std::string end = mending.change.attribute == "local-authentication" ? "local" : "remote";
  std::vector<Edit> all = below_any(mending, "crypto ikev2 profile", {"authentication " + end}, "authentication " + end + " pre-share");
  for (Edit& one : below_any(mending, "crypto isakmp policy", {"authentication"}, "authentication pre-share")) all.push_back(std::move(one));
  return all;
}

// An IPsec profile or a map entry takes IKEv2 by the line that names a profile of it. Which of those there are, if any, a second reading tells.
std::vector<Edit> of_version(const Mending& mending) {
  const std::string& path = mending.end.where.path;
  std::vector<Edit> all;
  for (const std::string_view kind : {"crypto ipsec profile", "crypto map"})
    for (const std::size_t head : heads(mending.before, path, kind)) {
      if (mending.change.new_value == "ikev1" && !heads(mending.before, path, "crypto isakmp policy").empty())
        all.push_back([=](Draft& draft) { return set_below(draft, path, head, {"set ikev2-profile"}, ""); });
      if (mending.change.new_value != "ikev2") continue;
      for (const std::size_t profile : heads(mending.before, path, "crypto ikev2 profile")) {
        const auto words = words_of(*mending.before.line(path, profile), {});
        if (words.size() != 4) continue;
        const std::string command = "set ikev2-profile " + words[3].text;
        all.push_back([=](Draft& draft) { return set_below(draft, path, head, {"set ikev2-profile"}, command); });
      }
    }
  return all;
}

// Below the router's BGP of that AS, which there may not be.
std::vector<Edit> of_routing(const Mending& mending) {
  const auto session = session_of(mending.change.new_value);
  if (!session) return {};
  const std::string path = mending.end.where.path, router = "router bgp " + session->own_asn;
  const std::string neighbour = " neighbor " + session->neighbour + " remote-as " + session->peer_asn;
  const auto routers = heads(mending.before, path, "router bgp");
  const auto ends = heads(mending.before, path, "end");
  const std::size_t last = ends.empty() ? mending.before.lines(path) : ends.back() - 1;
  return {[=](Draft& draft) {
    for (const std::size_t head : routers)
      if (text_of(*draft.line(path, head)) == router) return draft.insert_after(path, head, neighbour);
    return routers.empty() && draft.insert_after(path, last, router) && draft.insert_after(path, last, neighbour);
  }};
}

}  // namespace

std::vector<Edit> mend_cisco_ios(const Mending& mending) {
  const Change& change = mending.change;
  if (change.attribute == "child-protocol") return {};
  if (!change.proposal.empty()) return of_algorithm(change);
  if (change.attribute.ends_with("-identity")) return of_identity(mending);
  if (change.attribute.ends_with("-selectors")) return of_selectors(change);
  if (change.attribute == "dpd") return of_dpd(mending);
  if (change.attribute == "ike-version") return of_version(mending);
  if (change.attribute == "routing") return of_routing(mending);
  if (change.attribute == "child-mode") return of_mode(mending);
  if (change.attribute.ends_with("-authentication") && change.new_value == "psk") return of_method(mending);
  if (change.attribute == "ike-mode") return {removing(change.where, "initiate mode aggressive")};
  if (change.attribute == "start-action") return {removing(change.where, "responder-only")};
  return {};
}

}  // namespace tunnelscope::config
