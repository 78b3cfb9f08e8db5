#include "config_text.hpp"

#include <gtest/gtest.h>

namespace tunnelscope::config::test {
namespace {

using model::Value;

std::string shown(bool yes) { return yes ? "yes" : "no"; }
std::string shown(const std::string& text) { return text; }
std::string shown(std::uint32_t number) { return std::to_string(number); }
std::string shown(std::uint64_t number) { return std::to_string(number); }
std::string shown(double number) { return std::to_string(static_cast<int>(number)) + " %"; }
std::string shown(model::Seconds time) { return std::to_string(time.count()) + " s"; }
std::string shown(const model::Addresses& value) { return text(value); }
std::string shown(const model::AddressRange& value) { return text(value); }
std::string shown(const model::IpAddress& value) { return text(value); }
std::string shown(const model::Selectors& value) { return text(value); }
std::string shown(const model::Proposals& value) { return text(value); }
std::string shown(const model::Identity& value) { return std::string(name(value.kind)) + " " + text(value); }
std::string shown(model::Versions value) { return text(value); }
std::string shown(model::Modes value) { return text(value); }
std::string shown(model::Authentication value) { return std::string(name(value)); }
std::string shown(model::StartAction value) { return std::string(name(value)); }
std::string shown(model::DownAction value) { return std::string(name(value)); }
std::string shown(model::ChildMode value) { return std::string(name(value)); }
std::string shown(model::SecurityProtocol value) { return std::string(name(value)); }
std::string shown(model::NatTraversal value) {
  return value == model::NatTraversal::Auto ? "auto" : value == model::NatTraversal::Forced ? "forced" : "off";
}
std::string shown(const model::Secret&) { return "set"; }

std::string shown(const std::vector<model::AddressRange>& ranges) {
  std::string all;
  for (const auto& range : ranges) all += (all.empty() ? "" : ", ") + text(range);
  return all.empty() ? "none" : all;
}

std::string shown(const std::vector<model::Key>& keys);

template <class T>
std::string to_line(const Value<T>& value) {
  if (!value.known()) return "? " + value.note() + (value.where().line ? " @" + std::to_string(value.where().line) : "");
  if (value.stated()) return shown(*value) + " @" + std::to_string(value.where().line);
  return shown(*value) + " *";
}

std::string shown(const std::vector<model::Key>& keys) {
  std::string all;
  for (const model::Key& key : keys) {
    all += (all.empty() ? "" : "; ") + to_line(key.secret);
    for (const model::Identity& owner : key.owners) all += " for " + text(owner);
  }
  return all.empty() ? "none" : all;
}

class Lines {
 public:
  template <class T>
  void add(const std::string& name, const Value<T>& value) {
    if (value.known() || value.note() != "not stated") text_ += name + ": " + to_line(value) + "\n";
  }
  template <class T>
  void add(const std::string& name, const std::optional<Value<T>>& value) {
    if (value) add(name, *value);
  }
  void add(const std::string& name, const model::Lifetime& lifetime) {
    add(name + ".rekeys", lifetime.rekeys);
    add(name + ".hard", lifetime.hard);
    add(name + ".earliest", lifetime.earliest_rekey);
    add(name + ".latest", lifetime.latest_rekey);
    add(name + ".margin", lifetime.margin);
    add(name + ".fuzz", lifetime.fuzz_percent);
    add(name + ".bytes", lifetime.bytes);
  }
  void add(const std::string& name, const model::Child& child) {
    text_ += name + " " + child.name + "\n";
    add(name + ".protocol", child.protocol);
    add(name + ".mode", child.mode);
    add(name + ".proposals", child.proposals);
    add(name + ".local", child.local);
    add(name + ".remote", child.remote);
    add(name + ".lifetime", child.lifetime);
    add(name + ".replay-window", child.replay_window);
    add(name + ".start", child.start);
    add(name + ".dpd", child.dpd);
    add(name + ".close", child.close);
  }
  std::string take() { return std::move(text_); }
  void header(const std::string& line) { text_ += line + "\n"; }

