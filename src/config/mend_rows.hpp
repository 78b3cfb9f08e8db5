// The writers of mend.hpp, one per family of languages. In: a change at an end. Out: the ways to write it; none: no words are known.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "src/config/mend.hpp"

namespace tunnelscope::config {

namespace model = diag::config;

struct Mending {
  const model::Endpoint& end;
  const model::Change& change;
  const Draft& before;
};

std::vector<Edit> mend_swanctl(const Mending& mending);
std::vector<Edit> mend_ipsec_conf(const Mending& mending);  // of strongSwan and of Libreswan
std::vector<Edit> mend_cisco_ios(const Mending& mending);
std::vector<Edit> mend_juniper(const Mending& mending);
std::vector<Edit> mend_aws(const Mending& mending);
std::vector<Edit> mend_neutral(const Mending& mending);

// Building blocks.

// "14" of "modp2048"; empty: it is no group.
std::string group_number(std::string_view id);
// What a canonical proposal consists of: "aes256|aes128-sha256-modp2048" with the first of each type.
struct Suite {
  std::string encryption, integrity, prf, group;
  bool aead = false;
};
Suite suite_of(const std::string& proposal);
// Of "more than 3240 s": a lifetime that leaves room for a rekey; each a possibility. Empty: it is no such text.
std::vector<std::string> longer_lifetimes(const std::string& new_value);
std::size_t indent_of(const std::string& line);
// Of "bgp with neighbour 169.254.12.1 in AS 64512 from AS 65010"; empty: it is no such text.
struct BgpSession {
  std::string neighbour, peer_asn, own_asn;
};
std::optional<BgpSession> session_of(const std::string& new_value);

// The value that begins at a column of a line (1-based, within its quotation marks if it has some), up to what ends it.
struct Extent {
  std::size_t first = 0, last = 0;  // of bytes, `last` behind it
};
std::optional<Extent> value_at(const std::string& line, std::size_t column, std::string_view ends_by);
// That value, replaced.
Edit replacing(const model::Where& where, std::string value, std::string ends_by);
// The one place of `word` in the line, as a whole word behind the name of the setting, replaced by `value`.
Edit replacing_word(const model::Where& where, std::string word, std::string value);

}  // namespace tunnelscope::config
