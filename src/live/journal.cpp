// Lines wait in an open piece for each source; a piece that has grown is packed and closed. The database has a row a piece.
#include "src/live/journal.hpp"

#include <isa-l.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "src/input/containers/csv.hpp"

namespace tunnelscope::live {
namespace {

constexpr std::size_t kPiece = 16 << 10;  // bytes of text, from which a piece is closed; until then it is written anew with each line
constexpr std::size_t kLongestHeader = 64 << 10;

std::string gzip_of(const std::string& text) {
  std::string packed(text.size() + text.size() / 64 + 1024, '\0');
  std::vector<std::uint8_t> level(ISAL_DEF_LVL1_DEFAULT);
  isal_zstream stream{};
  isal_deflate_stateless_init(&stream);
  stream.level = 1;
  stream.level_buf = level.data();
  stream.level_buf_size = static_cast<std::uint32_t>(level.size());
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<std::uint32_t>(text.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(packed.data());
  stream.avail_out = static_cast<std::uint32_t>(packed.size());
  if (isal_deflate_stateless(&stream) != COMP_OK) return {};
  packed.resize(packed.size() - stream.avail_out);
  packed.shrink_to_fit();
  return packed;
}

// The first line of a file, when it heads a table.
std::string header_in(std::string_view text) {
  const std::string_view line = text.substr(0, std::min(text.find('\n'), kLongestHeader));
  return input::CsvTable::of_header(line) ? std::string(line) + '\n' : std::string();
}

// Several texts as one, each plain or a gzip member.
class TextsSource : public input::ByteSource {
 public:
  struct Text {
    std::string_view bytes;
    bool packed;
  };
  explicit TextsSource(std::vector<Text> texts) : texts_(std::move(texts)) {}

  std::size_t read(char* to, std::size_t size) override {
    for (;;) {
      if (!current_ && !open_next()) return 0;
      if (const std::size_t got = current_->read(to, size); got > 0) return got;
      if (problem_.empty()) problem_ = current_->problem();
      current_.reset();
    }
  }
  std::string problem() const override { return problem_; }

 private:
  bool open_next() {
    if (next_ == texts_.size()) return false;
    const Text& text = texts_[next_++];
    current_ = input::memory_source(text.bytes);
    if (text.packed) current_ = input::decoded(std::move(current_));
    return true;
  }

  std::vector<Text> texts_;
  std::size_t next_ = 0;
  std::unique_ptr<input::ByteSource> current_;
  std::string problem_;
};

}  // namespace

void Journal::load() {
  database_.run(
      "CREATE TABLE IF NOT EXISTS piece(id INTEGER PRIMARY KEY, source TEXT NOT NULL, first_line INTEGER NOT NULL, records INTEGER NOT NULL,"
      " newest INTEGER NOT NULL, new_file INTEGER NOT NULL, packed INTEGER NOT NULL, text BLOB NOT NULL) STRICT;"
      "CREATE TABLE IF NOT EXISTS header(source TEXT PRIMARY KEY, line TEXT NOT NULL) STRICT;");
  Statement rows = database_.prepare("SELECT id, source, first_line, records, newest, new_file, packed, text FROM piece ORDER BY id");
  while (rows.step()) {
    Piece piece{rows.integer(0), rows.text(1), static_cast<std::uint64_t>(rows.integer(2)), static_cast<std::uint64_t>(rows.integer(3)),
                rows.integer(4), rows.integer(5) != 0, rows.integer(6) != 0, true, rows.text(7), false};
    next_id_ = piece.id + 1;
    bytes_ += piece.text.size();
    pieces_.push_back(std::move(piece));
  }
  Statement headers = database_.prepare("SELECT source, line FROM header");
  while (headers.step()) headers_.emplace_back(headers.text(0), headers.text(1));
}

Journal::Piece* Journal::open_piece(const std::string& source) {
  const auto last = std::find_if(pieces_.rbegin(), pieces_.rend(), [&](const Piece& p) { return p.source == source; });
  return last == pieces_.rend() || last->packed ? nullptr : &*last;
}

void Journal::begin_file(const std::string& source, const Lines& lines) {
  if (!lines.new_file) return;
  std::erase_if(headers_, [&](const auto& h) { return h.first == source; });
  if (std::string header = header_in(lines.text); !header.empty()) headers_.emplace_back(source, std::move(header));
  if (Piece* const before = open_piece(source)) pack(*before);
  new_files_.push_back(source);
}

void Journal::append(const std::string& source, std::string_view text, std::uint64_t first_line, diag::Time newest, std::uint64_t records) {
  Piece* piece = open_piece(source);
  if (piece == nullptr) {
    const bool new_file = std::erase(new_files_, source) > 0;
    pieces_.push_back({next_id_++, source, first_line, 0, diag::kNoTime, new_file, false, false, {}, false});
    piece = &pieces_.back();
  }
  piece->text += text;
  piece->newest = std::max(piece->newest, newest);
  piece->records += records;
  piece->saved = false;
  bytes_ += text.size();
  if (piece->text.size() >= kPiece) pack(*piece);
}

std::string Journal::header_of(const std::string& source) const {
  const auto known = std::find_if(headers_.begin(), headers_.end(), [&](const auto& h) { return h.first == source; });
  return known == headers_.end() ? std::string() : known->second;
}

void JournalWriter::up_to(std::uint64_t line) {
  std::size_t end = from_;
  for (std::uint64_t at = line_; at < line && end < lines_.text.size(); ++at) {
    const std::size_t newline = lines_.text.find('\n', end);
    end = newline == std::string::npos ? lines_.text.size() : newline + 1;
  }
  append(end);
  line_ = std::max(line_, line);
}

void JournalWriter::append(std::size_t end) {
  if (end > from_) journal_.append(source_, std::string_view(lines_.text).substr(from_, end - from_), line_, newest_, records_);
  from_ = std::max(from_, end);
  newest_ = diag::kNoTime;
  records_ = 0;
}

void Journal::pack(Piece& piece) {
  std::string packed = gzip_of(piece.text);
  piece.packed = true;
  piece.saved = false;
  if (packed.empty() || packed.size() >= piece.text.size()) packed = piece.text;  // decoded() takes plain text as it is
  bytes_ += packed.size();
  bytes_ -= piece.text.size();
  piece.text = std::move(packed);
}

std::vector<Journal::Queue> Journal::queues() {
  std::vector<Queue> queues;
  for (Piece& piece : pieces_) {
    auto queue = std::find_if(queues.begin(), queues.end(), [&](const Queue& q) { return q.pieces[0]->source == piece.source; });
    if (queue == queues.end()) queue = queues.insert(queues.end(), Queue{});
    queue->pieces.push_back(&piece);
  }
  return queues;
}

diag::Time Journal::Queue::age() const {
  const auto dated = std::find_if(pieces.begin() + next, pieces.end(), [](const Piece* piece) { return piece->newest != diag::kNoTime; });
  return dated == pieces.end() ? diag::kNoTime : (*dated)->newest;
}

void Journal::drop(Queue& queue) {
  Piece& piece = *queue.pieces[static_cast<std::size_t>(queue.next++)];
  piece.gone = true;
  dropped_.push_back(piece.id);
  bytes_ -= piece.text.size();
}

// Only the first piece of a source may go, or the numbers of its lines would be lost. For want of room that of the source whose records are the
// oldest goes: an old log that is added late must not drive out the present of another.
std::uint64_t Journal::trim(diag::Time now) {
  std::vector<Queue> queues = this->queues();
  std::size_t left = pieces_.size();
  for (Queue& queue : queues) {
    for (; !queue.empty() && queue.first().packed && queue.age() != diag::kNoTime && queue.age() < now - limits_.horizon; --left) drop(queue);
  }
  std::uint64_t lost = 0;
  for (; bytes_ > limits_.most_bytes && left > 1; --left) {
    std::erase_if(queues, [](const Queue& queue) { return queue.empty(); });
    Queue& oldest = *std::min_element(queues.begin(), queues.end(), [](const Queue& a, const Queue& b) { return a.age() < b.age(); });
    lost += oldest.first().records;
    drop(oldest);
  }
  if (left < pieces_.size()) std::erase_if(pieces_, [](const Piece& piece) { return piece.gone; });
  return lost;
}

void Journal::forget(const std::string& source) {
  std::erase_if(pieces_, [&](const Piece& piece) {
    if (piece.source != source) return false;
    dropped_.push_back(piece.id);
    bytes_ -= piece.text.size();
    return true;
  });
  std::erase_if(headers_, [&](const auto& h) { return h.first == source; });
  std::erase(new_files_, source);
}

std::vector<std::string> Journal::sources() const {
  std::vector<std::string> names;
  for (const Piece& piece : pieces_)
    if (std::find(names.begin(), names.end(), piece.source) == names.end()) names.push_back(piece.source);
  return names;
}

void Journal::save() {
  for (const std::int64_t id : dropped_) database_.prepare("DELETE FROM piece WHERE id = ?").bind(id).run();
  for (const Piece& piece : pieces_) {
    if (piece.saved) continue;
    database_.prepare("INSERT OR REPLACE INTO piece VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(piece.id).bind(piece.source).bind(static_cast<std::int64_t>(piece.first_line)).bind(static_cast<std::int64_t>(piece.records))
        .bind(piece.newest).bind(std::int64_t{piece.new_file}).bind(std::int64_t{piece.packed}).bind_blob(piece.text)
        .run();
  }
  database_.run("DELETE FROM header");
  for (const auto& [source, line] : headers_)
    database_.prepare("INSERT INTO header VALUES (?, ?)").bind(std::string_view(source)).bind(std::string_view(line)).run();
}

void Journal::saved() {
  dropped_.clear();
  for (Piece& piece : pieces_) piece.saved = true;
}

std::vector<Journal::Run> Journal::runs() const {
  std::vector<Run> runs;
  std::vector<std::pair<std::string_view, std::size_t>> of_source;  // the run that a source is in
  for (const Piece& piece : pieces_) {
    const auto known = std::find_if(of_source.begin(), of_source.end(), [&](const auto& s) { return s.first == piece.source; });
    if (known != of_source.end() && !piece.new_file) {
      runs[known->second].pieces.push_back(&piece);
      continue;
    }
    if (known != of_source.end()) of_source.erase(known);
    of_source.emplace_back(piece.source, runs.size());
    runs.push_back({{&piece}, nullptr});
  }
  // The header of a source's present file, where its beginning has gone.
  for (const auto& [source, header] : headers_) {
    const auto known = std::find_if(of_source.begin(), of_source.end(), [&](const auto& s) { return s.first == source; });
    if (known != of_source.end() && !runs[known->second].pieces[0]->new_file) runs[known->second].header = &header;
  }
  return runs;
}

std::vector<input::OpenInput> Journal::inputs(const std::vector<std::string>& without) const {
  std::vector<input::OpenInput> inputs;
  for (const Run& run : runs()) {
    const Piece& first = *run.pieces[0];
    if (std::find(without.begin(), without.end(), first.source) != without.end()) continue;
    std::vector<TextsSource::Text> texts;
    if (run.header != nullptr) texts.push_back({*run.header, false});
    for (const Piece* piece : run.pieces) texts.push_back({piece->text, piece->packed});
    inputs.push_back({first.source, first.first_line - (run.header != nullptr ? 1 : 0), first.newest,
                      std::make_unique<TextsSource>(std::move(texts))});
  }
  return inputs;
}

}  // namespace tunnelscope::live
