#include "diag_config_ends.hpp"

namespace tunnelscope::diag::config::test {
namespace {

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = std::min(text.find(at), text.size());
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (!part.empty()) parts.emplace_back(part);
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

Endpoint end(Side side, const char* own, const char* peer, const char* inside, const char* peers_inside) {
  const std::string path = std::string(name(side)) + ".conf";
  std::size_t line = 0;
  const auto say = [&](auto value) { return stated(std::move(value), path, ++line); };
  Endpoint e;
  e.name = std::string(name(side));
  e.where = {path, 1, 1};
  e.side = side;
  e.vendor = Vendor::StrongSwan;
  e.local_addresses = say(addresses(own));
  e.remote_addresses = say(addresses(peer));
  e.accepts = say(Versions{false, true});
  e.initiates = say(Versions{false, true});
  e.accepts_modes = say(Modes{true, false});
  e.initiates_modes = say(Modes{true, false});
  e.proposals = say(proposals("aes256-sha256-modp2048"));
  e.local_authentication = e.remote_authentication = say(Authentication::PreSharedKey);
  e.local_identity = say(identity_of(own));
  e.remote_identity = say(identity_of(peer));
  e.keys = say(std::vector{key("lab-psk-Zk3x9QmT7r")});
  e.lifetime = lifetime(27720, 28800);
  e.reauthenticates = e.make_before_break = say(false);
  e.dpd.enabled = say(false);
  e.dpd.action = say(DownAction::Clear);
  e.start = say(StartAction::Wait);
  e.close = say(DownAction::None);
  Child child;
  child.name = "t1";
  child.where = {path, 30, 1};
  child.protocol = say(SecurityProtocol::Esp);
  child.mode = say(ChildMode::Tunnel);
  child.proposals = say(proposals("aes256-sha256-modp2048"));
  child.local = say(selectors(inside));
  child.remote = say(selectors(peers_inside));
  child.lifetime = lifetime(2520, 3600);
  e.children = {child};
  return e;
}

std::string line_of(const StageVerdict& stage) {
  std::string line = std::string(name(stage.stage)) + " " + std::string(name(stage.verdict));
  for (const std::string& word : {stage.cause, stage.attribute})
    if (!word.empty()) line += " " + word;
  if (!stage.cloud.value.empty() || !stage.gateway.value.empty()) line += " " + stage.cloud.value + " / " + stage.gateway.value;
  if (stage.direction) line += " " + std::string(name(*stage.direction));
  return line + "\n";
}

std::string lines_of(const std::vector<Change>& changes) {
  std::string lines;
  for (const Change& change : changes)
    lines += std::string(name(change.side)) + " " + change.attribute +
             (change.secret ? "" : ": " + change.old_value + " -> " + change.new_value) + "\n";
  return lines;
}

}  // namespace

Proposals proposals(std::string_view text) {
  Proposals all;
  for (const std::string& one : split(text, ',')) {
    Proposal proposal;
    for (const std::string& types : split(one, '-'))
      for (const std::string& word : split(types, '|'))
        if (const AlgorithmRef known = algorithm(word))
          proposal.add(known, {});
        else
          proposal.unrecognised.push_back(word);
    all.push_back(proposal);
  }
  return all;
}

Addresses addresses(std::string_view text) {
  Addresses all;
  for (const std::string& one : split(text, ',')) {
    if (one == "%any") all.any = true;
    else if (const auto numbers = parse_range(one)) all.ranges.push_back(*numbers);
    else all.names.push_back(one);
  }
  return all;
}

Selectors selectors(std::string_view text) {
  Selectors all;
  for (const std::string& one : split(text, ',')) all.push_back({range(one), 0, 0, 65535});
  return all;
}

IpAddress address(std::string_view text) { return parse_address(text).value(); }
AddressRange range(std::string_view text) { return parse_range(text).value(); }

Key key(std::string secret, std::vector<std::string> owners) {
  Key made{stated(Secret(std::move(secret)), "secrets", 1), {}, {"secrets", 1, 1}};
  for (const std::string& owner : owners) made.owners.push_back(identity_of(owner));
  return made;
}

Lifetime lifetime(int rekey_s, int hard_s) {
  Lifetime made;
  made.rekeys = stated(rekey_s != 0);
  made.hard = stated(Seconds(hard_s));
  if (rekey_s) made.earliest_rekey = made.latest_rekey = stated(Seconds(rekey_s));
  return made;
}

Ends healthy() {
  return {end(Side::Cloud, "203.0.113.10", "198.51.100.20", "10.10.0.0/16", "192.168.50.0/24"),
          end(Side::Gateway, "198.51.100.20", "203.0.113.10", "192.168.50.0/24", "10.10.0.0/16")};
}

Versions only(Version version) { return {version == Version::Ikev1, version == Version::Ikev2}; }

Ends healthy(Version version) {
  Ends ends = healthy();
  for (Endpoint* one : {&ends.cloud, &ends.gateway}) one->accepts = one->initiates = stated(only(version));
  return ends;
}

std::string text_of(const TunnelVerdict& tunnel) {
  std::string lines;
  for (const StageVerdict& stage : tunnel.stages)
    if (stage.verdict != Verdict::Agrees) lines += line_of(stage);
  return lines.empty() ? "agrees\n" : lines;
}

std::string repair_of(const TunnelVerdict& tunnel) {
  for (const StageVerdict& stage : tunnel.stages)
    if (stage.verdict == Verdict::Fails) return lines_of(stage.repair.at_cloud) + lines_of(stage.repair.at_gateway);
  return {};
}

const StageVerdict& stage_of(const TunnelVerdict& tunnel, Stage stage) { return tunnel.stages[static_cast<std::size_t>(stage)]; }

}  // namespace tunnelscope::diag::config::test
