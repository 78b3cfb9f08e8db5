// Settings of named sections: swanctl.conf, and ipsec.conf of strongSwan and Libreswan. Which setting says an attribute, and in which word,
// is one table.
#include <algorithm>
#include <array>

#include "src/config/braces.hpp"
#include "src/config/mend_rows.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config {
namespace {

using model::Change;
using model::Where;
using Names = std::vector<std::string>;

enum class Language : std::uint8_t { Swanctl, StrongSwanConf, LibreswanConf };

// The names of an attribute's setting, the one to write first; "local/id" is in a section of the connection whose name begins so, "*id" is
// `leftid` or `rightid`. `value` empty: any, which `new_value` says.
struct Row {
  std::string_view attribute, value;
  std::string_view swanctl, swanctl_word;
  std::string_view ipsec_conf, strongswan_word, libreswan_word;
};

constexpr Row kRows[] = {
    {"ike-version", "ikev2", "version", "2", "keyexchange", "ikev2", "ikev2"},
    {"ike-version", "ikev1", "version", "1", "keyexchange", "ikev1", "ikev1"},
    {"ike-version", "ikev1, ikev2", "version", "0", "keyexchange", "ike", ""},
    {"ike-version", "ikev2", "", "", "ikev2", "", "yes"},
    {"ike-version", "ikev1", "", "", "ikev2", "", "no"},
    {"ike-version", "ikev1, ikev2", "", "", "ikev2", "", "permit"},
    {"ike-mode", "main", "aggressive", "no", "aggressive|aggrmode", "no", "no"},
    {"ike-mode", "aggressive", "aggressive", "yes", "aggressive|aggrmode", "yes", "yes"},
    {"outside-address", "", "remote_addrs", "", "*", "", ""},
    {"local-identity", "", "local/id", "", "*id", "", ""},
    {"remote-identity", "", "remote/id", "", "*id", "", ""},
    {"local-authentication", "psk", "local/auth", "psk", "authby", "secret", "secret"},
    {"local-authentication", "psk", "", "", "*auth", "psk", "secret"},
    {"remote-authentication", "psk", "remote/auth", "psk", "authby", "secret", "secret"},
    {"remote-authentication", "psk", "", "", "*auth", "psk", "secret"},
    {"child-mode", "tunnel", "mode", "tunnel", "type", "tunnel", "tunnel"},
    {"child-mode", "transport", "mode", "transport", "type", "transport", "transport"},
    {"local-selectors", "", "local_ts", "", "*subnet", "", ""},
    {"remote-selectors", "", "remote_ts", "", "*subnet", "", ""},
    {"child-rekeys", "yes", "", "", "rekey", "yes", "yes"},
    {"ike-rekeys", "yes", "", "", "rekey", "yes", "yes"},
    {"reauthentication", "no", "reauth_time", "0", "reauth", "no", "no"},
    {"dpd", "on", "dpd_delay", "10s", "dpddelay", "10", "10"},
    {"dpd-action", "restart", "dpd_action", "restart", "dpdaction", "restart", "restart"},
    {"start-action", "start", "start_action", "start", "auto", "start", "start"},
};

// What a lifetime is called; its words are numbers.
struct LifetimeRow {
  std::string_view attribute, swanctl, ipsec_conf;
};
constexpr LifetimeRow kLifetimes[] = {{"child-lifetime", "life_time", "lifetime|keylife|salifetime|ipsec-lifetime"},
                                      {"ike-lifetime", "over_time", "ikelifetime|ike-lifetime"}};

// Of algorithms that Libreswan spells otherwise.
std::string libreswan_word(const std::string& id) {
  static constexpr std::array<std::array<std::string_view, 2>, 15> kWords{{
      {"sha256", "sha2_256"}, {"sha384", "sha2_384"}, {"sha512", "sha2_512"}, {"prfsha256", "sha2_256"}, {"prfsha384", "sha2_384"},
      {"prfsha512", "sha2_512"}, {"prfsha1", "sha1"}, {"aes128gcm16", "aes_gcm128"}, {"aes192gcm16", "aes_gcm192"},
      {"aes256gcm16", "aes_gcm256"}, {"chacha20poly1305", "chacha20_poly1305"}, {"ecp256", "dh19"}, {"ecp384", "dh20"}, {"ecp521", "dh21"},
      {"curve25519", "dh31"}}};
  const auto row = std::find_if(kWords.begin(), kWords.end(), [&](const auto& one) { return one[0] == id; });
  return row == kWords.end() ? id : std::string((*row)[1]);
}

std::string proposal_word(const std::string& proposal, Language language) {
  std::string all;
  for (const Word& part : split({proposal, {}}, '-')) {
    if (part.text == "none" || part.text == "noesn") continue;
    const auto algorithms = split({part.text, {}}, '|');
    std::string words;
    for (const Word& one : algorithms) {
      const bool libreswan = language == Language::LibreswanConf;
      words += (words.empty() ? "" : libreswan ? "+" : "-") + (libreswan ? libreswan_word(one.text) : one.text);
    }
    all += (all.empty() ? "" : "-") + words;
  }
  return all;
}

std::vector<std::string> listed(std::string_view names) {
  std::vector<std::string> all;
  for (const Word& one : split({std::string(names), {}}, '|')) all.push_back(one.text);
  return all;
}

// -- finding and setting ----------------------------------------------------------------------------------------------------------------

struct Assignment {
  std::size_t name = 0, value = 0;  // where they begin
  std::string text;                 // of the name
};

// The assignment of a line, if it begins with one.
std::optional<Assignment> assignment_of(const std::string& line) {
  const std::size_t equals = line.find('='), first = indent_of(line);
  if (equals == std::string::npos || line[first] == '#') return std::nullopt;
  const std::string name(trimmed(std::string_view(line).substr(0, equals)));
  if (name.empty() || name.find_first_of(" \t{}#") != std::string::npos) return std::nullopt;
  const std::size_t value = std::min(line.find_first_not_of(" \t", equals + 1), line.size());
  return Assignment{first, value, lower(name)};
}

bool is_one_of(const std::string& name, const Names& names) { return std::find(names.begin(), names.end(), name) != names.end(); }

// The name that the value at a column is given to: "version" for the 2 of "  version = 2".
std::string name_before(const std::string& line, std::size_t column) {
  const std::size_t equals = column > 0 ? line.rfind('=', std::min(column - 1, line.size())) : std::string::npos;
  if (equals == std::string::npos || equals + 1 >= column) return {};
  const std::string before(trimmed(std::string_view(line).substr(0, equals)));
  return lower(before.substr(before.find_last_of(" \t{") + 1));
}

// A section's lines in a file: from its head up to, but not with, the line `end`.
struct Range {
  std::size_t head = 0, end = 0;
};

// The section of swanctl.conf that is named at a place, or else the innermost around it.
std::optional<std::size_t> swanctl_section(const std::vector<BracedSection>& all, const Where& where) {
  const Spot place{where.line, where.column == 0 ? 0 : where.column - 1};
  std::optional<std::size_t> around;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].close.line == 0) continue;
    if (all[i].named == place) return i;
    if (all[i].open < place && place < all[i].close) around = i;
  }
  return around;
}

