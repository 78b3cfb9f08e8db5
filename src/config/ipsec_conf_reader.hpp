// ipsec.conf in either dialect. In: the file, what surrounds it, how the dialect reads a connection. Out: the configuration, its
// connections merged and given their keys.
#pragma once
#include <string_view>
#include <vector>

#include "src/config/ipsec_conf_syntax.hpp"
#include "src/config/ipsec_secrets.hpp"

namespace tunnelscope::config {

struct IpsecConfDialect {
  const std::vector<Synonym>& synonyms;
  std::vector<std::string_view> policies;  // values of `type` of connections that let traffic pass or drop it, and are no tunnels
  model::Endpoint (*read_connection)(Section section, std::vector<Problem>& problems);
  // Which stages of a connection are not judged for sure although all of it was read.
  std::vector<model::Reservation> (*beyond_judgement)(const Section& section);
  SecretsDialect secrets;
  // What `config setup` says of every connection; nullptr: nothing.
  void (*heed_setup)(const Section& setup, model::Endpoint& endpoint) = nullptr;
};
std::vector<model::Configuration> read_connections(const Content& content, const Surroundings& around, const Kind& kind,
                                                   const IpsecConfDialect& dialect);

}  // namespace tunnelscope::config
