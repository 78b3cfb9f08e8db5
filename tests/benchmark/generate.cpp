// Writes the logs that the benchmark reads. The same arguments give the same bytes.
//   benchmark_generate --kind KIND --records N --out FOLDER [--seed N] [--streams N] [--spacing SECONDS]
//                      [--routine-only] [--bare]
// Out: a file a stream (a tunnel, an endpoint, a site) in FOLDER, and on standard output one JSON object:
// records (as a reader meets them), unique (without those that stand in two files), files, bytes.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "stream.hpp"

namespace benchmark {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWriteAt = 1 << 20;  // bytes that are collected before they are written

const std::vector<std::string> kKinds = {"ike",          "ike-shuffled", "ike-overlap",   "ike-one-file", "client-vpn",
                                         "cloudconnexa", "pangolin-csv", "pangolin-json", "twingate"};

std::uint64_t usual_streams(std::string_view kind) {
  if (kind == "ike-one-file") return 1;
  return kind.starts_with("ike") ? 200 : 8;
}

struct Written {
  std::uint64_t records = 0, unique = 0, files = 0, bytes = 0;
};

class File {
 public:
  File(const fs::path& path, Written& total) : path_(path), out_(path, std::ios::binary), total_(total) { ++total.files; }

  std::string& text() {
    if (text_.size() >= kWriteAt) write();
    return text_;
  }

  void finish() {
    write();
    out_.flush();
    if (!out_) throw std::runtime_error(fmt::format("{} could not be written", path_.string()));
  }

 private:
  void write() {
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    total_.bytes += text_.size();
    text_.clear();
  }

  const fs::path path_;
  std::ofstream out_;
  Written& total_;
  std::string text_;
};

std::unique_ptr<Stream> make_stream(const Settings& settings, std::uint64_t number) {
  if (settings.kind == "client-vpn") return make_client_vpn(settings, number);
  if (settings.kind == "cloudconnexa") return make_cloudconnexa(settings, number);
  if (settings.kind.starts_with("pangolin-")) return make_pangolin(settings, number);
  if (settings.kind == "twingate") return make_twingate(settings, number);
  return make_ike(settings, number);
}

void write_in_order(Stream& stream, std::uint64_t records, const fs::path& folder, Written& total) {
  File file(folder / stream.file_name(), total);
  file.text() += stream.header();
  for (std::uint64_t n = 0; n < records; ++n) stream.append_line(file.text());
  file.finish();
  total.records += records;
}

std::vector<std::string> lines_of(Stream& stream, std::uint64_t records) {
  std::vector<std::string> lines(records);
  for (std::string& line : lines) stream.append_line(line);
  return lines;
}

void write_lines(const std::vector<std::string>& lines, std::size_t begin, std::size_t end, const fs::path& path, Written& total) {
  File file(path, total);
  for (std::size_t n = begin; n < end; ++n) file.text() += lines[n];
  file.finish();
  total.records += end - begin;
}

void write_shuffled(Stream& stream, std::uint64_t records, std::uint64_t seed, const fs::path& folder, Written& total) {
  std::vector<std::string> lines = lines_of(stream, records);
  Random random(seed);
  for (std::size_t n = lines.size(); n > 1; --n) std::swap(lines[n - 1], lines[random.below(n)]);
  write_lines(lines, 0, lines.size(), folder / stream.file_name(), total);
}

// As two exports whose times overlap: the first two thirds in one folder, the last two thirds in another.
void write_overlapping(Stream& stream, std::uint64_t records, const fs::path& folder, Written& total) {
  const std::vector<std::string> lines = lines_of(stream, records);
  const std::size_t third = lines.size() / 3;
  fs::create_directories(folder / "first");
  fs::create_directories(folder / "second");
  write_lines(lines, 0, lines.size() - third, folder / "first" / stream.file_name(), total);
  write_lines(lines, third, lines.size(), folder / "second" / stream.file_name(), total);
}

Written write_all(const Settings& settings, const fs::path& folder) {
  fs::create_directories(folder);
  Written total;
  for (std::uint64_t number = 0; number < settings.streams; ++number) {
    const std::unique_ptr<Stream> stream = make_stream(settings, number);
    const std::uint64_t own = settings.records * (number + 1) / settings.streams - settings.records * number / settings.streams;
    if (settings.kind == "ike-shuffled") write_shuffled(*stream, own, settings.seed + number, folder, total);
    else if (settings.kind == "ike-overlap") write_overlapping(*stream, own, folder, total);
    else write_in_order(*stream, own, folder, total);
  }
  total.unique = settings.records;
  return total;
}

std::uint64_t number_of(std::string_view option, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::invalid_argument(fmt::format("{} {} is not a number", option, text));
  }
  return number;
}

struct CommandLine {
  Settings settings;
  fs::path folder;
};

CommandLine read_arguments(const std::vector<std::string>& arguments) {
  CommandLine line;
  for (std::size_t n = 0; n < arguments.size(); ++n) {
    const std::string& option = arguments[n];
    const auto value = [&] {
      if (++n == arguments.size()) throw std::invalid_argument(option + " needs a value");
      return arguments[n];
    };
    if (option == "--kind") line.settings.kind = value();
    else if (option == "--out") line.folder = value();
    else if (option == "--records") line.settings.records = number_of(option, value());
    else if (option == "--seed") line.settings.seed = number_of(option, value());
    else if (option == "--streams") line.settings.streams = number_of(option, value());
    else if (option == "--spacing") line.settings.spacing_s = number_of(option, value());
    else if (option == "--routine-only") line.settings.routine_only = true;
    else if (option == "--bare") line.settings.bare = true;
    else throw std::invalid_argument("there is no option " + option);
  }
  if (line.folder.empty() || line.settings.records == 0 || line.settings.spacing_s == 0) {
    throw std::invalid_argument("--out is missing, or --records or --spacing is 0");
  }
  if (std::find(kKinds.begin(), kKinds.end(), line.settings.kind) == kKinds.end()) {
    throw std::invalid_argument(fmt::format("--kind is one of {}", fmt::join(kKinds, ", ")));
  }
  if (line.settings.streams == 0) line.settings.streams = usual_streams(line.settings.kind);
  return line;
}

}  // namespace
}  // namespace benchmark

int main(int argc, char** argv) {
  try {
    const auto line = benchmark::read_arguments({argv + 1, argv + argc});
    const auto written = benchmark::write_all(line.settings, line.folder);
    fmt::print("{{\"records\": {}, \"unique\": {}, \"files\": {}, \"bytes\": {}}}\n", written.records, written.unique,
               written.files, written.bytes);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
