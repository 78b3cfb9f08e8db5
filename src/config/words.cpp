#include "src/config/words.hpp"

#include <algorithm>
#include <charconv>

#include "kb/text.hpp"

namespace tunnelscope::config {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kMostProblems = 1000;

Where moved(const Where& where, std::size_t columns) {
  Where there = where;
  if (there.line != 0) there.column += columns;
  return there;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string lower(std::string_view text) {
  std::string all(text);
  for (char& c : all)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return all;
}

std::vector<Word> split(const Word& list, char separator) {
  std::vector<Word> words;
  const std::string_view all = list.text;
  for (std::size_t at = 0; at <= all.size();) {
    const std::size_t end = std::min(all.find(separator, at), all.size());
    const std::string_view part = all.substr(at, end - at), word = trimmed(part);
    if (!word.empty()) words.push_back({std::string(word), moved(list.where, at + part.find_first_not_of(kSpace))});
    at = end + 1;
  }
  return words;
}

std::vector<Word> words_of(std::string_view line, const Where& where) {
  std::vector<Word> words;
  for (std::size_t at = line.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSpace, at), line.size());
    words.push_back({std::string(line.substr(at, end - at)), moved(where, at)});
    at = line.find_first_not_of(kSpace, end);
  }
  return words;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void report(std::vector<Problem>& problems, Where where, std::string reason, std::string hint) {
  if (problems.size() > kMostProblems) return;
  if (problems.size() == kMostProblems)
    problems.push_back({std::move(where), "more problems than are listed", "mend those above first"});
  else
    problems.push_back({std::move(where), std::move(reason), std::move(hint)});
}

void report_unread(std::vector<Problem>& problems, Where where, std::string reason, std::string hint) {
  report(problems, std::move(where), std::move(reason), std::move(hint));
  problems.back().fatal = true;
}

void report_note(std::vector<Problem>& problems, Where where, std::string reason, std::string hint) {
  const std::size_t before = problems.size();
  report(problems, std::move(where), std::move(reason), std::move(hint));
  if (problems.size() > before && problems.size() <= kMostProblems) problems.back().note = true;
}

std::string doubt_since(const std::vector<Problem>& problems, std::size_t before) {
  const auto first = problems.begin() + static_cast<std::ptrdiff_t>(std::min(before, problems.size()));
  const auto unread = std::find_if(first, problems.end(), [](const Problem& one) { return one.fatal; });
  if (unread == problems.end()) return {};
  return unread->where.precise_text() + ": " + unread->reason + (unread->hint.empty() ? "" : ", " + unread->hint);
}

void report_unknown_keyword(std::vector<Problem>& problems, const Where& where, std::string_view name,
                            const std::vector<std::string_view>& known) {
  const std::string hint = nearest_of(name, known);
  report_unread(problems, where, hint.empty() ? "unknown keyword" : "unknown keyword `" + std::string(name) + "`", hint);
}

std::string nearest_of(std::string_view word, const std::vector<std::string_view>& known) {
  return kb::did_you_mean(word, std::vector<std::string>(known.begin(), known.end()));
}

}  // namespace tunnelscope::config
