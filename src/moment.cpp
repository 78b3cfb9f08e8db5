// Absolute forms are those of the logs themselves, read by the same code; shortened ISO forms are completed first.
#include "src/moment.hpp"

#include <array>
#include <cctype>
#include <string>
#include <utility>

#include "src/input/timestamps.hpp"

namespace tunnelscope::app {
namespace {

constexpr std::array<std::pair<char, diag::Duration>, 5> kUnits{{{'s', diag::kSecond},
                                                                 {'m', diag::kMinute},
                                                                 {'h', diag::kHour},
                                                                 {'d', diag::kDay},
                                                                 {'w', 7 * diag::kDay}}};
constexpr diag::Duration kMost = 100 * 366 * diag::kDay;

std::optional<diag::Duration> unit(char letter) {
  for (const auto& [name, duration] : kUnits) {
    if (name == letter) return duration;
  }
  return std::nullopt;
}

std::optional<diag::Duration> distance(std::string_view text) {
  diag::Duration total = 0;
  while (!text.empty()) {
    diag::Duration number = 0;
    std::size_t digits = 0;
    while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) != 0 && digits < 10) {
      number = number * 10 + (text[digits++] - '0');
    }
    if (digits == 0 || digits == text.size()) return std::nullopt;
    const auto scale = unit(text[digits]);
    if (!scale || number > kMost / *scale) return std::nullopt;
    total += number * *scale;
    text.remove_prefix(digits + 1);
  }
  return total <= kMost ? std::optional(total) : std::nullopt;
}

bool is_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ok = shape[i] == '0' ? std::isdigit(static_cast<unsigned char>(text[i])) != 0
                    : shape[i] == 'T' ? (text[i] == 'T' || text[i] == ' ') : text[i] == shape[i];
    if (!ok) return false;
  }
  return true;
}

// A day is its midnight; a minute is its first second.
std::string completed(std::string_view text) {
  if (is_shape(text, "0000-00-00")) return std::string(text) + "T00:00:00";
  if (text.size() >= 16 && is_shape(text.substr(0, 16), "0000-00-00T00:00") && (text.size() == 16 || text[16] != ':')) {
    return std::string(text.substr(0, 16)) + ":00" + std::string(text.substr(16));
  }
  return std::string(text);
}

}  // namespace

std::optional<Moment> moment_of(std::string_view text) {
  if (text == "now") return Moment{Moment::Kind::Now};
  if (text.empty()) return std::nullopt;
  if (const auto back = distance(text)) return Moment{Moment::Kind::Before, 0, *back};
  const input::ParsedTime parsed = input::time_of(completed(text));
  if (parsed.status != input::TimeStatus::Ok) return std::nullopt;
  return Moment{Moment::Kind::Instant, parsed.time};
}

}  // namespace tunnelscope::app
