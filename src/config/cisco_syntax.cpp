#include "src/config/cisco_syntax.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>

namespace tunnelscope::config {
namespace {

constexpr std::size_t kMostCommands = 100'000, kMaxDepth = 16;

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

// -- texts between two delimiters -------------------------------------------------------------------------------------------------------

// The delimiter that opens a text for people, as in `banner motd ^C`, and what the line has behind it; empty: it opens none.
std::string opened_text(std::string_view line, const Command& command, std::string_view& behind) {
  std::size_t at = 0;
  if (command.begins("banner")) {
    static constexpr std::string_view kKinds[] = {"motd", "login", "exec", "incoming", "prompt-timeout", "slip-ppp", "config-save"};
    at = std::find(std::begin(kKinds), std::end(kKinds), command.word(1)) != std::end(kKinds) ? 2 : 1;
  } else if (command.begins("aaa authentication banner") || command.begins("aaa authentication fail-message")) {
    at = 3;
  }
  if (at == 0 || at >= command.words.size()) return {};
  const std::string& word = command.words[at].text;
  std::string delimiter = word.substr(0, word.starts_with("^C") ? 2 : 1);
  behind = line.substr(command.words[at].where.column - 1 + delimiter.size());
  return delimiter;
}

// -- what belongs to what ---------------------------------------------------------------------------------------------------------------

bool begins_one_of(const Command& command, std::span<const std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view one) { return command.begins(one); });
}

// IOS knows sections by their words: a line that is indented deeper than the one before it belongs to the section that both stand in,
// unless that one opens a section. Of sections that no tunnel is in only the indentation is known.
bool opens_section(const Command& command, const Command* outermost) {
  static constexpr std::string_view kSingleLines[] = {
      "version", "hostname", "service", "no", "ip route", "crypto isakmp key", "crypto isakmp keepalive", "crypto isakmp identity",
      "crypto ipsec security-association", "crypto ipsec df-bit", "crypto ikev2 dpd", "crypto ikev2 nat", "crypto ikev2 fragmentation"};
  static constexpr std::string_view kOfTunnels[] = {"crypto isakmp", "crypto ikev2", "crypto ipsec", "crypto keyring", "crypto map",
                                                    "interface", "ip access-list", "router bgp"};
  static constexpr std::string_view kWithin[] = {"peer", "address-family", "template", "scope", "service instance", "pvc", "vrrp"};
  if (!outermost) return !begins_one_of(command, kSingleLines);
  return !begins_one_of(*outermost, kOfTunnels) || begins_one_of(command, kWithin);
}

// -- what is said again, and what is taken back -----------------------------------------------------------------------------------------

// Lines of which a later one takes the place of an earlier one that begins so.
constexpr std::string_view kSaidOnce[] = {
    "encryption", "hash", "integrity", "prf", "group", "lifetime", "authentication pre-share", "authentication rsa-sig",
    "authentication rsa-encr", "authentication ecdsa-sig", "authentication local", "identity local", "keyring local", "dpd", "self-identity",
    "keepalive", "mode", "set pfs", "set transform-set", "set ikev2-profile", "set isakmp-profile",
    "set security-association lifetime seconds", "tunnel source", "tunnel destination", "tunnel mode",
    "tunnel protection ipsec profile", "tunnel protection ipsec policy ipv4"};

// What is opened again under the same words: so many of them name it.
struct Named {
  std::string_view kind;
  std::size_t words;
};
constexpr Named kNamed[] = {
    {"crypto isakmp policy", 4}, {"crypto isakmp profile", 4}, {"crypto keyring", 3}, {"crypto ikev2 proposal", 4},
    {"crypto ikev2 policy", 4}, {"crypto ikev2 profile", 4}, {"crypto ikev2 keyring", 4}, {"crypto ipsec transform-set", 4},
    {"crypto ipsec profile", 4}, {"crypto map", 4}, {"ip access-list", 4}, {"interface", 3}, {"peer", 2}};

// How many of its words make it the same as an earlier one; 0: every line counts.
std::size_t words_of_name(const Command& command) {
  for (const Named& one : kNamed)
    if (command.begins(one.kind)) return std::min(one.words, command.words.size());
  return 0;
}

