// What makes two session records the same record, as one number. Where a record came from is no part of it, nor what only some
// containers carry; but for lines that name nothing else, for two agents say the same in the same second.
// In: events, and what they name. Out: their identities, for the few that need one: those of the same time as another.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "diag/identity_hash.hpp"
#include "diag/session_event.hpp"
#include "diag/text_pool.hpp"

namespace tunnelscope::diag {

class SessionIdentities {
 public:
  SessionIdentities(const SessionNames& names, const TextPool& texts) : names_(names), texts_(texts) {
    for (std::uint32_t i = 0; i < names.parties.size(); ++i) {
      const Party& p = names.parties[i];
      parties_.push_back({hash_of(p.user), hash_of(p.device), hash_of(p.address)});
    }
    for (std::uint32_t i = 0; i < names.routes.size(); ++i) {
      const Route& r = names.routes[i];
      routes_.push_back({hash_of(r.group), hash_of(r.gateway), hash_of(r.connector), hash_of(r.resource), hash_of(r.source)});
    }
  }

  // `time`: as the record says it, be it without a year.
  std::uint64_t of(const SessionEvent& e, Time time) {
    const auto number = [](auto value) { return static_cast<std::uint64_t>(value); };
    const Closing& closing = names_.closing(e.closing);
    const auto& [user, device, address] = parties_[e.party];
    const auto& [group, gateway, connector, resource, source] = routes_[e.route];
    IdentityHash identity;
    identity.add(number(e.dialect) | number(e.happening) << 8).add(number(time)).add(number(e.start)).add(number(closing.end));
    identity.add(hash_of(e.id)).add(group).add(gateway).add(connector).add(user).add(device).add(address).add(resource);
    identity.add(hash_of_message(e.text));
    const bool names_nothing = e.dialect == Dialect::TwingateConnector || e.dialect == Dialect::PangolinAgent;
    if (names_nothing) identity.add(source);
    return identity.add(number(closing.duration)).add(number(closing.to_client)).add(number(closing.from_client)).value();
  }

 private:
  std::uint64_t hash_of(std::uint32_t text) const { return std::hash<std::string_view>{}(texts_.at(text)); }
  std::uint64_t hash_of_message(std::uint32_t text) {
    if (text != message_) message_hash_ = hash_of(message_ = text);
    return message_hash_;
  }

  const SessionNames& names_;
  const TextPool& texts_;
  std::vector<std::array<std::uint64_t, 3>> parties_;  // hashes of their texts
  std::vector<std::array<std::uint64_t, 5>> routes_;
  std::uint32_t message_ = 0;                          // the last one
  std::uint64_t message_hash_ = hash_of(0);
};

}  // namespace tunnelscope::diag