// The section itself, or one directly within it, whose name begins so.
std::optional<std::size_t> section_within(const std::vector<BracedSection>& all, std::size_t outer, const std::string& begins) {
  if (all[outer].name.starts_with(begins)) return outer;
  for (std::size_t i = outer + 1; i < all.size(); ++i)
    if (all[i].within == outer && all[i].name.starts_with(begins)) return i;
  return std::nullopt;
}

// The connection of ipsec.conf that a line opens or is in.
std::optional<Range> conn_section(const Draft& draft, const Where& where) {
  std::size_t head = where.line;
  const auto opens = [&](std::size_t number) {
    const std::string* line = draft.line(where.path, number);
    return line && !line->empty() && indent_of(*line) == 0 && line->front() != '#';
  };
  while (head > 0 && !opens(head)) --head;
  if (head == 0) return std::nullopt;
  std::size_t end = head + 1;
  while (end <= draft.lines(where.path) && !opens(end)) ++end;
  return Range{head, end};
}

bool replace_value(Draft& draft, const std::string& path, std::size_t number, std::size_t value, const std::string& word) {
  const std::string* line = draft.line(path, number);
  const auto extent = line ? value_at(*line, value + 1, "#}\n") : std::nullopt;
  if (!line) return false;
  if (!extent) return draft.replace(path, number, line->substr(0, std::min(value, line->size())) + word);
  return draft.replace(path, number, line->substr(0, extent->first) + word + line->substr(extent->last));
}

