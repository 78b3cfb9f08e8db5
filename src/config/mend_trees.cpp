// Options of AWS in JSON and YAML, in the spelling of their document, and values of the neutral YAML. A document's tree says where its keys
// and values stand.
#include <algorithm>

#include "src/config/mend_rows.hpp"
#include "src/config/readers.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config {
namespace {

using model::Change;
using model::Where;

constexpr std::string_view kEndsInJson = ",]}", kEndsInYaml = "#,]}";

// -- the neutral YAML -------------------------------------------------------------------------------------------------------------------

struct ValueRow {
  std::string_view attribute, value, word;
};
constexpr ValueRow kYaml[] = {
    {"child-rekeys", "yes", "true"}, {"ike-rekeys", "yes", "true"},
    {"reauthentication", "no", "false"}, {"dpd", "on", "true"}, {"dpd", "off", "false"}};

// The whole word of a list or of a value in which a place is.
Edit replacing_word_around(const Where& where, std::string value) {
  return [=](Draft& draft) {
    constexpr std::string_view kEnds = " \t,[]{}\"'#";
    const std::string* line = draft.line(where.path, where.line);
    if (!line || where.column == 0 || where.column > line->size()) return false;
    const std::size_t inside = std::min(line->find_first_not_of(kEnds, where.column - 1), line->size() - 1);
    const std::size_t before = line->find_last_of(kEnds, inside), first = before == std::string::npos ? 0 : before + 1;
    const std::size_t last = std::min(line->find_first_of(kEnds, inside), line->size());
    return last > first && draft.replace(where.path, where.line, line->substr(0, first) + value + line->substr(last));
  };
}

// The text of an item of a list in block form, behind its dash; empty: the line is none.
std::optional<std::size_t> item_at(const std::string& line) {
  const std::size_t dash = indent_of(line);
  if (dash + 1 >= line.size() || line[dash] != '-' || line[dash + 1] != ' ') return std::nullopt;
  return std::min(line.find_first_not_of(' ', dash + 1), line.size());
}

// A list in block form, of which the first item is at the place: its items become these.
Edit replacing_items(const Where& where, std::vector<std::string> values) {
  return [=](Draft& draft) {
    const std::string* first = draft.line(where.path, where.line);
    if (!first || !item_at(*first) || values.empty()) return false;
    const std::size_t indent = indent_of(*first);
    const std::string lead = first->substr(0, *item_at(*first));
    std::size_t last = where.line;
    for (; last < draft.lines(where.path); ++last) {
      const std::string* next = draft.line(where.path, last + 1);
      if (!next || indent_of(*next) != indent || !item_at(*next) || next->find(": ") != std::string::npos) break;
    }
    for (std::size_t number = last; number > where.line; --number)
      if (!draft.remove(where.path, number)) return false;
    for (std::size_t i = values.size() - 1; i > 0; --i)
      if (!draft.insert_after(where.path, where.line, lead + values[i])) return false;
    return draft.replace(where.path, where.line, lead + values.front());
  };
}

std::vector<std::string> listed(const std::string& values) {
  std::vector<std::string> all;
  for (const Word& one : split({values, {}}, ',')) all.push_back(one.text);
  return all;
}

std::string proposal_in_yaml(const std::string& proposal) {
  std::string word = proposal;
  std::replace(word.begin(), word.end(), '|', '-');
  return word;
}

// -- options of AWS ---------------------------------------------------------------------------------------------------------------------

struct OptionRow {
  std::string_view attribute, request, response, terraform;
};
constexpr OptionRow kOptions[] = {
    {"ike-version", "IKEVersions", "IkeVersions", "ike_versions"},
    {"ike-encryption", "Phase1EncryptionAlgorithms", "Phase1EncryptionAlgorithms", "phase1_encryption_algorithms"},
    {"ike-integrity", "Phase1IntegrityAlgorithms", "Phase1IntegrityAlgorithms", "phase1_integrity_algorithms"},
    {"ike-group", "Phase1DHGroupNumbers", "Phase1DHGroupNumbers", "phase1_dh_group_numbers"},
    {"child-encryption", "Phase2EncryptionAlgorithms", "Phase2EncryptionAlgorithms", "phase2_encryption_algorithms"},
    {"child-integrity", "Phase2IntegrityAlgorithms", "Phase2IntegrityAlgorithms", "phase2_integrity_algorithms"},
    {"pfs-group", "Phase2DHGroupNumbers", "Phase2DHGroupNumbers", "phase2_dh_group_numbers"},
    {"ike-lifetime", "Phase1LifetimeSeconds", "Phase1LifetimeSeconds", "phase1_lifetime_seconds"},
    {"child-lifetime", "Phase2LifetimeSeconds", "Phase2LifetimeSeconds", "phase2_lifetime_seconds"},
    {"dpd-action", "DPDTimeoutAction", "DpdTimeoutAction", "dpd_timeout_action"},
    {"start-action", "StartupAction", "StartupAction", "startup_action"},
    {"local-selectors", "RemoteIpv4NetworkCidr", "RemoteIpv4NetworkCidr", "remote_ipv4_network_cidr"},
    {"remote-selectors", "LocalIpv4NetworkCidr", "LocalIpv4NetworkCidr", "local_ipv4_network_cidr"},
};

std::string algorithm_word(const std::string& id) {
  constexpr std::string_view kWords[][2] = {{"aes128", "AES128"}, {"aes256", "AES256"}, {"aes128gcm16", "AES128-GCM-16"},
                                            {"aes256gcm16", "AES256-GCM-16"}, {"sha1", "SHA1"}, {"sha256", "SHA2-256"},
                                            {"sha384", "SHA2-384"}, {"sha512", "SHA2-512"}};
  for (const auto& row : kWords)
    if (row[0] == id) return std::string(row[1]);
  return group_number(id);
}

// The items that are to be added to the option's list; of an option that is no list the one value.
std::vector<std::string> words_for(const Change& change) {
  if (change.attribute == "ike-version") return listed(change.new_value);
  if (change.proposal.empty()) {
    const auto lifetimes = longer_lifetimes(change.new_value);
    return lifetimes.empty() ? std::vector{change.new_value} : std::vector{lifetimes.front()};
  }
  const std::size_t last = change.new_value.rfind('|');  // behind what is there already
  const std::string word = algorithm_word(last == std::string::npos ? change.new_value : change.new_value.substr(last + 1));
  return word.empty() ? std::vector<std::string>{} : std::vector{word};
}

// The entry or the map at a place.
struct Spot {
  const Node* map = nullptr;      // the place is where this map begins, or the entry is in it
  const Entry* entry = nullptr;   // nullptr: the map itself
};

void look_for(const Node& node, const Where& where, Spot& spot) {
  for (const Entry& entry : node.entries) {
    if (entry.line == where.line && entry.column == where.column) spot = {&node, &entry};
    look_for(entry.value, where, spot);
    if (entry.value.is(Node::Kind::Map) && entry.value.line == where.line && entry.value.column == where.column && !spot.entry)
      spot = {&entry.value, nullptr};
  }
  for (const Node& item : node.items) {
    look_for(item, where, spot);
    if (item.is(Node::Kind::Map) && item.line == where.line && item.column == where.column && !spot.entry) spot = {&item, nullptr};
  }
}

struct Document {
  const Source source;  // the tree refers to it
  const Content content;
  bool json = false;
  explicit Document(Source text) : source(std::move(text)), content(source), json(content.form() == Content::Form::Json) {}
};

std::string name_in(const OptionRow& row, const Mending& mending, const Node& map) {
  const std::string tunnel = "tunnel" + std::to_string(mending.end.tunnel) + "_";
  const auto begins = [&](std::string_view with) {
    return std::any_of(map.entries.begin(), map.entries.end(), [&](const Entry& one) { return one.name.starts_with(with); });
  };
  if (begins("tunnel1_") || begins("customer_gateway_id"))
    return (row.attribute.ends_with("-selectors") ? "" : tunnel) + std::string(row.terraform);
  return std::string(begins("OutsideIpAddress") || begins("Dpd") || begins("IkeVersions") ? row.response : row.request);
}

bool is_number(const std::string& word) { return whole_number(word).has_value(); }

std::string scalar(const std::string& word, bool json) { return json && !is_number(word) ? "\"" + word + "\"" : word; }

std::string item(const std::string& word, bool wrapped, bool json) {
  if (!wrapped) return scalar(word, json);
  return json ? "{\"Value\": " + scalar(word, json) + "}" : "{Value: " + word + "}";
}

bool is_list(const Change& change) { return !change.proposal.empty() || change.attribute == "ike-version"; }

// A key and its value as a new line of the map: in JSON behind the brace, in YAML before the first key that begins a line.
bool insert_entry(Draft& draft, const std::string& path, const Node& map, const std::string& key, const std::string& value, bool json) {
  const std::string* line = draft.line(path, map.line);
  if (!line || map.column == 0 || map.column > line->size()) return false;
  if (json) {
    if ((*line)[map.column - 1] != '{') return false;
    const std::string opened = line->substr(0, map.column), rest = line->substr(map.column);
    const Entry* first = map.entries.empty() ? nullptr : &map.entries.front();
    const bool own_line = first && first->line > map.line;
    const std::string made = "\"" + key + "\": " + value + (first ? "," : "");
    if (!own_line) return draft.replace(path, map.line, opened + made + (first ? " " : "") + rest);
    return draft.insert_after(path, map.line, std::string(first->column - 1, ' ') + made);
  }
  for (const Entry& entry : map.entries) {
    const std::string* own = draft.line(path, entry.line);
    const bool plain = entry.value.is(Node::Kind::Text) || entry.value.is(Node::Kind::Number) || entry.value.is(Node::Kind::Boolean);
    if (!own || !plain || entry.value.line != entry.line || own->find_first_of("|>{[", entry.column - 1) != std::string::npos) continue;
    return draft.insert_after(path, entry.line, std::string(entry.column - 1, ' ') + key + ": " + value);
  }
  return false;
}

std::string word_of(const Node& item) {
  const Node* value = item.find("Value");
  return (value ? value : &item)->text;
}

// Before the first item of a list, on its line.
bool add_item(Draft& draft, const std::string& path, const Node& list, const std::vector<std::string>& words, bool json) {
  if (list.items.empty()) return false;
  const Node& first = list.items.front();
  const bool wrapped = first.is(Node::Kind::Map);
  const auto is_there = [&](const std::string& word) {
    return std::any_of(list.items.begin(), list.items.end(), [&](const Node& one) { return word_of(one) == word; });
  };
  const std::string* line = draft.line(path, first.line);
  if (!line || first.column == 0 || first.column > line->size()) return false;
  const std::size_t at = first.column - 1, space = indent_of(*line);
  const bool dashed = !json && space < line->size() && (*line)[space] == '-';
  std::string added;
  for (const std::string& word : words) {
    if (is_there(word)) continue;
    if (!dashed) added += item(word, wrapped, json) + ", ";
    else if (!draft.insert_after(path, first.line - 1, line->substr(0, space) + "- " + (wrapped ? "Value: " : "") + word)) return false;
  }
  return dashed || draft.replace(path, first.line, line->substr(0, at) + added + line->substr(at));
}

// A list becomes these items: in JSON what is between the brackets, which may be lines apart, in YAML the lines of its items.
bool set_items(Draft& draft, const std::string& path, const Node& list, const std::vector<std::string>& words, bool json) {
  const bool wrapped = !list.items.empty() && list.items.front().is(Node::Kind::Map);
  const std::string* line = draft.line(path, list.line);
  if (!line || list.items.empty() || words.empty() || list.column == 0 || list.column > line->size()) return false;
  if ((*line)[list.column - 1] != '[') {
    std::vector<std::string> items;
    for (const std::string& word : words) items.push_back((wrapped ? "Value: " : "") + word);
    const bool in_lines_of_their_own = list.items.back().line + 1 == list.items.front().line + list.items.size();
    const std::string* first = draft.line(path, list.items.front().line);
    if (json || !in_lines_of_their_own || !first || !item_at(*first)) return false;
    const std::string lead = first->substr(0, *item_at(*first));
    for (std::size_t i = list.items.size() - 1; i > 0; --i)
      if (!draft.remove(path, list.items[i].line)) return false;
    for (std::size_t i = items.size() - 1; i > 0; --i)
      if (!draft.insert_after(path, list.items.front().line, lead + items[i])) return false;
    return draft.replace(path, list.items.front().line, lead + items.front());
  }
  std::string text = line->substr(0, list.column);
  for (const std::string& word : words) text += (&word == &words.front() ? "" : ", ") + item(word, wrapped, json);
  std::size_t end = list.line, close = line->find(']', list.column);
  while (close == std::string::npos && end < draft.lines(path)) {
    const std::string* next = draft.line(path, ++end);
    if (!next) return false;
    close = next->find(']');
  }
  if (close == std::string::npos) return false;
  text += draft.line(path, end)->substr(close);
  for (; end > list.line; --end)
    if (!draft.remove(path, end)) return false;
  return draft.replace(path, list.line, text);
}

// Versions may have to be fewer than there were; of algorithms the one takes the place of one that AWS does not take.
bool is_shortened(const Change& change, const Node& list, const std::vector<std::string>& words) {
  const auto is_unwanted = [&](const Node& one) { return std::find(words.begin(), words.end(), word_of(one)) == words.end(); };
  const bool instead = change.new_value.find('|') == std::string::npos && change.old_value != "none";
  return (change.attribute == "ike-version" || instead) && std::any_of(list.items.begin(), list.items.end(), is_unwanted);
}

bool write_option(Draft& draft, const Mending& mending, const OptionRow& row) {
  const Change& change = mending.change;
  const auto texts = mending.before.texts();  // which its places are of
  const auto text = texts.find(change.where.path);
  const auto words = words_for(change);
  if (text == texts.end() || words.empty()) return false;
  const Document document({text->first, text->second});
  Spot spot;
  look_for(document.content.tree().root, change.where, spot);
  if (!spot.map) return false;
  const std::string key = name_in(row, mending, *spot.map);
  const Entry* entry = spot.entry && spot.entry->name.ends_with(row.terraform) ? spot.entry : spot.map->entry(key);
  if (!entry && spot.entry && (spot.entry->name == row.request || spot.entry->name == row.response)) entry = spot.entry;
  if (entry && entry->value.is(Node::Kind::List) && is_shortened(change, entry->value, words))
    return set_items(draft, change.where.path, entry->value, words, document.json);
  if (entry && entry->value.is(Node::Kind::List) && !entry->value.items.empty())
    return add_item(draft, change.where.path, entry->value, words, document.json);
  if (entry && (entry->value.is(Node::Kind::List) || entry->value.is(Node::Kind::Map))) return false;
  std::string value = scalar(words.front(), document.json);
  const bool wrapped = key == row.request || key == row.response;
  if (is_list(change)) {
    value.clear();
    for (const std::string& word : words) value += (value.empty() ? "" : ", ") + item(word, wrapped, document.json);
    value = "[" + value + "]";
  }
  if (!entry) return insert_entry(draft, change.where.path, *spot.map, key, value, document.json);
  const std::string* line = draft.line(change.where.path, entry->value.line);
  if (!line) return false;
  const Where at{change.where.path, entry->value.line, entry->value.column};
  const bool in_quotes = at.column > 0 && at.column <= line->size() && (*line)[at.column - 1] == '"';
  return replacing(at, in_quotes ? words.front() : value, std::string(document.json ? kEndsInJson : kEndsInYaml))(draft);
}

// The first line of a tunnel that gives this key a value: that value replaced.
Edit replacing_key(const Mending& mending, const std::string& key, const std::string& value) {
  const Where tunnel = mending.end.where;
  return [=](Draft& draft) {
    for (std::size_t number = tunnel.line; number <= draft.lines(tunnel.path); ++number) {
      const std::string* line = draft.line(tunnel.path, number);
      const std::size_t at = line ? line->find(key + ": ") : std::string::npos;
      if (at == std::string::npos || at != std::min(line->find_first_not_of(" -"), line->size())) continue;
      return replacing({tunnel.path, number, at + key.size() + 3}, value, std::string(kEndsInYaml))(draft);
    }
    return false;
  };
}

// A list in block form below a key of the tunnel.
Edit replacing_items_of(const Mending& mending, const std::string& key, const std::vector<std::string>& values) {
  const Where tunnel = mending.end.where;
  return [=](Draft& draft) {
    for (std::size_t number = tunnel.line; number <= draft.lines(tunnel.path); ++number) {
      const std::string* line = draft.line(tunnel.path, number);
      if (line && trimmed(*line).starts_with(key + ":") && trimmed(*line).size() == key.size() + 1)
        return replacing_items({tunnel.path, number + 1, 1}, values)(draft);
    }
    return false;
  };
}

// What it begins with and what it answers are two keys.
std::vector<Edit> of_both_versions(const Mending& mending) {
  const auto values = listed(mending.change.new_value);
  const std::string value = values.size() == 1 ? values.front() : "[" + mending.change.new_value + "]";
  const Edit accepts = replacing_key(mending, "accepts", value), initiates = replacing_key(mending, "initiates", value);
  const Edit items_accepted = replacing_items_of(mending, "accepts", values), items_begun = replacing_items_of(mending, "initiates", values);
  return {replacing_items(mending.change.where, values), replacing(mending.change.where, value, std::string(kEndsInYaml)),
          [=](Draft& draft) { return accepts(draft) && initiates(draft); },
          [=](Draft& draft) { return items_accepted(draft) && items_begun(draft); }};
}

// In ESP there is a cipher, too.
std::vector<Edit> of_protocol(const Mending& mending) {
  const Change& change = mending.change;
  const Edit protocol = replacing(change.where, change.new_value, std::string(kEndsInYaml));
  std::vector<Edit> all{protocol};
  for (const model::Child& child : mending.end.children) {
    if (!child.proposals.known() || child.proposals->empty() || change.proposal.empty()) continue;
    const Edit proposal = replacing_word_around(child.proposals->front().where, proposal_in_yaml(change.proposal));
    all.push_back([=](Draft& draft) { return protocol(draft) && proposal(draft); });
  }
  return all;
}

// "bgp with neighbour 169.254.12.1 in AS 64512 from AS 65010", over a line that says `bgp: {...}`.
std::vector<Edit> of_routing(const Mending& mending) {
  const auto session = session_of(mending.change.new_value);
  const Where where = mending.change.where;
  if (!session) return {};
  const std::string value = "{used: true, local-asn: " + session->own_asn + ", remote-asn: " + session->peer_asn +
                            ", neighbour: " + session->neighbour + "}";
  return {[=](Draft& draft) {
    const std::string* line = draft.line(where.path, where.line);
    const std::size_t opened = line ? line->find("bgp: {") : std::string::npos;
    const std::size_t closed = opened == std::string::npos ? opened : line->find('}', opened);
    return closed != std::string::npos &&
           draft.replace(where.path, where.line, line->substr(0, opened) + "bgp: " + value + line->substr(closed + 1));
  }};
}

}  // namespace

