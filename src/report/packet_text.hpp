// A letter in plain text, for forms that know no markup: wrapped to 78 columns, with a limit, for support desks cut what is longer. In:
// raw texts, which are made harmless here. Out: lines; parts that do not fit any more are left out as a whole, and counted.
#pragma once
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "src/report/page.hpp"

namespace tunnelscope::report {

class Letter {
 public:
  explicit Letter(std::size_t most_bytes = std::numeric_limits<std::size_t>::max()) : most_(most_bytes) {}

  void line(std::string_view raw);                              // wrapped
  void field(std::string_view name, std::string_view raw);      // "name: value"
  void item(std::string_view lead, std::string_view raw, int indent = 0);
  void verbatim(std::string_view raw, int indent);              // never wrapped
  void heading(std::string_view raw);
  void blank();

  // Writes a part into a letter of its own, and takes it over if it fits in with `reserve` bytes to spare.
  template <class Write>
  bool part(const Write& write, std::size_t reserve = 0) {
    Letter inner;
    write(inner);
    if (text_.size() + inner.text_.size() + reserve > most_) return false;
    text_ += inner.text_;
    return true;
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t most_;
};

}  // namespace tunnelscope::report