std::size_t words_said_once(const Command& command) {
  for (const std::string_view one : kSaidOnce)
    if (command.begins(one)) return static_cast<std::size_t>(std::count(one.begin(), one.end(), ' ')) + 1;
  if (command.begins("ip address") && command.words.back().text != "secondary") return 2;
  return command.begins("match address") && command.words.size() == 3 ? 2 : 0;
}

bool takes_back(const Command& command) { return command.word(0) == "no" && command.words.size() > 1; }

// Commands of one section by their words, so that those that begin alike stand together.
class ByWords {
 public:
  explicit ByWords(const std::vector<Command>& all) : in_order_(Less{all}) {}

  void add(std::size_t index) { in_order_.insert({nullptr, index, 0, 0}); }
  void remove(std::size_t index) { in_order_.erase({nullptr, index, 0, 0}); }

  // Those whose first words are the `count` words of `command` from `from` on.
  std::vector<std::size_t> beginning_with(const Command& command, std::size_t from, std::size_t count) const {
    std::vector<std::size_t> found;
    for (auto at = in_order_.lower_bound({&command, 0, from, count}); at != in_order_.end(); ++at) {
      const Command& one = in_order_.key_comp().all[at->index];
      for (std::size_t i = 0; i < count; ++i)
        if (one.word(i) != command.word(from + i) || i >= one.words.size()) return found;
      found.push_back(at->index);
    }
    return found;
  }

 private:
  // A command of the section, or the part of another that is looked for.
  struct Key {
    const Command* sought;
    std::size_t index, from, count;
  };
  struct Less {
    const std::vector<Command>& all;

    bool operator()(const Key& a, const Key& b) const {
      const auto words = [&](const Key& key) { return key.sought ? key.count : all[key.index].words.size(); };
      const auto word = [&](const Key& key, std::size_t i) { return key.sought ? key.sought->word(key.from + i) : all[key.index].word(i); };
      for (std::size_t i = 0; i < std::min(words(a), words(b)); ++i)
        if (const int order = word(a, i).compare(word(b, i)); order != 0) return order < 0;
      if (words(a) != words(b)) return words(a) < words(b);
      return !a.sought && !b.sought && a.index < b.index;
    }
  };
  std::set<Key, Less> in_order_;
};

// What the router holds once it has read all lines: a section that is opened again is one, the last word counts, and a line that begins
// with `no` takes back what was said before it. It stays itself, for some say something of their own.
void settle(Command& section) {
  const std::vector<Command>& all = section.below;
  std::vector<bool> gone(all.size(), false);
  ByWords held(all);
  const auto drop = [&](std::size_t index) {
    held.remove(index);
    gone[index] = true;
  };
  const auto open_again = [&](std::size_t first, std::size_t index, std::size_t name) {
    Command &before = section.below[first], &now = section.below[index];
    std::move(now.below.begin(), now.below.end(), std::back_inserter(before.below));
    held.remove(first);
    if (now.words.size() > name) std::swap(before.words, now.words);
    held.add(first);
    gone[index] = true;
  };
  for (std::size_t index = 0; index < all.size(); ++index) {
    Command& one = section.below[index];
    if (takes_back(one)) {
      for (const std::size_t old : held.beginning_with(one, 1, one.words.size() - 1)) drop(old);
    } else if (const std::size_t name = words_of_name(one)) {
      if (const auto before = held.beginning_with(one, 0, name); !before.empty()) open_again(before.front(), index, name);
    } else if (const std::size_t once = words_said_once(one)) {
      for (const std::size_t old : held.beginning_with(one, 0, once)) drop(old);
    }
    if (!gone[index]) held.add(index);
  }
  std::vector<Command> left;
  for (std::size_t index = 0; index < all.size(); ++index)
    if (!gone[index]) left.push_back(std::move(section.below[index]));
    else wipe(section.below[index]);
  section.below = std::move(left);
  for (Command& one : section.below) settle(one);
}

}  // namespace

bool Command::begins(std::string_view words_apart) const {
  for (std::size_t index = 0; !words_apart.empty(); ++index) {
    const std::size_t end = std::min(words_apart.find(' '), words_apart.size());
    if (word(index) != words_apart.substr(0, end)) return false;
    words_apart.remove_prefix(std::min(end + 1, words_apart.size()));
  }
  return true;
}

const Command* Command::find(std::string_view words_apart) const {
  const auto found = std::find_if(below.begin(), below.end(), [&](const Command& one) { return one.begins(words_apart); });
  return found == below.end() ? nullptr : &*found;
}