std::vector<Edit> mend_neutral(const Mending& mending) {
  const Change& change = mending.change;
  const auto replaced = [&](const std::string& value) { return replacing(change.where, value, std::string(kEndsInYaml)); };
  if (change.attribute == "ike-version") return of_both_versions(mending);
  if (change.attribute == "child-protocol") return of_protocol(mending);
  if (change.attribute == "routing") return of_routing(mending);
  if (!change.proposal.empty()) return {replacing_word_around(change.where, proposal_in_yaml(change.proposal))};
  for (const ValueRow& row : kYaml)
    if (row.attribute == change.attribute && row.value == change.new_value) return {replaced(std::string(row.word))};
  std::vector<Edit> all;
  for (const std::string& seconds : longer_lifetimes(change.new_value)) all.push_back(replaced(seconds));
  if (!all.empty()) return all;
  const bool selectors = change.attribute.ends_with("-selectors");
  if (selectors) all.push_back(replacing_items(change.where, listed(change.new_value)));
  all.push_back(replaced(selectors && change.new_value.find(',') != std::string::npos ? "[" + change.new_value + "]" : change.new_value));
  return all;
}

std::vector<Edit> mend_aws(const Mending& mending) {
  std::vector<Edit> all;
  for (const OptionRow& row : kOptions)
    if (row.attribute == mending.change.attribute)
      all.push_back([mending, row](Draft& draft) { return write_option(draft, mending, row); });
  return all;
}

}  // namespace tunnelscope::config
