// What the generator writes: one stream of log lines a file, each line later than the one before.
// In: the kind of log, the number of the stream, a seed. Out: the file's name and, call by call, its next line.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "random.hpp"

namespace benchmark {

struct Settings {
  std::string kind = "ike";
  std::uint64_t records = 0, seed = 1, streams = 0;  // 0 streams: as many as the kind usually has
  std::uint64_t spacing_s = 1;                       // seconds between two records of a stream
  bool routine_only = false;                         // IKE: neither rekeys nor outages
  bool bare = false;                                 // without the time in front, for peers that cannot read past it
};

class Stream {
 public:
  Stream(const Settings& settings, std::uint64_t number);
  virtual ~Stream() = default;

  virtual std::string file_name() const = 0;
  virtual std::string header() const { return {}; }  // what stands before the first line
  virtual void append_line(std::string& out) = 0;    // with its line feed

 protected:
  void advance();          // to the next record's time
  void retreat();          // the same backwards, for logs that are newest first
  void append_iso(std::string& out, std::int64_t ms) const;  // 2026-03-02T08:00:00.123Z
  std::string id(std::size_t digits);                        // random hexadecimal digits

  const Settings& settings_;
  const std::uint64_t number_;
  Random random_;
  std::int64_t ms_;  // the time of the current record, milliseconds since 1970
};

std::unique_ptr<Stream> make_ike(const Settings&, std::uint64_t number);
std::unique_ptr<Stream> make_client_vpn(const Settings&, std::uint64_t number);
std::unique_ptr<Stream> make_cloudconnexa(const Settings&, std::uint64_t number);
std::unique_ptr<Stream> make_pangolin(const Settings&, std::uint64_t number);  // pangolin-csv and pangolin-json
std::unique_ptr<Stream> make_twingate(const Settings&, std::uint64_t number);

}  // namespace benchmark
