#include "src/config/mend.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "src/config/mend_rows.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config {
namespace {

using model::Change;
using model::Endpoint;
using model::Vendor;

constexpr std::size_t kMostDrafts = 48;

bool is_part_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.'; }

// Where `word` stands as a whole word behind the name of the setting, if that is one place alone.
std::optional<std::size_t> only_place_of(const std::string& word, const std::string& line) {
  std::optional<std::size_t> found;
  const std::size_t name_ends = line.find_first_of("=:");
  const std::size_t from = name_ends == std::string::npos ? 0 : name_ends;
  for (std::size_t at = line.find(word, from); at != std::string::npos; at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at > 0 && is_part_of_word(line[at - 1])) || (end < line.size() && is_part_of_word(line[end]))) continue;
    if (found) return {};
    found = at;
  }
  return found;
}

// Attributes whose values every vendor spells alike.
bool is_spelt_alike(const Change& change) {
  static constexpr std::array<std::string_view, 7> kNames{"outside-address", "local-identity", "remote-identity", "local-selectors",
                                                          "remote-selectors", "bgp-asn", "bgp-neighbour"};
  return !change.old_value.empty() && std::find(kNames.begin(), kNames.end(), change.attribute) != kNames.end();
}

bool is_ipsec_conf(const Endpoint& end, const Draft& draft) {
  const std::string* line = draft.line(end.where.path, end.where.line);
  return line && trimmed(*line).starts_with("conn");
}

std::vector<Edit> written(const Mending& mending) {
  switch (mending.end.vendor) {
    case Vendor::Aws: return mend_aws(mending);
    case Vendor::CiscoIos: return mend_cisco_ios(mending);
    case Vendor::Juniper: return mend_juniper(mending);
    case Vendor::Libreswan: return mend_ipsec_conf(mending);
    case Vendor::StrongSwan: return is_ipsec_conf(mending.end, mending.before) ? mend_ipsec_conf(mending) : mend_swanctl(mending);
    case Vendor::Neutral: break;
  }
  return mend_neutral(mending);
}

// What a key is for stands where the key does, or close below it.
std::vector<Edit> of_key_owner(const Change& change) {
  constexpr std::size_t kBelow = 12;
  std::vector<Edit> all;
  for (std::size_t below = 0; below <= kBelow; ++below) {
    Where where = change.where;
    where.line += below;
    all.push_back(replacing_word(where, change.old_value, change.new_value));
  }
  return all;
}

bool speaks_of_neighbours(const std::string& line) { return line.find("neighbo") != std::string::npos; }

// A neighbour is named anew by each line that says something of it.
Edit renaming_neighbour(const Change& change) {
  return [=](Draft& draft) {
    bool any = false;
    for (std::size_t number = 1; number <= draft.lines(change.where.path); ++number) {
      const std::string* line = draft.line(change.where.path, number);
      const auto at = line && speaks_of_neighbours(*line) ? only_place_of(change.old_value, *line) : std::nullopt;
      if (at) any = draft.replace(change.where.path, number, line->substr(0, *at) + change.new_value + line->substr(*at + change.old_value.size())) || any;
    }
    return any;
  };
}

// A line that keeps a session down goes.
Edit removing_line(const Change& change) {
  return [=](Draft& draft) { return draft.remove(change.where.path, change.where.line); };
}

// What takes more than words: certificates.
bool is_beyond_words(const Change& change) { return change.attribute.ends_with("-authentication") && change.new_value == "certificate"; }

std::vector<Edit> ways(const Mending& mending) {
  if (mending.change.attribute == "key-owner") return of_key_owner(mending.change);
  if (mending.change.attribute == "bgp-session") return {removing_line(mending.change)};
  std::vector<Edit> all;
  if (mending.change.attribute == "bgp-neighbour") all.push_back(renaming_neighbour(mending.change));
  if (is_spelt_alike(mending.change))
    all.push_back(replacing_word(mending.change.where, mending.change.old_value, mending.change.new_value));
  for (Edit& one : written(mending)) all.push_back(std::move(one));
  return all;
}

// Where a proposal is one word, its changes are one.
bool is_written_already(const Endpoint& end, const Change& change, const Change* first) {
  const bool one_word = end.vendor == Vendor::StrongSwan || end.vendor == Vendor::Libreswan || end.vendor == Vendor::Neutral;
  return one_word && !change.proposal.empty() &&
         std::any_of(first, &change, [&](const Change& other) { return other.proposal == change.proposal; });
}

// Libreswan's `pfs` outweighs the group of a proposal.
bool is_switched_apart(const Endpoint& end, const Change& change) {
  return end.vendor == Vendor::Libreswan && change.attribute == "pfs-group";
}

}  // namespace

std::string group_number(std::string_view id) {
  const model::AlgorithmRef algorithm = model::algorithm(id);
  return algorithm && algorithm->type == model::TransformType::Group ? std::to_string(algorithm->number) : std::string();
}

Suite suite_of(const std::string& proposal) {
  Suite suite;
  for (const Word& part : split({proposal, {}}, '-')) {
    const std::string id = part.text.substr(0, part.text.find('|'));
    const model::AlgorithmRef algorithm = model::algorithm(id);
    if (!algorithm) continue;
    if (algorithm->type == model::TransformType::Encryption) suite.encryption = id, suite.aead = algorithm->aead;
    if (algorithm->type == model::TransformType::Integrity) suite.integrity = id;
    if (algorithm->type == model::TransformType::Prf) suite.prf = id;
    if (algorithm->type == model::TransformType::Group && algorithm->number != 0) suite.group = id;
  }
  return suite;
}

