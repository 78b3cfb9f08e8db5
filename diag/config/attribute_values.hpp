// The values of an endpoint as text, by name: what the conditions of configuration rules look at, and what their examples are
// written in. In: an endpoint; a name and a text. Out: its known values; the endpoint with that value.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/model.hpp"

namespace tunnelscope::diag::config {

// One word of a value: an algorithm of a proposal, an item of a list.
struct AttributeWord {
  std::string text;
  Where where;
  Origin origin = Origin::Stated;
};

struct AttributeValue {
  std::string name;                  // of attributes.hpp
  std::string text;                  // "3600", "off", "aes256-sha256-modp2048, aes128-sha1"
  std::vector<AttributeWord> words;  // of a value that has several; else the text alone
  std::optional<double> number;
  std::string_view unit;             // "s", "%", "bytes"; empty: none
  Where where;
  Origin origin = Origin::Stated;
};

// What is known, in the order of attributes.hpp, of every child in turn. Keys are left out: they have no text.
std::vector<AttributeValue> attribute_values(const Endpoint& endpoint);

// As attribute_values() writes them; "(default)" after a text makes it a default, "unknown" unknown. Sets values of the first
// child, which is there. "pre-shared-key", "vendor" and "replaced" ("on") are names too. False: no such name, or no such value.
bool set_attribute(Endpoint& endpoint, std::string_view name, std::string_view text, const Where& where);

}  // namespace tunnelscope::diag::config
