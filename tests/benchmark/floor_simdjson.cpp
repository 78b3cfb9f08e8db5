// The floor: how fast can six fields of each line be read when nothing else is done? A bare simdjson on-demand loop,
// one thread, nothing kept. Any program that reads these records with this parser does at least this much.
//   benchmark_floor_simdjson FOLDER
// In: files of `<ISO time> {json}` lines. Out: the number of lines and a sum over all fields, so that none can be left out
// by the compiler. Files are read with read() into a buffer that stays in the cache; fields are asked for in the order in
// which they stand, which is the cheapest that on-demand parsing offers.
#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBuffer = 256 * 1024;  // measured: larger ones leave the second-level cache and are slower

struct Totals {
  std::uint64_t lines = 0, sum = 0;
};

class Floor {
 public:
  void read_file(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    if (file < 0) throw std::runtime_error(path.string() + " could not be opened");
    std::size_t filled = 0;
    while (true) {
      const ssize_t got = ::read(file, buffer_.data() + filled, kBuffer - filled);
      if (got < 0) throw std::runtime_error(path.string() + " could not be read");
      if (got == 0) break;
      filled = read_lines(filled + static_cast<std::size_t>(got));
    }
    ::close(file);
    if (filled != 0) throw std::runtime_error(path.string() + " ends within a line, or a line is too long");
  }

  const Totals& totals() const { return totals_; }

 private:
  // Reads the complete lines among the first `size` bytes, moves the rest to the front and says how long it is.
  std::size_t read_lines(std::size_t size) {
    char* at = buffer_.data();
    char* const end = at + size;
    while (char* const feed = static_cast<char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)))) {
      read_record(at, feed);
      at = feed + 1;
    }
    std::memmove(buffer_.data(), at, static_cast<std::size_t>(end - at));
    return static_cast<std::size_t>(end - at);
  }

  void read_record(char* begin, char* end) {
    char* const json = static_cast<char*>(std::memchr(begin, '{', static_cast<std::size_t>(end - begin)));
    if (json == nullptr) throw std::runtime_error("a line without a record");
    const auto size = static_cast<std::size_t>(end - json);
    auto document = parser_.iterate(simdjson::padded_string_view(json, size, size + simdjson::SIMDJSON_PADDING));
    simdjson::ondemand::object record = document.get_object();
    totals_.sum += record.find_field("event_timestamp").get_uint64().value();
    totals_.sum += text(record, "details");
    totals_.sum += record.find_field("dpd_enabled").get_bool().value();
    totals_.sum += record.find_field("nat_t_detected").get_bool().value();
    totals_.sum += text(record, "ike_phase1_state");
    totals_.sum += text(record, "ike_phase2_state");
    ++totals_.lines;
  }

  static std::uint64_t text(simdjson::ondemand::object& record, std::string_view key) {
    const std::string_view value = record.find_field(key).get_string();
    return value.size() + static_cast<unsigned char>(value.front());
  }

  simdjson::ondemand::parser parser_;
  std::vector<char> buffer_ = std::vector<char>(kBuffer + simdjson::SIMDJSON_PADDING);
  Totals totals_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: benchmark_floor_simdjson FOLDER\n";
    return 2;
  }
  try {
    Floor floor;
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(argv[1])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& path : files) floor.read_file(path);
    std::cout << floor.totals().lines << " lines, sum " << floor.totals().sum << "\n";
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
}