// As deep as the first line that stands deeper than the section's head.
std::string indent_within(const Draft& draft, const std::string& path, const Range& section) {
  const std::string* head = draft.line(path, section.head);
  if (!head) return {};
  for (std::size_t at = section.head + 1; at < section.end; ++at)
    if (const std::string* line = draft.line(path, at); line && indent_of(*line) > indent_of(*head) && indent_of(*line) < line->size())
      return line->substr(0, indent_of(*line));
  return head->substr(0, indent_of(*head)) + "    ";
}

bool set_in_conn(Draft& draft, const Where& where, const Names& names, const std::string& word) {
  const auto section = conn_section(draft, where);
  if (!section) return false;
  for (std::size_t at = section->head + 1; at < section->end; ++at) {
    const std::string* line = draft.line(where.path, at);
    const auto assignment = line ? assignment_of(*line) : std::nullopt;
    if (assignment && is_one_of(assignment->text, names)) return replace_value(draft, where.path, at, assignment->value, word);
  }
  return draft.insert_after(where.path, section->head, indent_within(draft, where.path, *section) + names.front() + "=" + word);
}

// The first line whose end is in the section and in none within it.
std::optional<std::size_t> line_that_ends_in(const Draft& draft, const std::string& path, const std::vector<BracedSection>& all,
                                             std::size_t section) {
  std::size_t number = all[section].open.line;
  while (number < all[section].close.line) {
    const std::string* line = draft.line(path, number);
    const Spot end{number, line ? line->size() : 0};
    const auto holds = [&](const BracedSection& one) { return one.within == section && one.open < end && end < one.close; };
    const auto inner = std::find_if(all.begin(), all.end(), holds);
    if (line && inner == all.end()) return number;
    number = inner == all.end() ? number + 1 : inner->close.line;
  }
  return std::nullopt;
}

// As a line of its own, near the section's head. Where the section begins and ends in one line, what is in it moves to the next.
bool insert_in_braces(Draft& draft, const std::string& path, const std::vector<BracedSection>& all, std::size_t section,
                      const std::string& setting) {
  const Spot open = all[section].open;
  const std::string indent = indent_within(draft, path, {open.line, all[section].close.line});
  if (const auto number = line_that_ends_in(draft, path, all, section))
    return draft.replace(path, *number, *draft.line(path, *number) + "\n" + indent + setting);
  const std::string* head = draft.line(path, open.line);
  if (!head) return false;
  const std::string rest(trimmed(std::string_view(*head).substr(open.at + 1)));
  return draft.replace(path, open.line, head->substr(0, open.at + 1) + "\n" + indent + setting + "\n" + indent + rest);
}

bool set_in_braces(Draft& draft, const Where& where, const Names& names, const std::string& within, const std::string& word) {
  const std::vector<BracedSection> all = braced_sections(draft, where.path);
  auto section = swanctl_section(all, where);
  if (section && !within.empty()) section = section_within(all, *section, within);
  if (!section) return false;
  for (const BracedSetting& one : all[*section].settings)
    if (is_one_of(lower(one.name), names)) return replace_value(draft, where.path, one.value.line, one.value.at, word);
  return insert_in_braces(draft, where.path, all, *section, names.front() + " = " + word);
}