std::vector<std::string> longer_lifetimes(const std::string& new_value) {
  constexpr std::string_view kLead = "more than ";
  if (!new_value.starts_with(kLead)) return {};
  const auto number = whole_number(std::string_view(new_value).substr(kLead.size(), new_value.find(' ', kLead.size()) - kLead.size()));
  if (!number || *number > 10'000'000) return {};
  return {std::to_string(*number * 11 / 10 + 1), std::to_string(*number * 2 + 1200)};
}

std::optional<BgpSession> session_of(const std::string& new_value) {
  const std::vector<Word> words = words_of(new_value, {});
  if (words.size() != 10 || words[0].text != "bgp" || words[2].text != "neighbour") return std::nullopt;
  return BgpSession{words[3].text, words[6].text, words[9].text};
}

std::size_t indent_of(const std::string& line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

std::optional<Extent> value_at(const std::string& line, std::size_t column, std::string_view ends_by) {
  if (column == 0 || column > line.size()) return std::nullopt;
  std::size_t first = column - 1;
  if (line[first] == '"' || line[first] == '\'') ++first;
  const char before = first > 0 ? line[first - 1] : ' ';
  if (before == '"' || before == '\'') {
    const std::size_t close = line.find(before, first);
    return close == std::string::npos ? std::nullopt : std::optional(Extent{first, close});
  }
  if (first < line.size() && line[first] == '[') {
    const std::size_t close = line.find(']', first);
    return close == std::string::npos ? std::nullopt : std::optional(Extent{first, close + 1});
  }
  std::size_t last = std::min(line.find_first_of(ends_by, first), line.size());
  while (last > first && std::isspace(static_cast<unsigned char>(line[last - 1])) != 0) --last;
  return last > first ? std::optional(Extent{first, last}) : std::nullopt;
}

Edit replacing(const model::Where& where, std::string value, std::string ends_by) {
  return [=](Draft& draft) {
    const std::string* line = draft.line(where.path, where.line);
    const auto extent = line ? value_at(*line, where.column, ends_by) : std::nullopt;
    return extent && draft.replace(where.path, where.line, line->substr(0, extent->first) + value + line->substr(extent->last));
  };
}

Edit replacing_word(const model::Where& where, std::string word, std::string value) {
  return [=](Draft& draft) {
    const std::string* line = draft.line(where.path, where.line);
    const auto at = line ? only_place_of(word, *line) : std::nullopt;
    return at && draft.replace(where.path, where.line, line->substr(0, *at) + value + line->substr(*at + word.size()));
  };
}

std::string how_to_make(const Endpoint& end, const Change& change) {
  struct Row {
    Vendor vendor;
    std::string_view attribute, begins, how;
  };
  static constexpr Row kRows[] = {
      {Vendor::CiscoIos, "ike-version", "ikev1",
       "IKEv1 takes a `crypto isakmp policy` and a key for the peer, and no `set ikev2-profile` in the IPsec profile or the crypto map"},
      {Vendor::CiscoIos, "ike-version", "ikev2",
       "IKEv2 takes a `crypto ikev2 proposal`, `policy`, `keyring` and `profile`; the IPsec profile or the crypto map names the last by `set "
       "ikev2-profile`"},
      {Vendor::CiscoIos, "child-protocol", "esp", "by a transform set with a cipher, as in `esp-aes 256 esp-sha256-hmac`"},
      {Vendor::Juniper, "child-protocol", "esp", "with an `encryption-algorithm`"},
      {Vendor::Aws, "routing", "", "it belongs to the connection: another one takes its place, with new addresses and keys"},
  };
  for (const Row& row : kRows)
    if (row.vendor == end.vendor && row.attribute == change.attribute && change.new_value.starts_with(row.begins)) return std::string(row.how);
  return change.new_value == "certificate" ? "it takes a certificate and its private key, too" : "";
}

// Of changes in one line the last place first, so that the places before it still hold.
std::vector<Change> in_order_of_edits(std::vector<Change> changes) {
  for (std::size_t i = 0; i < changes.size(); ++i)
    for (std::size_t j = i + 1; j < changes.size(); ++j)
      if (changes[i].where.path == changes[j].where.path && changes[i].where.line == changes[j].where.line &&
          changes[i].where.column < changes[j].where.column)
        std::swap(changes[i], changes[j]);
  return changes;
}

std::vector<Draft> mended(const Endpoint& end, const std::vector<Change>& wanted, const Draft& before) {
  const std::vector<Change> changes = in_order_of_edits(wanted);
  std::vector<Draft> drafts{before};
  for (const Change& change : changes) {
    if (change.secret || change.beside_key || is_beyond_words(change)) return {};
    const bool written = is_written_already(end, change, changes.data());
    if (written && !is_switched_apart(end, change)) continue;
    std::vector<Draft> next;
    auto all = ways({end, change, before});
    if (written) all.insert(all.begin(), [](Draft&) { return true; });  // it may be on
    for (const Draft& draft : drafts)
      for (const Edit& edit : all) {
        Draft made = draft;
        if (next.size() < kMostDrafts && edit(made)) next.push_back(std::move(made));
      }
    drafts = std::move(next);
  }
  return drafts;
}

}  // namespace tunnelscope::config