std::vector<const Command*> Command::all(std::string_view words_apart) const {
  std::vector<const Command*> found;
  for (const Command& one : below)
    if (one.begins(words_apart)) found.push_back(&one);
  return found;
}

Command read_commands(std::string_view text, const std::string& path, std::vector<Problem>& problems) {
  Command root;
  root.where = {path, 1, 1};
  std::vector<std::pair<std::size_t, Command*>> open{{0, &root}};  // with the indentation from which on something belongs to each
  std::size_t count = 0;
  std::string closing;  // the delimiter up to which there are no commands; empty: there are
  Where unclosed;       // the command that opens the text
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const bool cut = end == text.size();
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!closing.empty()) {
      if (whole.find(closing) != std::string_view::npos) closing.clear();
      continue;
    }
    const std::size_t indent = indent_of(whole);
    auto words = words_of(whole, {path, line, 1});
    if (words.empty() || words.front().text.starts_with('!')) continue;
    words.back().cut = cut;
    if (words.front().text == "encr") words.front().text = "encryption";  // one word with two spellings
    if (++count > kMostCommands) {
      problems.push_back({{path, line, 1}, "too many commands: the rest is not read", "give the part that holds `crypto`", true});
      break;
    }
    while (open.size() > 1 && indent < open.back().first) open.pop_back();
    const Where where = words.front().where;
    Command& parent = *open.back().second;
    parent.below.push_back({std::move(words), where, {}});
    const Command* outermost = open.size() > 1 ? open[1].second : nullptr;
    if (open.size() < kMaxDepth && opens_section(parent.below.back(), outermost)) open.emplace_back(indent + 1, &parent.below.back());
    std::string_view behind;
    closing = opened_text(whole, parent.below.back(), behind);
    unclosed = where;
    if (!closing.empty() && behind.find(closing) != std::string_view::npos) closing.clear();
  }
  if (!closing.empty()) report_unread(problems, unclosed, "the text does not end: no line below it has its delimiter", "add it");
  settle(root);
  return root;
}

void wipe(Command& command) {
  for (Word& word : command.words) model::wipe(word.text);
  for (Command& one : command.below) wipe(one);
}

std::string_view cisco_cipher(std::string_view name, std::string_view key_bits) {
  struct Row {
    std::string_view name, bits, id;
  };
  static constexpr Row kRows[] = {
      {"des", "", "des"}, {"esp-des", "", "des"}, {"3des", "", "3des"}, {"esp-3des", "", "3des"},
      {"aes", "", "aes128"}, {"aes", "128", "aes128"}, {"aes", "192", "aes192"}, {"aes", "256", "aes256"},
      {"esp-aes", "", "aes128"}, {"esp-aes", "128", "aes128"}, {"esp-aes", "192", "aes192"}, {"esp-aes", "256", "aes256"},
      {"esp-gcm", "", "aes128gcm16"}, {"esp-gcm", "128", "aes128gcm16"}, {"esp-gcm", "192", "aes192gcm16"}, {"esp-gcm", "256",
          "aes256gcm16"},
      {"esp-gmac", "", "aes128gmac"}, {"esp-gmac", "128", "aes128gmac"}, {"esp-gmac", "256", "aes256gmac"}, {"esp-null", "", "null"},
      {"aes-cbc-128", "", "aes128"}, {"aes-cbc-192", "", "aes192"}, {"aes-cbc-256", "", "aes256"},
      {"aes-gcm-128", "", "aes128gcm16"}, {"aes-gcm-256", "", "aes256gcm16"}};
  for (const Row& row : kRows)
    if (row.name == name && row.bits == key_bits) return row.id;
  return {};
}

std::string_view cisco_hash(std::string_view name) {
  static constexpr std::string_view kRows[][2] = {
      {"md5", "md5"}, {"sha", "sha1"}, {"sha1", "sha1"}, {"sha256", "sha256"}, {"sha384", "sha384"}, {"sha512", "sha512"},
      {"esp-md5-hmac", "md5"}, {"esp-sha-hmac", "sha1"}, {"esp-sha256-hmac", "sha256"}, {"esp-sha384-hmac", "sha384"}, {"esp-sha512-hmac",
          "sha512"}};
  for (const auto& row : kRows)
    if (row[0] == name) return row[1];
  return {};
}

}  // namespace tunnelscope::config
