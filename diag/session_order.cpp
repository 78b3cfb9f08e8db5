// Events are sorted by numbers beside them: they are big, and asking them would leap through memory.
#include "diag/session_order.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <span>
#include <tuple>

#include "diag/radix.hpp"
#include "diag/session_identities.hpp"

namespace tunnelscope::diag {
namespace {

// What tells a record from others of its time.
struct Twin {
  Happening happening;
  std::uint64_t identity;
  std::uint32_t event;
};

// Number: wide enough for the time from the first record to the last.
template <class Number>
class Order {
 public:
  Order(const UnorderedSessions& sessions, Time first) : sessions_(sessions) {
    by_time_.reserve(sessions.events.size());
    happenings_.reserve(sessions.events.size());
    for (const SessionEvent& e : sessions.events) {
      by_time_.push_back({static_cast<Number>(static_cast<std::uint64_t>(e.time) - static_cast<std::uint64_t>(first)), next_++});
      happenings_.push_back(e.happening);
    }
  }

  void sort(std::uint64_t span) { sort_numbered(by_time_, span); }

  std::vector<std::uint32_t> written() {
    list_identities();
    std::vector<std::uint32_t> list;
    list.reserve(by_time_.size());
    for (std::size_t from = 0, to = 0; from < by_time_.size(); from = to) {
      to = end_of_moment(from);
      if (to - from == 1) list.push_back(by_time_[from].place);
      else write_moment(std::span(by_time_).subspan(from, to - from), list);
    }
    return list;
  }

 private:
  std::size_t end_of_moment(std::size_t from) const {
    std::size_t to = from + 1;
    while (to < by_time_.size() && by_time_[to].number == by_time_[from].number) ++to;
    return to;
  }

  // Of events that have the time of another; what the others have here was never written. In the order in which they were read,
  // which is that of their memory.
  void list_identities() {
    std::vector<bool> shared(by_time_.size());
    bool any = false;
    for (std::size_t i = 1; i < by_time_.size(); ++i)
      if (by_time_[i].number == by_time_[i - 1].number) shared[by_time_[i].place] = shared[by_time_[i - 1].place] = any = true;
    if (!any) return;
    identities_ = std::make_unique_for_overwrite<std::uint64_t[]>(shared.size());
    SessionIdentities identities(sessions_.names, sessions_.texts);
    const auto time_said = [&](std::size_t i) { return sessions_.times_as_said.empty() ? sessions_.events[i].time : sessions_.times_as_said[i]; };
    for (std::size_t i = 0; i < shared.size(); ++i)
      if (shared[i]) identities_[i] = identities.of(sessions_.events[i], time_said(i));
  }

  void write_moment(std::span<const Numbered<Number>> moment, std::vector<std::uint32_t>& list) {
    twins_.clear();
    for (const Numbered<Number>& at : moment) twins_.push_back({happenings_[at.place], identities_[at.place], at.place});
    std::sort(twins_.begin(), twins_.end(), [&](const Twin& a, const Twin& b) {
      const auto rank = [](const Twin& twin) { return std::tie(twin.happening, twin.identity); };
      return rank(a) != rank(b) ? rank(a) < rank(b) : is_before(a, b);
    });
    const auto is_same = [](const Twin& a, const Twin& b) { return a.identity == b.identity; };
    twins_.erase(std::unique(twins_.begin(), twins_.end(), is_same), twins_.end());
    const auto messages_end = std::find_if(twins_.begin(), twins_.end(), [](const Twin& twin) { return twin.happening != Happening::Message; });
    std::stable_sort(twins_.begin(), messages_end, [&](const Twin& a, const Twin& b) { return is_before(a, b); });
    for (const Twin& twin : twins_) list.push_back(twin.event);
  }

  // As they were written.
  bool is_before(const Twin& x, const Twin& y) const {
    const Place a = sessions_.events[x.event].place, b = sessions_.events[y.event].place;
    if (a.input == b.input) return a.line < b.line;
    const std::string_view pa = sessions_.paths[a.input], pb = sessions_.paths[b.input];
    return pa != pb ? pa < pb : a.line < b.line;
  }

  const UnorderedSessions& sessions_;
  std::uint32_t next_ = 0;
  std::vector<Numbered<Number>> by_time_;
  std::vector<Happening> happenings_;               // by event, as are these
  std::unique_ptr<std::uint64_t[]> identities_;
  std::vector<Twin> twins_;                         // of one moment
};

template <class Number>
std::vector<std::uint32_t> order_within(const UnorderedSessions& sessions, Time first, std::uint64_t span, bool is_sorted) {
  Order<Number> order(sessions, first);
  if (!is_sorted) order.sort(span);
  return order.written();
}

}  // namespace

std::vector<std::uint32_t> order_of(const UnorderedSessions& sessions) {
  if (sessions.events.empty()) return {};
  Time first = sessions.events.front().time, last = first, before = first;
  bool is_sorted = true;
  for (const SessionEvent& e : sessions.events) {
    first = std::min(first, e.time);
    last = std::max(last, e.time);
    is_sorted = is_sorted && before <= e.time;
    before = e.time;
  }
  const std::uint64_t span = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
  const bool is_short = span <= std::numeric_limits<std::uint32_t>::max();
  return is_short ? order_within<std::uint32_t>(sessions, first, span, is_sorted)
                  : order_within<std::uint64_t>(sessions, first, span, is_sorted);
}

}  // namespace tunnelscope::diag
