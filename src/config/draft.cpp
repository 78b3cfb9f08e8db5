#include "src/config/draft.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/config/byte_order_mark.hpp"

namespace tunnelscope::config {
namespace {

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// "3", "3,2", and for none the line before, "2,0".
std::string range(std::size_t first, std::size_t count) {
  if (count == 1) return fmt::format("{}", first);
  return fmt::format("{},{}", count == 0 ? first - 1 : first, count);
}

// `text`, which may be several lines, with the end that the line beside it has.
std::string ended_like(const std::string& beside, std::string text) {
  if (!beside.ends_with('\r')) return text;
  std::string all;
  for (const std::string& line : split_lines(text)) all += (all.empty() ? "" : "\n") + line + (line.ends_with('\r') ? "" : "\r");
  return all;
}

constexpr const char* kUnfit = "?";
constexpr const char* kNoNewline = "\n\\ No newline at end of file";  // how a diff says it of the line above

// What differs in one place: lines `first`.. of before, and of now.
struct Hunk {
  std::size_t first_old = 1, first_new = 1;
  std::vector<std::string> removed, added;

  bool empty() const { return removed.empty() && added.empty(); }
  std::string text() const {
    std::string all = fmt::format("@@ -{} +{} @@\n", range(first_old, removed.size()), range(first_new, added.size()));
    for (const std::string& line : removed) all += "-" + line + "\n";
    for (const std::string& line : added) all += "+" + line + "\n";
    return all;
  }
};

// Each line by itself: several may stand in the place of one.
std::vector<Draft::Line> one_by_one(const std::vector<Draft::Line>& lines) {
  std::vector<Draft::Line> all;
  for (const Draft::Line& line : lines) {
    std::vector<std::string> texts = line.text.empty() ? std::vector<std::string>{""} : split_lines(line.text);
    for (std::string& text : texts) all.push_back({std::move(text), line.number});
  }
  return all;
}

// kUnfit: a line that they would show is.
std::string hunks_of(const std::vector<std::string>& before, const std::vector<Draft::Line>& now, bool (*unfit)(const std::string& line)) {
  std::string all;
  Hunk hunk;
  std::size_t old_line = 1, at = 0;
  bool fit = true;
  const auto close = [&] {
    if (!hunk.empty()) all += hunk.text();
    for (const auto* lines : {&hunk.removed, &hunk.added}) fit = fit && std::none_of(lines->begin(), lines->end(), unfit);
    hunk = {old_line, at + 1, {}, {}};
  };
  while (old_line <= before.size() || at < now.size()) {
    const std::size_t number = at < now.size() ? now[at].number : before.size() + 1;
    if (number == old_line && now[at].text == before[old_line - 1]) {
      ++old_line, ++at;
      close();
      continue;
    }
    if (number > old_line || number == old_line) hunk.removed.push_back(before[old_line++ - 1]);
    if (number < old_line && at < now.size()) hunk.added.push_back(now[at++].text);
  }
  close();
  return fit ? all : kUnfit;
}

}  // namespace

Draft::Draft(const std::map<std::string, std::string>& texts) {
  for (const auto& [path, text] : texts) {
    File file;
    file.marked = text.starts_with(kByteOrderMark);
    file.before = split_lines(file.marked ? text.substr(kByteOrderMark.size()) : text);
    file.ends_with_newline = text.ends_with('\n');
    for (std::size_t i = 0; i < file.before.size(); ++i) file.now.push_back({file.before[i], i + 1});
    files_.emplace(path, std::move(file));
  }
}

std::vector<Draft::Line>::iterator Draft::find(File& file, std::size_t number) {
  return std::find_if(file.now.begin(), file.now.end(), [number](const Line& one) { return number > 0 && one.number == number; });
}

const std::string* Draft::line(const std::string& path, std::size_t number) const {
  const auto file = files_.find(path);
  if (file == files_.end() || number == 0) return nullptr;
  for (const Line& one : file->second.now)
    if (one.number == number) return &one.text;
  return nullptr;
}

std::size_t Draft::lines(const std::string& path) const {
  const auto file = files_.find(path);
  return file == files_.end() ? 0 : file->second.before.size();
}

const std::vector<Draft::Line>* Draft::all(const std::string& path) const {
  const auto file = files_.find(path);
  return file == files_.end() ? nullptr : &file->second.now;
}

bool Draft::replace(const std::string& path, std::size_t number, std::string text) {
  const auto file = files_.find(path);
  if (file == files_.end()) return false;
  const auto at = find(file->second, number);
  if (at == file->second.now.end()) return false;
  at->text = ended_like(at->text, std::move(text));
  return true;
}

bool Draft::insert_after(const std::string& path, std::size_t number, std::string text) {
  const auto file = files_.find(path);
  if (file == files_.end()) return false;
  auto at = find(file->second, number);
  if (at == file->second.now.end()) return false;
  text = ended_like(at->text, std::move(text));
  ++at;
  while (at != file->second.now.end() && at->number == 0) ++at;  // behind what was inserted before
  file->second.now.insert(at, {std::move(text), 0});
  return true;
}

bool Draft::remove(const std::string& path, std::size_t number) {
  const auto file = files_.find(path);
  if (file == files_.end()) return false;
  const auto at = find(file->second, number);
  if (at == file->second.now.end()) return false;
  file->second.now.erase(at);
  return true;
}

std::vector<Draft::Line> Draft::with_mark(const File& file) {
  std::vector<Line> lines = file.now;
  if (file.marked && !lines.empty()) lines.front().text.insert(0, kByteOrderMark);
  return lines;
}

std::map<std::string, std::string> Draft::texts() const {
  std::map<std::string, std::string> all;
  for (const auto& [path, file] : files_) {
    std::string& text = all[path];
    for (const Line& one : with_mark(file)) text += one.text + "\n";
    if (!file.ends_with_newline && !text.empty()) text.pop_back();
  }
  return all;
}

std::string Draft::diff(bool (*unfit)(const std::string& line)) const {
  std::string all;
  for (const auto& [path, file] : files_) {
    std::vector<std::string> before = file.before;
    if (file.marked && !before.empty()) before.front().insert(0, kByteOrderMark);
    std::vector<Line> now = one_by_one(with_mark(file));
    if (!file.ends_with_newline && !before.empty()) before.back() += kNoNewline;
    if (!file.ends_with_newline && !now.empty()) now.back().text += kNoNewline;
    const std::string hunks = hunks_of(before, now, unfit);
    if (hunks == kUnfit) return {};
    if (!hunks.empty()) all += fmt::format("--- a/{0}\n+++ b/{0}\n{1}", path, hunks);
  }
  return all;
}

}  // namespace tunnelscope::config
