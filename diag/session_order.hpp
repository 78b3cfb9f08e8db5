// The order in which session records count: by time; where no time tells them apart, by what they are, so that the order of inputs
// does not show. Lines of one log and one moment stand as they were written.
// In: events as they were read, and what they name. Out: their numbers in order, of identical records one.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "diag/chunked.hpp"
#include "diag/session_event.hpp"
#include "diag/text_pool.hpp"

namespace tunnelscope::diag {

struct UnorderedSessions {
  const Chunked<SessionEvent>& events;
  const std::vector<Time>& times_as_said;       // of the events, before years were filled in; none where all state theirs
  const std::vector<std::string_view>& paths;   // of the inputs
  const SessionNames& names;
  const TextPool& texts;
};
std::vector<std::uint32_t> order_of(const UnorderedSessions& sessions);

}  // namespace tunnelscope::diag
