// Pre-shared keys that configurations hold, taken out of texts in which they stand although they do not belong there.
// In: configurations, then texts. Out: the texts with every key replaced, and its shape too (diag::shape_of), whose digits are masked.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/model.hpp"

namespace tunnelscope::app {

class KnownKeys {
 public:
  // Keys of less than eight bytes are left out: they are none of AWS's, and would be found in words.
  void add(const diag::config::Endpoint& end);
  bool any() const { return !keys_.empty(); }
  void hide(std::string& text, std::string_view shown) const;

 private:
  void keep(diag::config::Secret key);
  bool may_hold_one(std::string_view text) const;

  std::set<diag::config::Secret> known_;
  std::vector<diag::config::Secret> keys_;  // and shapes of keys, each once
  std::vector<bool> beginnings_;            // by a hash of how they begin
};

KnownKeys keys_in(const std::vector<diag::config::Configuration>& configurations);

}  // namespace tunnelscope::app
