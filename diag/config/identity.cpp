#include "diag/config/identity.hpp"

#include <algorithm>

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
  static constexpr std::string_view kNames[] = {"any", "address", "fqdn", "user-fqdn", "key-id", "dn"};
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
