// What a watch keeps of its sources. In: a byte that says where lines are cut, a byte for the limits, then text; the same bytes as a cursor.
// Must hold: however lines are cut and pieces packed, the journal gives the text back with its line numbers, before and after the database has
// been written and read again, and room that is short costs the oldest text alone. A cursor that is damaged is refused or begins anew, and
// one that is taken says of itself what it was.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "src/live/aws/ledger.hpp"
#include "src/live/database.hpp"
#include "src/live/journal.hpp"
#include "src/live/sources/kinds.hpp"

namespace {

using namespace tunnelscope;

void must(bool holds) {
  if (!holds) std::abort();
}

std::string all_of(input::ByteSource& source) {
  std::string text;
  std::array<char, 4096> some;
  while (const std::size_t got = source.read(some.data(), some.size())) text.append(some.data(), got);
  must(source.problem().empty());
  return text;
}

struct Kept {
  std::uint64_t first_line = 0;
  std::string text;
  bool operator==(const Kept&) const = default;
};

std::vector<Kept> kept_of(const live::Journal& journal) {
  std::vector<Kept> kept;
  for (input::OpenInput& input : journal.inputs()) {
    must(input.path == "fuzz");
    kept.push_back({input.first_line, all_of(*input.bytes)});
  }
  return kept;
}

std::uint64_t lines_in(std::string_view text) { return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')); }

// Whole lines, some at a time, each part cut once more as a step would cut it.
void write(live::Journal& journal, std::string_view text, std::size_t cut) {
  const std::string source = "fuzz";
  for (std::uint64_t line = 1; !text.empty();) {
    const std::size_t newline = text.find('\n', std::min(cut, text.size() - 1));
    live::Lines lines{std::string(text.substr(0, newline == std::string_view::npos ? newline : newline + 1)), line, line == 1};
    text.remove_prefix(lines.text.size());
    journal.begin_file(source, lines);
    live::JournalWriter writer(journal, source, lines);
    writer.saw(static_cast<diag::Time>(line));
    writer.up_to(line + cut % 7);
    writer.saw(static_cast<diag::Time>(line));
    writer.rest();
    line += lines_in(lines.text);
  }
}

void keeps_what_was_written(std::string_view text, std::size_t cut, std::uint64_t most_bytes) {
  auto database = live::Database::open("");
  must(database.has_value());
  database->begin();
  live::Journal journal(*database, {diag::kDay, most_bytes});
  journal.load();
  write(journal, text, cut);
  const std::vector<Kept> whole = kept_of(journal);
  must(text.empty() ? whole.empty() : whole == std::vector<Kept>{{1, std::string(text)}});

  journal.trim(0);
  const std::vector<Kept> rest = kept_of(journal);
  for (const Kept& part : rest)  // a table's header stays
    must(text.ends_with(part.text) || text.ends_with(std::string_view(part.text).substr(part.text.find('\n') + 1)));
  journal.save();
  must(database->commit().has_value());
  journal.saved();

  database->begin();
  live::Journal again(*database, {diag::kDay, most_bytes});
  again.load();
  must(kept_of(again) == rest);
  again.forget("fuzz");
  must(again.inputs().empty() && again.sources().empty());
  again.save();
  must(database->commit().has_value());
}

void takes_cursors(const std::string& cursor) {
  if (const auto ledger = live::EventLedger::from_cursor(cursor, diag::kDay)) {
    const std::string said = ledger->cursor();
    const auto same = live::EventLedger::from_cursor(said, diag::kDay);
    must(same && same->cursor().size() == said.size() && same->given() == ledger->given() && same->from() == ledger->from());
  }
  const auto source = live::make_file_source("/nonexistent/fuzz.log", cursor);
  must(source->poll(std::chrono::milliseconds(0), 4096).lines.empty());
  must(!source->cursor().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  takes_cursors(bytes);
  if (size < 2) return 0;
  keeps_what_was_written(std::string_view(bytes).substr(2), std::size_t{data[0]} * 8, (std::uint64_t{data[1]} + 1) * 64);
  return 0;
}
