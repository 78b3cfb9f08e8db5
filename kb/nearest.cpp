// "Did you mean": the candidate with the fewest typing slips (insert, drop, replace, swap neighbours).
#include <algorithm>
#include <cctype>
#include <numeric>

#include "kb/loader.hpp"

namespace tunnelscope::kb {
namespace {

constexpr std::size_t kMaxWord = 100;

std::string folded(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = c == '_' || c == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::size_t slips(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kMaxWord) return {};
  const std::string wanted = folded(word);
  const std::string* best = nullptr;
  std::size_t fewest = wanted.size() / 3 + 1;  // more slips than this is another word
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kMaxWord) continue;
    const std::size_t count = slips(wanted, folded(candidate));
    if (count < fewest || (count == fewest && best == nullptr && wanted.size() > 3)) {
      best = &candidate;
      fewest = count;
    }
  }
  return best == nullptr ? std::string() : *best;
}

}  // namespace tunnelscope::kb