// Where it is stated, there; else in its section, over a value that it has already or as a line of its own.
Edit setting(Where where, Names names, std::string within, std::string word, Language language) {
  return [=](Draft& draft) {
    const std::string* line = draft.line(where.path, where.line);
    if (!line || names.empty()) return false;
    if (is_one_of(name_before(*line, where.column), names)) return replace_value(draft, where.path, where.line, where.column - 1, word);
    return language == Language::Swanctl ? set_in_braces(draft, where, names, within, word) : set_in_conn(draft, where, names, word);
  };
}

// One proposal of a list, which begins before or at the place and ends at a comma, an exclamation mark or white space.
Edit one_proposal(Where where, Names names, std::string word) {
  return [=](Draft& draft) {
    const std::string* line = draft.line(where.path, where.line);
    if (!line || where.column == 0 || where.column > line->size() || !is_one_of(name_before(*line, where.column), names)) return false;
    constexpr std::string_view kEnds = " \t,=!\"#}";
    const std::size_t before = line->find_last_of(kEnds, where.column - 1);
    const std::size_t first = before == std::string::npos ? 0 : before + 1;
    const std::size_t last = std::min(line->find_first_of(kEnds, first), line->size());
    return last > first && draft.replace(where.path, where.line, line->substr(0, first) + word + line->substr(last));
  };
}

Edit both(Edit first, Edit second) {
  return [=](Draft& draft) { return first(draft) && second(draft); };
}

// -- attributes -------------------------------------------------------------------------------------------------------------------------

std::vector<Edit> of_proposal(const Change& change, Language language) {
  const bool ike = change.attribute.starts_with("ike-");
  const std::string word = proposal_word(change.proposal, language);
  if (language == Language::Swanctl) {
    const Names names{ike ? "proposals" : "esp_proposals", ike ? "proposals" : "ah_proposals"};
    return {one_proposal(change.where, names, word), setting(change.where, names, "", word, language)};
  }
  const Names names = ike ? Names{"ike"} : Names{"esp", "phase2alg", "ah"};
  const std::string strict = language == Language::StrongSwanConf ? word + "!" : word;
  std::vector<Edit> all{one_proposal(change.where, names, word), setting(change.where, names, "", strict, language)};
  if (change.attribute != "pfs-group" || language != Language::LibreswanConf) return all;
  const Edit pfs = setting(change.where, {"pfs"}, "", change.new_value == "none" ? "no" : "yes", language);
  all.insert(all.begin(), {pfs, both(pfs, setting(change.where, names, "", word, language))});
  return all;
}

// The setting of AH becomes that of ESP.
bool rename_to_esp(Draft& draft, const std::string& path, Spot named, std::size_t value, const std::string& name, const std::string& word) {
  const std::string* line = draft.line(path, named.line);
  if (!line) return false;
  const std::string esp = name == "ah" ? "esp" : "esp_proposals", strict = line->find('!') == std::string::npos ? "" : "!";
  const std::string made = line->substr(0, named.at) + esp + line->substr(named.at + name.size());
  return draft.replace(path, named.line, made) && replace_value(draft, path, named.line, value + esp.size() - name.size(), word + strict);
}

Edit esp_for_ah(const Change& change, Language language) {
  const std::string word = proposal_word(change.proposal, language), path = change.where.path;
  if (language == Language::Swanctl)
    return [=](Draft& draft) {
      const std::vector<BracedSection> all = braced_sections(draft, path);
      const auto section = swanctl_section(all, change.where);
      if (!section) return false;
      for (const BracedSetting& one : all[*section].settings)
        if (one.name == "ah_proposals" && one.named.line == one.value.line)
          return rename_to_esp(draft, path, one.named, one.value.at, one.name, word);
      return false;
    };
  return [=](Draft& draft) {
    const auto section = conn_section(draft, change.where);
    if (!section) return false;
    for (std::size_t at = section->head; at < section->end; ++at) {
      const std::string* line = draft.line(path, at);
      const auto assignment = line ? assignment_of(*line) : std::nullopt;
      if (assignment && assignment->text == "ah") return rename_to_esp(draft, path, {at, assignment->name}, assignment->value, "ah", word);
    }
    return false;
  };
}

