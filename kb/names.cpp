#include "kb/names.hpp"

#include <array>

namespace tunnelscope::kb {
namespace {

constexpr std::array kSeverity{Named<Severity>{Severity::Info, "info"}, Named<Severity>{Severity::Warning, "warning"},
                               Named<Severity>{Severity::Critical, "critical"}};
constexpr std::array kConfidence{Named<Confidence>{Confidence::Possible, "possible"},
                                 Named<Confidence>{Confidence::Likely, "likely"},
                                 Named<Confidence>{Confidence::Certain, "certain"}};
constexpr std::array kRole{Named<Role>{Role::RootCause, "root-cause"}, Named<Role>{Role::Symptom, "symptom"},
                           Named<Role>{Role::Context, "context"}};
constexpr std::array kImpact{Named<Impact>{Impact::Outage, "outage"}, Named<Impact>{Impact::Redundancy, "redundancy"},
                             Named<Impact>{Impact::None, "none"}};
constexpr std::array kScope{Named<Scope>{Scope::Outage, "outage"}, Named<Scope>{Scope::Tunnel, "tunnel"},
                            Named<Scope>{Scope::Connection, "connection"}, Named<Scope>{Scope::Sessions, "sessions"},
                            Named<Scope>{Scope::Configuration, "configuration"}};
constexpr std::array kAbout{Named<About>{About::Group, "group"},         Named<About>{About::Organisation, "organisation"},
                            Named<About>{About::Carrier, "carrier"},     Named<About>{About::Connector, "connector"},
                            Named<About>{About::Client, "client"},       Named<About>{About::Resource, "resource"},
                            Named<About>{About::Address, "address"}};
constexpr std::array kExplains{Named<Explains>{Explains::Fall, "fall"}, Named<Explains>{Explains::Stay, "stay"},
                               Named<Explains>{Explains::Both, "both"}};
constexpr std::array kWindow{Named<Window>{Window::Onset, "onset"}, Named<Window>{Window::Case, "case"}};
constexpr std::array kPhaseGuard{Named<PhaseGuard>{PhaseGuard::Any, "any"}, Named<PhaseGuard>{PhaseGuard::Up, "up"},
                                 Named<PhaseGuard>{PhaseGuard::NotUp, "not-up"}};
constexpr std::array kChildGuard{Named<ChildGuard>{ChildGuard::Any, "any"},
                                 Named<ChildGuard>{ChildGuard::NeverUp, "never-up"},
                                 Named<ChildGuard>{ChildGuard::WasUp, "was-up"}};
constexpr std::array kConfigScope{Named<ConfigScope>{ConfigScope::Endpoint, "endpoint"},
                                  Named<ConfigScope>{ConfigScope::Pair, "pair"},
                                  Named<ConfigScope>{ConfigScope::Configuration, "configuration"},
                                  Named<ConfigScope>{ConfigScope::Change, "change"}};
constexpr std::array kConfigOrigin{Named<ConfigOrigin>{ConfigOrigin::Stated, "stated"},
                                   Named<ConfigOrigin>{ConfigOrigin::Default, "default"},
                                   Named<ConfigOrigin>{ConfigOrigin::Any, "any"}};

template <class E>
std::string_view lookup(E value) {
  for (const auto& row : names(E{})) {
    if (row.value == value) return row.name;
  }
  return {};
}

}  // namespace

std::span<const Named<Severity>> names(Severity) { return kSeverity; }
std::span<const Named<Confidence>> names(Confidence) { return kConfidence; }
std::span<const Named<Role>> names(Role) { return kRole; }
std::span<const Named<Impact>> names(Impact) { return kImpact; }
std::span<const Named<Scope>> names(Scope) { return kScope; }
std::span<const Named<About>> names(About) { return kAbout; }
std::span<const Named<Explains>> names(Explains) { return kExplains; }
std::span<const Named<Window>> names(Window) { return kWindow; }
std::span<const Named<PhaseGuard>> names(PhaseGuard) { return kPhaseGuard; }
std::span<const Named<ChildGuard>> names(ChildGuard) { return kChildGuard; }
std::span<const Named<ConfigScope>> names(ConfigScope) { return kConfigScope; }
std::span<const Named<ConfigOrigin>> names(ConfigOrigin) { return kConfigOrigin; }

std::string_view name_of(Severity value) { return lookup(value); }
std::string_view name_of(Confidence value) { return lookup(value); }
std::string_view name_of(Role value) { return lookup(value); }
std::string_view name_of(Impact value) { return lookup(value); }
std::string_view name_of(Scope value) { return lookup(value); }
std::string_view name_of(About value) { return lookup(value); }
std::string_view name_of(Explains value) { return lookup(value); }
std::string_view name_of(Window value) { return lookup(value); }
std::string_view name_of(PhaseGuard value) { return lookup(value); }
std::string_view name_of(ChildGuard value) { return lookup(value); }
std::string_view name_of(ConfigScope value) { return lookup(value); }
std::string_view name_of(ConfigOrigin value) { return lookup(value); }

const Words& dialects() {
  static const Words words{"aws-s2s-ike", "aws-s2s-bgp",    "aws-client-vpn", "cloudconnexa",
                           "pangolin",    "pangolin-agent", "twingate",       "twingate-connector"};
  return words;
}
const Words& levels() {
  static const Words words{"fault", "normal", "by-state"};
  return words;
}
const Words& ike_versions() {
  static const Words words{"ikev1", "ikev2"};
  return words;
}
const Words& phase_states() {
  static const Words words{"established", "rekeying", "negotiating", "down"};
  return words;
}
const Words& actors() {
  static const Words words{"gateway", "aws", "network", "any", "user", "administrator"};
  return words;
}
const Words& vendors() {
  static const Words words{"strongswan", "cisco-ios-xe", "palo-alto", "fortinet", "juniper", "aws-cli"};
  return words;
}
const Words& config_sides() {
  static const Words words{"cloud", "gateway"};
  return words;
}
const Words& config_vendors() {
  static const Words words{"aws", "strongswan", "libreswan", "cisco-ios", "juniper", "neutral"};
  return words;
}

std::string_view family_of(std::string_view dialect) {
  for (const std::string_view part : {"-ike", "-bgp", "-agent", "-connector"}) {
    if (dialect.ends_with(part)) return dialect.substr(0, dialect.size() - part.size());
  }
  return dialect;
}

bool stands_for(std::string_view reference, std::string_view id) {
  return reference.ends_with('*') ? id.starts_with(reference.substr(0, reference.size() - 1)) : id == reference;
}

}  // namespace tunnelscope::kb
