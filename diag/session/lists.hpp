// Sessions or events in lists by the number of what they belong to, all in one piece of memory.
// In: a count, and what each of [0, count) belongs to. Out: the lists in the order in which they came up, each in rising order.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "diag/session/sessions.hpp"

namespace tunnelscope::diag::session {

class Lists {
 public:
  struct List {
    System system;
    std::uint32_t number;
    std::span<const std::uint32_t> items;
  };
  using Owner = std::optional<std::pair<System, std::uint32_t>>;  // empty: in no list

  template <class OwnerOf>
  Lists(std::size_t count, const OwnerOf& owner_of) {
    std::vector<std::uint32_t> list_of(count, kNone);
    for (std::uint32_t i = 0; i < count; ++i)
      if (const Owner owner = owner_of(i)) {
        list_of[i] = sizes_.take(owner->first, owner->second);
        ++sizes_.entries()[list_of[i]].value;
      }
    std::vector<std::uint32_t> ends;
    std::uint32_t end = 0;
    for (const auto& entry : sizes_.entries()) {
      ends.push_back(end);
      end += entry.value;
    }
    items_.resize(end);
    for (std::uint32_t i = 0; i < count; ++i)
      if (list_of[i] != kNone) items_[ends[list_of[i]]++] = i;
    for (std::size_t list = 0; list < ends.size(); ++list) {
      const auto& entry = sizes_.entries()[list];
      lists_.push_back({entry.system, entry.number, std::span(items_).subspan(ends[list] - entry.value, entry.value)});
    }
  }
  Lists(const Lists&) = delete;

  const std::vector<List>& all() const { return lists_; }
  std::span<const std::uint32_t> of(System system, std::uint32_t number) const {
    return sizes_.find(system, number) == nullptr ? std::span<const std::uint32_t>() : lists_[sizes_.place(system, number)].items;
  }

 private:
  ByNumber<std::uint32_t> sizes_;
  std::vector<std::uint32_t> items_;
  std::vector<List> lists_;
};

}  // namespace tunnelscope::diag::session
