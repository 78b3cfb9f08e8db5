// The words that YAML files use for closed sets: one table a set, shared by reader, lint, schema test and reports.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kb/knowledge.hpp"

namespace tunnelscope::kb {

template <class E>
struct Named {
  E value;
  std::string_view name;
};

// Every value with its name, in the order of the enumeration. The argument only selects the table.
std::span<const Named<Severity>> names(Severity);
std::span<const Named<Confidence>> names(Confidence);
std::span<const Named<Role>> names(Role);
std::span<const Named<Impact>> names(Impact);
std::span<const Named<Scope>> names(Scope);
std::span<const Named<About>> names(About);
std::span<const Named<Explains>> names(Explains);
std::span<const Named<Window>> names(Window);
std::span<const Named<PhaseGuard>> names(PhaseGuard);
std::span<const Named<ChildGuard>> names(ChildGuard);
std::span<const Named<ConfigScope>> names(ConfigScope);
std::span<const Named<ConfigOrigin>> names(ConfigOrigin);

template <class E>
std::optional<E> value_named(std::string_view name) {
  for (const auto& row : names(E{})) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

// Words that stay text in Knowledge.
using Words = std::vector<std::string>;
const Words& dialects();       // contract/report.md, inputs[].dialects
const Words& levels();         // fault, normal, by-state
const Words& ike_versions();
const Words& phase_states();
const Words& actors();         // who acts: gateway, aws, network, any
const Words& vendors();
const Words& config_sides();    // cloud, gateway
const Words& config_vendors();  // whose configuration: aws, strongswan, ...

// Dialects whose records come from one product share a family: an example is matched by one rule of its family.
std::string_view family_of(std::string_view dialect);

// Whether a cause's reference, an id or a glob such as "bgp-*", means the cause `id`.
bool stands_for(std::string_view reference, std::string_view id);

}  // namespace tunnelscope::kb
