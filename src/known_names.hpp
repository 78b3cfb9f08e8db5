// Names that the records of a report state (users, devices, resources, sites), and what stands in their place.
// In: names, then texts. Out: where in a text one of them stands as a whole word, in any case of letters.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tunnelscope::app {

class KnownNames {
 public:
  // Of several replacements for a name the first stays. Names longer than kLongest are not kept.
  void add(std::string_view name, const std::string& replacement);
  const std::string* replacement_of(std::string_view name) const;  // null: not known

  struct Match {
    std::size_t length = 0;  // 0: none
    const std::string* replacement = nullptr;
  };
  // The longest that begins at `place`. Numbers of few digits and single letters are no match: a text has many of them.
  Match at(std::string_view text, std::size_t place) const;

  static constexpr std::size_t kLongest = 256;

 private:
  std::unordered_map<std::string, std::string> names_;                // by their text in lower case
  std::unordered_map<char, std::vector<std::size_t>> lengths_;        // of those that begin with a character, longest first
};

}  // namespace tunnelscope::app
