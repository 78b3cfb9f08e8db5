// ipsec.secrets of strongSwan and Libreswan. In: the files that were given. Out: the pre-shared keys with whom they are for. The other
// kinds of secrets are passed over.
#pragma once
#include <optional>

#include "diag/config/secret.hpp"
#include "src/config/readers.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config {

// How a dialect reads what it finds there.
struct SecretsDialect {
  std::optional<model::Identity> (*identity)(std::string_view text);  // of a selector; empty: it cannot be told what it stands for
  bool bare_text;  // an unquoted key without encoding is its own text; else an error
  bool any_case;   // of the kinds
};

// Unknown without files, and when an include of theirs could not be read. `asked_for` is the configuration that needs them.
Value<std::vector<model::Key>> read_ipsec_secrets(const Surroundings& around, const std::string& asked_for, const SecretsDialect& dialect,
                                                  std::vector<Problem>& problems);

}  // namespace tunnelscope::config
