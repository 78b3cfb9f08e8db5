// The syntax of ipsec.conf, the same for strongSwan and Libreswan: `config setup`, `conn NAME` with indented settings, `conn %default`,
// `also=`, `include`. In: a file and whoever resolves its includes. Out: one section per connection, with all that holds for it.
#pragma once
#include "src/config/readers.hpp"
#include "src/config/settings.hpp"

namespace tunnelscope::config {

struct IpsecConf {
  Section setup;
  std::vector<Section> connections;  // without %default and without those that only others refer to (`also=`)
};

// A setting that has two names.
struct Synonym {
  std::string_view written, meant;
};

IpsecConf read_ipsec_conf(const Source& source, const Include& include, const std::vector<Synonym>& synonyms,
                          std::vector<Problem>& problems);

// strongSwan, Libreswan, or neither: by the settings that only one of them has. With as many of both, or none, it may be either's.
enum class IpsecDialect : std::uint8_t { None, StrongSwan, Libreswan, Either };
IpsecDialect dialect_of(std::string_view text);

}  // namespace tunnelscope::config