std::vector<Edit> of_protocol(const Change& change, Language language) {
  if (change.new_value != "esp" || change.proposal.empty()) return {};
  const Edit renamed = esp_for_ah(change, language);
  if (language != Language::LibreswanConf) return {renamed};
  return {renamed, both(setting(change.where, {"phase2"}, "", "esp", language), renamed)};
}

std::string quoted(const std::string& value) {
  return value.find_first_of(" ,=#") == std::string::npos ? value : "\"" + value + "\"";
}

std::vector<std::string> words_for(const Change& change, std::string_view fixed) {
  if (!fixed.empty()) return {std::string(fixed)};
  if (change.attribute.ends_with("-identity")) return {quoted(change.new_value), quoted("@" + change.new_value)};
  return {change.new_value};
}

std::vector<Edit> by_rows(const Change& change, Language language) {
  std::vector<Edit> all;
  for (const Row& row : kRows) {
    const bool swanctl = language == Language::Swanctl;
    const std::string_view name = swanctl ? row.swanctl : row.ipsec_conf;
    if (row.attribute != change.attribute || name.empty() || (!row.value.empty() && row.value != change.new_value)) continue;
    const std::string_view fixed = swanctl                                ? row.swanctl_word
                                   : language == Language::StrongSwanConf ? row.strongswan_word
                                                                          : row.libreswan_word;
    if (fixed.empty() && !row.value.empty()) continue;
    const std::size_t slash = name.find('/');
    const std::string within(slash == std::string::npos ? "" : name.substr(0, slash));
    for (const std::string& word : words_for(change, fixed)) {
      if (!name.starts_with('*')) {
        all.push_back(setting(change.where, listed(slash == std::string::npos ? name : name.substr(slash + 1)), within, word, language));
        continue;
      }
      for (const char* end : {"left", "right"})
        all.push_back(setting(change.where, {end + std::string(name.substr(1))}, within, word, language));
    }
  }
  return all;
}

// A rekey time that leaves a tenth of the lifetime for it; the defaults where there is none.
std::vector<std::string> rekey_times(const Mending& mending) {
  const bool ike = mending.change.attribute == "ike-rekeys";
  std::vector<std::string> all;
  const auto add = [&](const model::Lifetime& lifetime) {
    if (lifetime.hard.known() && lifetime.hard->count() >= 10) all.push_back(std::to_string(lifetime.hard->count() * 9 / 10) + "s");
  };
  if (ike) add(mending.end.lifetime);
  else
    for (const model::Child& child : mending.end.children) add(child.lifetime);
  all.push_back(ike ? "4h" : "1h");
  return all;
}

std::vector<Edit> by_section(const Mending& mending, Language language) {
  const Change& change = mending.change;
  if (change.attribute == "child-protocol") return of_protocol(change, language);
  if (!change.proposal.empty()) return of_proposal(change, language);
  std::vector<Edit> all = by_rows(change, language);
  if (language == Language::Swanctl && change.attribute.ends_with("-rekeys"))
    for (const std::string& time : rekey_times(mending)) all.push_back(setting(change.where, {"rekey_time"}, "", time, language));
  for (const LifetimeRow& row : kLifetimes)
    if (row.attribute == change.attribute)
      for (const std::string& seconds : longer_lifetimes(change.new_value))
        all.push_back(setting(change.where, listed(language == Language::Swanctl ? row.swanctl : row.ipsec_conf), "", seconds, language));
  return all;
}

}  // namespace

std::vector<Edit> mend_swanctl(const Mending& mending) { return by_section(mending, Language::Swanctl); }

std::vector<Edit> mend_ipsec_conf(const Mending& mending) {
  return by_section(mending, mending.end.vendor == model::Vendor::Libreswan ? Language::LibreswanConf : Language::StrongSwanConf);
}

}  // namespace tunnelscope::config
