// Parties that records have named lately, found again by their texts: what clients are called stands here side by side, so that
// looking one up touches two lines of the cache and no text of the pool.
// In: the texts of a party. Out: its number in SessionNames.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "diag/bytes.hpp"

namespace tunnelscope::diag {

class KnownParties {
 public:
  struct Texts {
    std::string_view user, device, address;
    bool is_connector = false;
  };

  // find_out() gives the number of a party that is not remembered.
  template <class FindOut>
  std::uint32_t number_of(const Texts& texts, const FindOut& find_out) {
    if (entries_.empty()) entries_.resize(kEntries);
    Entry& entry = entries_[place_of(texts)];
    if (!entry.is(texts)) {
      entry.number = find_out();
      entry.keep(texts);
    }
    return entry.number;
  }

 private:
  static constexpr std::size_t kPlaceBits = 12, kEntries = std::size_t{1} << kPlaceBits;

  struct alignas(64) Entry {
    std::uint32_t number = 0;
    std::array<std::uint8_t, 3> sizes{};
    bool is_connector = false, is_kept = false;
    std::array<char, 119> bytes;  // of the texts, one after the other

    bool is(const Texts& t) const {
      if (!is_kept || is_connector != t.is_connector) return false;
      if (sizes[0] != t.user.size() || sizes[1] != t.device.size() || sizes[2] != t.address.size()) return false;
      const char* const device = bytes.data() + sizes[0];
      return same_bytes(bytes.data(), t.user.data(), sizes[0]) && same_bytes(device, t.device.data(), sizes[1]) &&
             same_bytes(device + sizes[1], t.address.data(), sizes[2]);
    }
    // Unless there is no room for them.
    void keep(const Texts& t) {
      is_kept = t.user.size() + t.device.size() + t.address.size() <= bytes.size();
      if (!is_kept) return;
      is_connector = t.is_connector;
      char* at = bytes.data();
      for (std::size_t i = 0; const std::string_view text : {t.user, t.device, t.address}) {
        at += text.copy(at, text.size());
        sizes[i++] = static_cast<std::uint8_t>(text.size());
      }
    }
  };
  static_assert(sizeof(Entry) == 128);

  static std::size_t place_of(const Texts& t) {
    const Ends user = ends_of(t.user), device = ends_of(t.device), address = ends_of(t.address);
    const std::uint64_t sum = user.first * 0x9E3779B97F4A7C15ULL + user.last * 0xC2B2AE3D27D4EB4FULL +
                              device.first * 0x165667B19E3779F9ULL + device.last * 0xFF51AFD7ED558CCDULL +
                              address.first * 0xD6E8FEB86659FD93ULL + address.last * 0xC4CEB9FE1A85EC53ULL;
    return sum >> (64 - kPlaceBits);
  }

  std::vector<Entry> entries_;  // none before the first party
};

}  // namespace tunnelscope::diag
