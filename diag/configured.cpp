#include "diag/configured.hpp"

#include <algorithm>

#include "diag/config/merge.hpp"

namespace tunnelscope::diag {
namespace {

using config::Configuration;
using config::Endpoint;
using config::Moment;
using config::Side;

std::optional<config::IpAddress> outside_address(const Endpoint& endpoint) {
  return endpoint.local_addresses.known() ? endpoint.local_addresses->single() : std::nullopt;
}

// Zero: it never ends, which no clock can show.
std::optional<Duration> seconds(const config::Value<config::Seconds>& value) {
  if (!value.known() || value->count() <= 0) return std::nullopt;
  return value->count() * kSecond;
}

std::optional<GiveUp> give_up(const config::Value<config::DownAction>& action) {
  if (!action.known()) return std::nullopt;
  switch (*action) {
    case config::DownAction::None: return GiveUp::None;
    case config::DownAction::Clear: return GiveUp::Clear;
    case config::DownAction::Restart: return GiveUp::Restart;
    case config::DownAction::OnTraffic: break;  // AWS has no such action, and no text speaks of one
  }
  return std::nullopt;
}

std::optional<bool> begins(const config::Value<config::StartAction>& action) {
  if (!action.known() || *action == config::StartAction::OnTraffic) return std::nullopt;
  return *action == config::StartAction::Start;
}

template <class T>
std::optional<T> known(const config::Value<T>& value) {
  return value.known() ? std::optional<T>(*value) : std::nullopt;
}

TunnelFacts facts_of(const Endpoint& endpoint) {
  TunnelFacts facts;
  facts.connection = endpoint.connection.value_or("");
  facts.outside_ip = config::text(*outside_address(endpoint));
  facts.at = endpoint.where.text();
  facts.phase1_lifetime = seconds(endpoint.lifetime.hard);
  facts.rekey_margin = seconds(endpoint.lifetime.margin);
  facts.rekey_fuzz = known(endpoint.lifetime.fuzz_percent);
  facts.dpd_timeout = seconds(endpoint.dpd.timeout);
  facts.bgp = known(endpoint.bgp.used);
  if (endpoint.accepts.known()) {
    facts.ikev1 = endpoint.accepts->ikev1;
    facts.ikev2 = endpoint.accepts->ikev2;
  }
  if (endpoint.children.size() != 1) return facts;
  const config::Child& child = endpoint.children.front();
  facts.phase2_lifetime = seconds(child.lifetime.hard);
  facts.dpd_action = give_up(config::dpd_action(endpoint, child));
  facts.begins = begins(config::start_action(endpoint, child));
  return facts;
}

void append(std::vector<Endpoint>& to, const std::vector<Configuration>& all, Moment moment) {
  for (const Configuration& one : all)
    if (one.side == Side::Cloud && one.moment == moment) to.insert(to.end(), one.endpoints.begin(), one.endpoints.end());
}

}  // namespace

std::vector<TunnelFacts> facts_of(const std::vector<Configuration>& configurations) {
  std::vector<Endpoint> ends;
  append(ends, configurations, Moment::Now);
  append(ends, configurations, Moment::Before);
  std::vector<TunnelFacts> facts;
  for (const Endpoint& end : config::merged(std::move(ends)))
    if (outside_address(end)) facts.push_back(facts_of(end));
  return facts;
}

std::size_t without_address(const Configuration& configuration) {
  return static_cast<std::size_t>(std::count_if(configuration.endpoints.begin(), configuration.endpoints.end(),
                                                [](const Endpoint& end) { return !outside_address(end); }));
}

}  // namespace tunnelscope::diag
