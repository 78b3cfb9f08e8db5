#include "src/config/ipsec_conf_reader.hpp"

#include <algorithm>

#include "src/config/ipsec_conf_ends.hpp"
#include "src/config/key_text.hpp"

namespace tunnelscope::config {
namespace {

bool is_tunnel(const Section& section, const std::vector<std::string_view>& policies) {
  const Setting* type = section.find("type");
  return !type || std::find(policies.begin(), policies.end(), type->value.text) == policies.end();
}

model::Endpoint with_doubt(const Section& section, const IpsecConfDialect& dialect, std::vector<Problem>& problems) {
  const std::size_t before = problems.size();
  model::Endpoint endpoint = dialect.read_connection(section, problems);
  endpoint.doubt = doubt_since(problems, before);
  if (endpoint.doubt.empty()) endpoint.doubt = section.incomplete;
  endpoint.reservations = dialect.beyond_judgement(section);
  return endpoint;
}

}  // namespace

std::vector<model::Configuration> read_connections(const Content& content, const Surroundings& around, const Kind& kind,
                                                   const IpsecConfDialect& dialect) {
  model::Configuration all;
  all.path = content.path();
  all.kind = kind.name;
  all.side = kind.side;
  const IpsecConf file = read_ipsec_conf(content.source(), around.include, dialect.synonyms, all.problems);
  std::vector<model::Endpoint> connections;
  for (const Section& section : file.connections)
    if (is_tunnel(section, dialect.policies)) connections.push_back(with_doubt(section, dialect, all.problems));
  if (dialect.heed_setup)
    for (model::Endpoint& one : connections) dialect.heed_setup(file.setup, one);
  all.endpoints = merged(std::move(connections));
  give_keys(all.endpoints, read_ipsec_secrets(around, content.path(), dialect.secrets, all.problems));
  return {std::move(all)};
}

}  // namespace tunnelscope::config
