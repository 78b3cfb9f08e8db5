// Random numbers that are the same on every machine and with every standard library (SplitMix64).
#pragma once
#include <cstdint>

namespace benchmark {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  // From 0 to limit - 1; the bias of the remainder is far below anything that is measured here.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  bool chance(double share) { return static_cast<double>(next() >> 11) * 0x1p-53 < share; }

 private:
  std::uint64_t state_;
};

}  // namespace benchmark
