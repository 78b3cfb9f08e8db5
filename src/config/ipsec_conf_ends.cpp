#include "src/config/ipsec_conf_ends.hpp"

#include <algorithm>

namespace tunnelscope::config {
namespace {

using model::Endpoint;

bool is_magic(const Setting* setting) {
  return setting && (setting->value.text == "%defaultroute" || setting->value.text.starts_with("%eth"));
}

template <class T, class ToText>
bool same(const Value<T>& a, const Value<T>& b, ToText to_text) {
  return a.known() && b.known() && to_text(*a) == to_text(*b);
}

bool same_addresses(const Value<model::Addresses>& a, const Value<model::Addresses>& b) {
  return a.known() && b.known() && a->any == b->any && a->ranges == b->ranges && a->names == b->names;
}

bool share_ike_sa(const Endpoint& a, const Endpoint& b) {
  if (!same_addresses(a.remote_addresses, b.remote_addresses) || a.remote_addresses->any) return false;
  const auto words = [](const auto& one) { return model::text(one); };
  const auto number = [](auto one) { return static_cast<int>(one); };
  const bool local = same_addresses(a.local_addresses, b.local_addresses) || (!a.local_addresses.known() && !b.local_addresses.known());
  return local && same(a.accepts, b.accepts, words) &&
         same(a.initiates_modes, b.initiates_modes, words) && same(a.proposals, b.proposals, words) &&
         same(a.local_authentication, b.local_authentication, number) && same(a.remote_authentication, b.remote_authentication, number) &&
         same(a.local_identity, b.local_identity, words) && same(a.remote_identity, b.remote_identity, words) &&
         a.disabled.value_or(false) == b.disabled.value_or(false);
}

}  // namespace

Sides sides_of(const Section& connection) {
  const Setting *left = connection.find("left"), *right = connection.find("right");
  const bool right_is_local = is_magic(right) || (!right && left && left->value.text != "%any" && !is_magic(left));
  return right_is_local ? Sides{"right", "left"} : Sides{"left", "right"};
}

std::vector<Endpoint> merged(std::vector<Endpoint> connections) {
  std::vector<Endpoint> all;
  for (Endpoint& one : connections) {
    const auto first = std::find_if(all.begin(), all.end(), [&](const Endpoint& other) { return share_ike_sa(one, other); });
    if (first == all.end()) {
      all.push_back(std::move(one));
      continue;
    }
    std::move(one.children.begin(), one.children.end(), std::back_inserter(first->children));
    if (first->doubt.empty()) first->doubt = std::move(one.doubt);
    std::move(one.reservations.begin(), one.reservations.end(), std::back_inserter(first->reservations));
  }
  return all;
}

std::optional<double> percentage(std::string_view text) {
  if (text.ends_with('%')) text.remove_suffix(1);
  const auto number = whole_number(trimmed(text));
  return number && *number <= 100'000 ? std::optional(static_cast<double>(*number)) : std::nullopt;
}

void refuse_unknown(Section& section, const std::vector<std::string_view>& of_connection, const std::vector<std::string_view>& of_end,
    std::vector<Problem>& problems) {
  std::vector<std::string_view> all = of_connection;
  std::vector<std::string> ends;
  for (const std::string_view side : {"left", "right"})
    for (const std::string_view name : of_end) ends.push_back(std::string(side) + std::string(name));
  all.insert(all.end(), ends.begin(), ends.end());
  all.insert(all.end(), {"left", "right"});
  const std::size_t before = problems.size();
  for (const Setting& setting : section.settings) {
    const bool free = setting.name.starts_with("x-") || setting.name.starts_with("x_");
    if (!free && std::find(all.begin(), all.end(), setting.name) == all.end())
      report_unknown_keyword(problems, setting.where, setting.name, all);
  }
  section.doubt(doubt_since(problems, before));
}

std::string because(const Setting& setting, std::string_view why) {
  return setting.value.where.text() + ": " + setting.name + std::string(why);
}

std::vector<model::Reservation> other_ike_ports(const Section& connection) {
  std::vector<model::Reservation> all;
  for (const char* name : {"leftikeport", "rightikeport"}) {
    const Setting* port = connection.find(name);
    if (port && port->value.text != "500" && port->value.text != "4500")
      all.push_back({model::Stage::PeerAddress, because(*port, " is neither 500 nor 4500, where AWS is")});
  }
  return all;
}

}  // namespace tunnelscope::config
