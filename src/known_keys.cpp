#include "src/known_keys.hpp"

#include <cctype>
#include <cstdint>
#include <utility>

#include "diag/classify.hpp"

namespace tunnelscope::app {
namespace {

namespace model = diag::config;

constexpr std::size_t kFewestBytes = 8;
constexpr int kFewestLetters = 4;  // that a shape shows; fewer would be found in words, and give nothing away

// Empty: it is no other than the key, or masks alone.
std::string shape_of(const model::Secret& key) {
  std::string bytes;
  key.every_character([&](char c) { return bytes += c, true; });
  std::string shape = diag::shape_of(bytes);
  const bool same = shape == bytes;
  model::wipe(bytes);
  int letters = 0;
  bool in_mask = false;
  for (const char c : shape) {
    in_mask = c == '<' || (in_mask && c != '>');
    letters += !in_mask && std::isalpha(static_cast<unsigned char>(c)) != 0 ? 1 : 0;
  }
  if (same || letters < kFewestLetters) model::wipe(shape);
  return shape;
}

// A text is looked through for all keys at once by their first bytes, of which each has so many: a configuration may hold hundreds.
constexpr std::size_t kBeginning = 4;
constexpr unsigned kBitsOfHash = 18;

std::uint32_t hash_of(std::uint32_t beginning) { return beginning * 2654435761u >> (32 - kBitsOfHash); }

std::uint32_t shifted_in(std::uint32_t beginning, char c) { return beginning << 8 | static_cast<unsigned char>(c); }

}  // namespace

void KnownKeys::keep(model::Secret key) {
  std::uint32_t beginning = 0;
  std::size_t bytes = 0;
  key.every_character([&](char c) { return beginning = shifted_in(beginning, c), ++bytes < kBeginning; });
  beginnings_.resize(std::size_t{1} << kBitsOfHash);
  beginnings_[hash_of(beginning)] = true;
  keys_.push_back(std::move(key));
}

void KnownKeys::add(const model::Endpoint& end) {
  if (!end.keys.known()) return;
  for (const model::Key& key : *end.keys) {
    if (!key.secret.known() || (*key.secret).size() < kFewestBytes) continue;
    if (!known_.insert(*key.secret).second) continue;
    keep(*key.secret);
    if (std::string shape = shape_of(*key.secret); !shape.empty()) keep(model::Secret(std::move(shape)));
  }
}

bool KnownKeys::may_hold_one(std::string_view text) const {
  std::uint32_t last = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    last = shifted_in(last, text[at]);
    if (at + 1 >= kBeginning && beginnings_[hash_of(last)]) return true;
  }
  return false;
}

void KnownKeys::hide(std::string& text, std::string_view shown) const {
  if (keys_.empty() || !may_hold_one(text)) return;
  for (const model::Secret& key : keys_) key.replace_in(text, shown);
}

KnownKeys keys_in(const std::vector<model::Configuration>& configurations) {
  KnownKeys keys;
  for (const model::Configuration& one : configurations)
    for (const model::Endpoint& end : one.endpoints) keys.add(end);
  return keys;
}

}  // namespace tunnelscope::app
