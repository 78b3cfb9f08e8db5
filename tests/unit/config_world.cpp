#include "config_world.hpp"

namespace tunnelscope::config::test {
inline namespace world {
namespace {

using model::Value;

Include includer(const Files& files) {
  return [&files](std::string_view name, const std::string&) -> tl::expected<std::vector<Source>, std::string> {
    std::vector<Source> found;
    const std::string wanted(name);
    const std::size_t star = wanted.find('*');
    for (const auto& [path, text] : files) {
      const bool fits = star == std::string::npos ? path == wanted
                                                  : path.starts_with(wanted.substr(0, star)) && path.ends_with(wanted.substr(star + 1));
      if (fits) found.push_back({path, text});
    }
    if (found.empty() && star == std::string::npos) return tl::unexpected(std::string("there is no such file"));
    return found;
  };
}

std::string how(const auto& value) {
  const std::string at = value.where().known() ? " at " + std::to_string(value.where().line) : " nowhere";
  return value.stated() ? at : " by " + value.note();
}

class Lines {
 public:
  template <class T, class ToText>
  void add(const std::string& name, const Value<T>& value, ToText to_text) {
    if (value.known()) all += name + " " + std::string(to_text(*value)) + how(value) + "\n";
    else if (value.where().known()) all += name + " unknown: " + value.note() + "\n";
  }
  void seconds(const std::string& name, const Value<model::Seconds>& value) {
    add(name, value, [](model::Seconds time) { return std::to_string(time.count()) + "s"; });
  }
  void flag(const std::string& name, const Value<bool>& value) {
    add(name, value, [](bool yes) { return yes ? "yes" : "no"; });
  }
  void number(const std::string& name, const auto& value) {
    add(name, value, [](auto one) { return std::to_string(one); });
  }
  void words(const std::string& name, const auto& value) {
    add(name, value, [](const auto& one) { return model::text(one); });
  }
  void named(const std::string& name, const auto& value) {
    add(name, value, [](auto one) { return model::name(one); });
  }
  std::string all;
};

void add_lifetime(Lines& lines, const std::string& prefix, const model::Lifetime& lifetime) {
  lines.flag(prefix + "rekeys", lifetime.rekeys);
  lines.seconds(prefix + "hard", lifetime.hard);
  lines.seconds(prefix + "earliest", lifetime.earliest_rekey);
  lines.seconds(prefix + "latest", lifetime.latest_rekey);
  lines.seconds(prefix + "margin", lifetime.margin);
  lines.number(prefix + "bytes", lifetime.bytes);
}

std::string text_of_keys(const std::vector<model::Key>& keys) {
  std::string all;
  for (const model::Key& key : keys) {
    all += all.empty() ? "[" : " [";
    for (const model::Identity& owner : key.owners) all += std::string(model::name(owner.kind)) + ":" + model::text(owner) + " ";
    all += key.secret.known() ? std::to_string(key.secret->size()) + " bytes]" : "unknown: " + key.secret.note() + "]";
  }
  return all.empty() ? "none" : all;
}

void add_child(Lines& lines, const model::Child& child) {
  const std::string prefix = child.name + ".";
  lines.named(prefix + "protocol", child.protocol);
  lines.named(prefix + "mode", child.mode);
  lines.words(prefix + "proposals", child.proposals);
  lines.words(prefix + "local", child.local);
  lines.words(prefix + "remote", child.remote);
  add_lifetime(lines, prefix, child.lifetime);
  lines.number(prefix + "replay", child.replay_window);
  if (child.start) lines.named(prefix + "start", *child.start);
  if (child.dpd) lines.named(prefix + "dpd", *child.dpd);
  if (child.close) lines.named(prefix + "close", *child.close);
}

void add_inside(Lines& lines, const model::Endpoint& end) {
  lines.words("inside-cidr", end.inside_cidr);
  lines.words("inside-local", end.inside_local);
  lines.words("inside-remote", end.inside_remote);
  lines.flag("bgp", end.bgp.used);
  lines.number("bgp-local-asn", end.bgp.local_asn);
  lines.number("bgp-remote-asn", end.bgp.remote_asn);
  lines.words("bgp-neighbour", end.bgp.neighbour);
  lines.seconds("bgp-hold", end.bgp.hold_time);
  lines.seconds("bgp-keepalive", end.bgp.keepalive);
  lines.add("static-routes", end.static_routes, [](const std::vector<model::AddressRange>& all) {
    std::string text;
    for (const auto& range : all) text += (text.empty() ? "" : ", ") + model::text(range);
    return text;
  });
}

}  // namespace

model::Configuration read(const Kind& kind, const std::string& path, const Files& files, std::vector<Source> secrets) {
  const Source source{path, files.at(path)};
  const Include include = includer(files);
  return kind.read(Content(source), {include, secrets}).front();
}

model::Configuration read(const Kind& kind, const std::string& text) { return read(kind, "gateway.conf", {{"gateway.conf", text}}); }

std::string problems_of(const model::Configuration& configuration) {
  std::string lines;
  for (const Problem& problem : configuration.problems)
    lines += problem.where.text() + ":" + std::to_string(problem.where.column) + ": " + problem.reason +
             (problem.hint.empty() ? "" : " (" + problem.hint + ")") + (problem.fatal ? " FATAL" : "") + "\n";
  return lines;
}

std::string text_of(const model::Endpoint& end) {
  Lines lines;
  lines.flag("disabled", end.disabled);
  lines.words("local-addresses", end.local_addresses);
  lines.words("remote-addresses", end.remote_addresses);
  lines.words("accepts", end.accepts);
  lines.words("initiates", end.initiates);
  lines.words("accepts-modes", end.accepts_modes);
  lines.words("initiates-modes", end.initiates_modes);
  lines.words("ike-proposals", end.proposals);
  lines.named("local-authentication", end.local_authentication);
  lines.named("remote-authentication", end.remote_authentication);
  const auto identity = [](const model::Identity& one) { return std::string(model::name(one.kind)) + ":" + model::text(one); };
  lines.add("local-identity", end.local_identity, identity);
  lines.add("remote-identity", end.remote_identity, identity);
  lines.add("keys", end.keys, text_of_keys);
  add_lifetime(lines, "ike-", end.lifetime);
  lines.flag("reauthenticates", end.reauthenticates);
  lines.flag("dpd", end.dpd.enabled);
  lines.seconds("dpd-delay", end.dpd.delay);
  lines.seconds("dpd-timeout", end.dpd.timeout);
  lines.named("dpd-action", end.dpd.action);
  lines.named("start", end.start);
  lines.named("close", end.close);
  lines.add("nat-traversal", end.nat_traversal, [](model::NatTraversal one) {
    return one == model::NatTraversal::Auto ? "auto" : one == model::NatTraversal::Forced ? "forced" : "off";
  });
  lines.flag("mobike", end.mobike);
  lines.flag("fragmentation", end.fragmentation);
  lines.flag("route-based", end.route_based);
  add_inside(lines, end);
  for (const model::Child& child : end.children) add_child(lines, child);
  return lines.all;
}

std::string value_of(const model::Endpoint& endpoint, const std::string& name) {
  const std::string all = "\n" + text_of(endpoint);
  const std::size_t at = all.find("\n" + name + " ");
  if (at == std::string::npos) return "not said";
  const std::size_t first = at + name.size() + 2;
  return all.substr(first, all.find('\n', first) - first);
}

}  // namespace world
}  // namespace tunnelscope::config::test
