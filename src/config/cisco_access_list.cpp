// Lines are read in their order: the first that matches decides.
#include "src/config/cisco_access_list.hpp"

#include <algorithm>
#include <optional>

namespace tunnelscope::config {
namespace {

using model::AddressRange;
using model::Child;
using model::Selectors;

constexpr std::size_t kMostDenied = 1000;  // lists are hostile input, and each line is compared with those that deny

// What a line of an access list is about.
struct Networks {
  std::optional<AddressRange> source, destination;
  bool plain = false;  // all of IP between the two
  Where where;
};

// "any", "host ADDRESS" or "NETWORK WILDCARD", from `at` on, which moves behind it.
std::optional<AddressRange> network_at(const Command& line, std::size_t& at) {
  const std::string_view first = line.word(at), second = line.word(at + 1);
  if (first == "any") return ++at, model::parse_range("0.0.0.0/0");
  at += 2;
  if (first == "host") return model::parse_range(second);
  const auto network = model::parse_address(first), wildcard = model::parse_address(second);
  if (!network || !wildcard) return std::nullopt;
  if (model::text(*wildcard) == "0.0.0.0") return AddressRange{*network, *network};
  return model::range_of_mask(*network, *wildcard);
}

Networks networks_of(const Command& line) {
  Networks all;
  std::size_t at = 2;
  all.source = network_at(line, at);
  all.destination = network_at(line, at);
  all.plain = line.word(1) == "ip" && at == line.words.size();
  all.where = line.where;
  return all;
}

bool may_meet(const std::optional<AddressRange>& a, const std::optional<AddressRange>& b) {
  return !a || !b || model::intersection(*a, *b).has_value();
}

// The first line that matches decides, so an earlier `deny` takes away from a `permit`.
Child child_of(const Command& line, const std::vector<Networks>& denied, const Child& common, const std::string& name, std::size_t number) {
  Child child = common;
  child.name = name + " " + std::to_string(number);
  child.where = line.where;
  const Networks networks = networks_of(line);
  const auto takes = [&](const Networks& one) {
    return may_meet(one.source, networks.source) && may_meet(one.destination, networks.destination);
  };
  const auto taken = denied.size() > kMostDenied ? denied.begin() : std::find_if(denied.begin(), denied.end(), takes);
  const auto of = [&](const std::optional<AddressRange>& range) {
    if (taken != denied.end())
      return Value<Selectors>::unknown("line " + std::to_string(taken->where.line) + " of its access list denies a part of it", line.where);
    return range && networks.plain ? Value<Selectors>::stated({{*range}}, line.where)
                                   : Value<Selectors>::unknown("its access list says more than networks", line.where);
  };
  child.local = of(networks.source);
  child.remote = of(networks.destination);
  return child;
}

// Those of `access-list NAME` and of `ip access-list extended NAME`, without name and number.
std::vector<Command> lines_of(const Command& root, const std::string& name) {
  std::vector<Command> lines;
  for (const Command* one : root.all("access-list " + name)) {
    lines.push_back(*one);
    lines.back().words.erase(lines.back().words.begin(), lines.back().words.begin() + 2);
  }
  if (const Command* list = root.find("ip access-list extended " + name)) lines.insert(lines.end(), list->below.begin(), list->below.end());
  for (Command& line : lines)
    if (whole_number(line.word(0))) line.words.erase(line.words.begin());
  return lines;
}

}  // namespace

CiscoAccessList read_cisco_access_list(const Command& root, const std::string& name, const Child& common) {
  CiscoAccessList list;
  std::vector<Networks> denied;
  for (const Command& line : lines_of(root, name)) {
    list.found = true;
    if (line.word(0) == "deny") denied.push_back(networks_of(line));
    if (line.word(0) == "permit") list.permitted.push_back(child_of(line, denied, common, name, list.permitted.size() + 1));
  }
  return list;
}

}  // namespace tunnelscope::config
