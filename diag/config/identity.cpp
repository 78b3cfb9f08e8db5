#include "diag/config/identity.hpp"

#include <algorithm>
#include <utility>

#include "diag/config/addresses.hpp"

namespace tunnelscope::diag::config {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

bool operator==(const Identity& a, const Identity& b) {
  if (a.kind != b.kind) return false;
  const bool is_name = a.kind == IdentityKind::Fqdn || a.kind == IdentityKind::UserFqdn;
  return is_name ? same_without_case(a.value, b.value) : a.value == b.value;
}

bool Identity::accepts(const Identity& presented) const {
  if (kind == IdentityKind::OneOf)
    return std::any_of(alternatives.begin(), alternatives.end(), [&](const Identity& one) { return one.accepts(presented); });
  if (kind == IdentityKind::Network && presented.kind == IdentityKind::Address) {
    const auto network = parse_range(value);
    const auto address = parse_address(presented.value);
    return network && address && network->contains(*address);
  }
  return kind == IdentityKind::Any || *this == presented;
}

Identity one_of(std::vector<Identity> alternatives) {
  if (alternatives.size() == 1) return std::move(alternatives.front());
  Identity all{IdentityKind::OneOf, {}};
  for (const Identity& one : alternatives) {
    if (one.kind == IdentityKind::Any) return {};
    all.value += (all.value.empty() ? "" : ", ") + text(one);
  }
  all.alternatives = std::move(alternatives);
  return all;
}

Identity identity_of(std::string_view written) {
  if (written.empty() || written == "%any") return {};
  if (const auto address = parse_address(written)) return {IdentityKind::Address, text(*address)};
  const auto rest = [&](std::size_t skipped) { return std::string(written.substr(skipped)); };
  if (written.starts_with("@#")) return {IdentityKind::KeyId, rest(2)};
  if (written.find('=') != std::string_view::npos) return {IdentityKind::DistinguishedName, rest(0)};
  if (written.starts_with("@@")) return {IdentityKind::UserFqdn, rest(2)};
  if (written.starts_with('@')) return {IdentityKind::Fqdn, rest(1)};
  if (written.find('@') != std::string_view::npos) return {IdentityKind::UserFqdn, rest(0)};
  return {IdentityKind::Fqdn, rest(0)};
}

std::string_view name(IdentityKind kind) {
  static constexpr std::string_view kNames[] = {"any", "address", "fqdn", "user-fqdn", "key-id", "dn", "network", "one-of"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string text(const Identity& identity) { return identity.kind == IdentityKind::Any ? "%any" : identity.value; }

std::string with_kind(const Identity& identity) {
  switch (identity.kind) {
    case IdentityKind::Fqdn: return "@" + identity.value;
    case IdentityKind::UserFqdn: return "@@" + identity.value;
    case IdentityKind::KeyId: return "@#" + identity.value;
    default: return text(identity);
  }
}

}  // namespace tunnelscope::diag::config
