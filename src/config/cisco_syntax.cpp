#include "src/config/cisco_syntax.hpp"

#include <algorithm>

namespace tunnelscope::config {
namespace {

constexpr std::size_t kMostCommands = 100'000, kMaxDepth = 16;

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

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
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const bool cut = end == text.size();
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t indent = indent_of(whole);
    auto words = words_of(whole, {path, line, 1});
    if (words.empty() || words.front().text.starts_with('!')) continue;
    words.back().cut = cut;
    if (++count > kMostCommands) {
      problems.push_back({{path, line, 1}, "too many commands: the rest is not read", "give the part that holds `crypto`", true});
      break;
    }
    while (open.size() > 1 && indent < open.back().first) open.pop_back();
    const Where where = words.front().where;
    Command& parent = *open.back().second;
    parent.below.push_back({std::move(words), where, {}});
    if (open.size() < kMaxDepth) open.emplace_back(indent + 1, &parent.below.back());
  }
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