 private:
  std::string text_;
};

void add_ike(Lines& lines, const model::Endpoint& end) {
  lines.add("connection", end.connection);
  lines.add("disabled", end.disabled);
  lines.add("local", end.local_addresses);
  lines.add("remote", end.remote_addresses);
  lines.add("inside-cidr", end.inside_cidr);
  lines.add("inside-cidr6", end.inside_cidr6);
  lines.add("inside-local", end.inside_local);
  lines.add("inside-remote", end.inside_remote);
  lines.add("inside-local6", end.inside_local6);
  lines.add("inside-remote6", end.inside_remote6);
  lines.add("accepts", end.accepts);
  lines.add("initiates", end.initiates);
  lines.add("accepts-modes", end.accepts_modes);
  lines.add("initiates-modes", end.initiates_modes);
  lines.add("proposals", end.proposals);
  lines.add("local-auth", end.local_authentication);
  lines.add("remote-auth", end.remote_authentication);
  lines.add("local-id", end.local_identity);
  lines.add("remote-id", end.remote_identity);
  lines.add("keys", end.keys);
  lines.add("lifetime", end.lifetime);
  lines.add("reauth", end.reauthenticates);
  lines.add("make-before-break", end.make_before_break);
}

void add_habits(Lines& lines, const model::Endpoint& end) {
  lines.add("dpd", end.dpd.enabled);
  lines.add("dpd.delay", end.dpd.delay);
  lines.add("dpd.timeout", end.dpd.timeout);
  lines.add("dpd.action", end.dpd.action);
  lines.add("start", end.start);
  lines.add("close", end.close);
  lines.add("nat-t", end.nat_traversal);
  lines.add("mobike", end.mobike);
  lines.add("fragmentation", end.fragmentation);
  lines.add("route-based", end.route_based);
  lines.add("single-child", end.single_child);
}

void add_routing(Lines& lines, const model::Endpoint& end) {
  lines.add("bgp", end.bgp.used);
  lines.add("bgp.local-as", end.bgp.local_asn);
  lines.add("bgp.remote-as", end.bgp.remote_asn);
  lines.add("bgp.neighbour", end.bgp.neighbour);
  lines.add("bgp.hold", end.bgp.hold_time);
  lines.add("bgp.keepalive", end.bgp.keepalive);
  lines.add("routes", end.static_routes);
}

void add_cloud(Lines& lines, const model::CloudOptions& cloud) {
  lines.add("log", cloud.log_enabled);
  lines.add("log.format", cloud.log_format);
  lines.add("log.group", cloud.log_group);
  lines.add("bgp-log", cloud.bgp_log_enabled);
  lines.add("bgp-log.format", cloud.bgp_log_format);
  lines.add("bgp-log.group", cloud.bgp_log_group);
  lines.add("lifecycle-control", cloud.lifecycle_control);
  lines.add("acceleration", cloud.acceleration);
  lines.add("bandwidth", cloud.tunnel_bandwidth);
  lines.add("address-type", cloud.outside_address_type);
  lines.add("key-storage", cloud.key_storage);
  lines.add("attachment", cloud.attachment);
}

}  // namespace

std::vector<model::Configuration> configurations(std::string_view text) {
  const Source source{"input", std::string(text)};
  const Content content(source);
  const Include none = [](std::string_view, const std::string&) { return tl::unexpected<std::string>("no file here"); };
  return read_configuration(content, {none, {}});
}

model::Configuration configuration(std::string_view text) {
  auto all = configurations(text);
  EXPECT_EQ(all.size(), 1u);
  return all.empty() ? model::Configuration{} : all.front();
}

std::string text_of(const model::Endpoint& end) {
  Lines lines;
  lines.header(std::string(name(end.side)) + " " + std::string(name(end.vendor)) + " " + end.name + (end.replaced ? " replaced" : ""));
  add_ike(lines, end);
  add_habits(lines, end);
  for (const model::Child& child : end.children) lines.add("child", child);
  add_routing(lines, end);
  if (end.side == model::Side::Cloud) add_cloud(lines, end.cloud);
  return lines.take();
}

std::string line_of(const model::Endpoint& endpoint, std::string_view name) {
  const std::string all = "\n" + text_of(endpoint), wanted = "\n" + std::string(name) + ": ";
  const std::size_t at = all.find(wanted);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + wanted.size();
  return all.substr(begin, all.find('\n', begin) - begin);
}

std::string text_of(const std::vector<model::Problem>& problems) {
  std::string all;
  for (const model::Problem& problem : problems) {
    const std::string column = problem.where.column ? ":" + std::to_string(problem.where.column) : "";
    all += (problem.fatal ? "!" : "") + problem.where.text() + column + ": " +
           problem.reason + (problem.hint.empty() ? "" : " (" + problem.hint + ")") + "\n";
  }
  return all;
}

}  // namespace tunnelscope::config::test
