// How many different numbers there are in each of several lists, which are gone through one after the other.
// In: numbers, with a number of their list that is not 0. Out: whether each is new to its list, and how many are.
#pragma once
#include <cstdint>
#include <vector>

namespace tunnelscope::diag::session {

// `seen` is shared by all lists: it holds for each number the last list that had it.
class Distinct {
 public:
  Distinct(std::vector<std::uint32_t>& seen, std::uint32_t list) : seen_(&seen), list_(list) {}
  bool is_new(std::uint32_t number) {
    std::vector<std::uint32_t>& seen = *seen_;
    if (number >= seen.size()) seen.resize(number + std::size_t{1} + number / 2);
    if (seen[number] == list_) return false;
    seen[number] = list_;
    ++count_;
    return true;
  }
  // Text 0 says nothing.
  void see(std::uint32_t text) {
    if (text != 0) is_new(text);
  }
  std::size_t count() const { return count_; }

 private:
  std::vector<std::uint32_t>* seen_;
  std::uint32_t list_;
  std::size_t count_ = 0;
};

}  // namespace tunnelscope::diag::session
