#include "diag/config/verdict.hpp"

#include <fmt/format.h>

namespace tunnelscope::diag::config {
namespace {

template <class Enum, std::size_t N>
std::string_view pick(const std::string_view (&names)[N], Enum value) {
  return names[static_cast<std::size_t>(value)];
}

std::string outside(const Value<Addresses>& addresses) {
  const auto one = addresses.known() ? addresses->single() : std::nullopt;
  return one ? text(*one) : "";
}

std::string label(const Endpoint& endpoint) {
  if (const std::string address = outside(endpoint.local_addresses); !address.empty()) return address;
  return endpoint.inside_cidr.known() ? text(*endpoint.inside_cidr) : endpoint.name;
}

std::string place_in_words(const Where& where) {
  if (!where.known()) return {};
  return where.line > 0 ? fmt::format("in {} line {}", where.path, where.line) : "in " + where.path;
}

// A key by the place where it stands.
std::string key_in_words(const Change& change, const std::string& place) {
  const std::string other = place_in_words(change.like);
  if (change.old_value == "none")
    return fmt::format("{}: add a {} for {}, the one that the other end has{}{}", place, change.attribute, change.new_value,
                       other.empty() ? "" : " ", other);
  return fmt::format("{}: set the same {} as {}", place, change.attribute, other.empty() ? "at the other end" : other);
}

}  // namespace

std::string in_words(const Change& change) {
  const std::string place = change.where.known() ? place_in_words(change.where) : "in its configuration";
  if (change.secret) return key_in_words(change, place);
  const std::string how = change.how.empty() ? "" : fmt::format(" ({})", change.how);
  if (change.attribute == "key-owner")
    return fmt::format("{}: file the key under {} instead of {}{}", place, change.new_value, change.old_value, how);
  if (change.old_value.empty()) return fmt::format("{}: set {} to {}{}", place, change.attribute, change.new_value, how);
  return fmt::format("{}: {} {} -> {}{}", place, change.attribute, change.old_value, change.new_value, how);
}

std::string tunnel_id(const TunnelVerdict& tunnel) {
  if (!tunnel.gateway) return label(*tunnel.cloud);
  if (!tunnel.cloud) return label(*tunnel.gateway);
  return label(*tunnel.cloud) + "/" + label(*tunnel.gateway);
}

std::string_view name(Stage stage) {
  return pick({"peer-address", "ike-version", "ike-mode", "ike-proposal", "identity", "authentication", "child-proposal",
               "traffic-selectors", "child-rekey", "ike-rekey", "liveness", "bgp"}, stage);
}
std::string_view name(Verdict verdict) { return pick({"agrees", "unverified", "fails"}, verdict); }
std::string_view name(Direction direction) { return pick({"both", "cloud-initiates", "gateway-initiates"}, direction); }
std::string_view name(Initiator initiator) { return pick({"cloud", "gateway", "both", "neither"}, initiator); }

}  // namespace tunnelscope::diag::config
