#include "src/known_keys.hpp"

#include <cctype>
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

}  // namespace

void KnownKeys::add(const model::Endpoint& end) {
  if (!end.keys.known()) return;
  for (const model::Key& key : *end.keys) {
    if (!key.secret.known() || (*key.secret).size() < kFewestBytes) continue;
    keys_.push_back(*key.secret);
    if (std::string shape = shape_of(*key.secret); !shape.empty()) keys_.emplace_back(std::move(shape));
  }
}

void KnownKeys::hide(std::string& text, std::string_view shown) const {
  for (const model::Secret& key : keys_) key.replace_in(text, shown);
}

KnownKeys keys_in(const std::vector<model::Configuration>& configurations) {
  KnownKeys keys;
  for (const model::Configuration& one : configurations)
    for (const model::Endpoint& end : one.endpoints) keys.add(end);
  return keys;
}

}  // namespace tunnelscope::app
