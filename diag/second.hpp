// The records of one second of one tunnel, put in order and each once.
// In: all that arrived with this second, from any inputs. Out: the same in the order in which they happened, as well as
// that can be told: by the finest time that any copy of a record has, then as they stand in the inputs.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "diag/arrivals.hpp"

namespace tunnelscope::diag {

// How inputs stand to each other, as Place numbers them.
struct InputOrder {
  std::vector<std::uint32_t> rank;  // by path, then by number
  std::vector<bool> newest_first;
};

// Returns how many duplicates it dropped. An empty order: all are of one input that stands oldest first.
std::size_t put_in_order(std::vector<Arrival>& second, const Phrases& phrases, const InputOrder& inputs);

}  // namespace tunnelscope::diag
