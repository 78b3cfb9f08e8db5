// What a change of configuration changes, and what applying it interrupts. In: the endpoints before and after. Out: per tunnel the
// attributes that differ, and whether it, its connection, or nothing goes down meanwhile.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/model.hpp"

namespace tunnelscope::diag::config {

enum class ApplyEffect : std::uint8_t {
  None,
  Tunnel,      // this tunnel: its endpoint is replaced, its address stays; or the gateway's end is switched off
  Connection,  // both tunnels of the connection at once
  Replaced,    // a new connection with new addresses and keys
  Deleted,     // it goes, and nothing takes its place
};

struct AttributeChange {
  std::string attribute;  // a name of attributes.hpp; "endpoint" for one that appears or goes
  Where before, after;    // the values themselves may be keys: they are in the endpoints
  ApplyEffect effect{};
};

struct EndpointChange {
  const Endpoint* before = nullptr;  // not owned; nullptr: it appears, or it goes
  const Endpoint* after = nullptr;
  std::vector<AttributeChange> attributes;
  ApplyEffect effect = ApplyEffect::None;  // with what befalls the other tunnel of its connection
};

// Endpoints of one side. They are matched by name, then by outside address, those of AWS the other way round; in the order of `after`, then what went.
// A value that is no longer known counts as changed. A gateway's own changes interrupt nothing by themselves, for daemons keep what is
// established and a fault shows at the next start; but an end that goes or is switched off takes its tunnel with it.
std::vector<EndpointChange> compare(const std::vector<const Endpoint*>& before, const std::vector<const Endpoint*>& after);

std::string_view name(ApplyEffect effect);  // "none", "tunnel", "connection", "replaced", "deleted"

}  // namespace tunnelscope::diag::config
