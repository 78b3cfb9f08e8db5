#include "src/project_suppressions.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <charconv>

#include <fmt/format.h>

#include "src/secrets.hpp"

namespace tunnelscope::app {
namespace {

using config::Entry;
using config::Node;
using diag::Suppression;

constexpr std::size_t kMost = 2000;
constexpr std::size_t kLongest = 1000;      // bytes of a text
constexpr std::size_t kFingerprint = 16;    // hex digits
constexpr const char* kForm = "- {cause: log-gap, subject: vpn-0123456789abcdef0/*, reason: why it is accepted, expires: 2027-01-31}";

// The midnight that begins the day, UTC; empty: not a day as ISO writes it.
std::optional<diag::Time> day(std::string_view text) {
  int year = 0;
  unsigned month = 0, of_month = 0;
  const auto number = [&](std::size_t at, std::size_t digits, auto& into) {
    const char* const end = text.data() + at + digits;
    return std::from_chars(text.data() + at, end, into).ptr == end;
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || text[0] == '-') return std::nullopt;
  if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, of_month)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{of_month}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count() * diag::kDay;
}

class OneSuppression {
 public:
  OneSuppression(const Node& item, ProjectFaults& faults) : item_(item), faults_(faults) {}

  Suppression read() {
    if (!item_.is(Node::Kind::Map)) faults_.add(item_, "a suppression is a map", kForm);
    for (const Entry& entry : item_.entries) take(entry);
    if (made_.cause.empty() && made_.fingerprint.empty())
      faults_.add(item_, "a suppression needs `cause` or `fingerprint`", "cause: '*' with a subject suppresses all that is said about it");
    if (made_.why.reason.empty()) faults_.add(item_, "a suppression needs a `reason`", "who reads the report must know why it is accepted");
    if (!has_expiry_) faults_.add(item_, "a suppression needs `expires`", "the last day on which it works, such as 2027-01-31, or never");
    made_.at = fmt::format("{}:{}", faults_.path(), item_.line);
    return std::move(made_);
  }

 private:
  void take(const Entry& entry) {
    static const std::vector<std::string> kKnown{"cause", "fingerprint", "subject", "reason", "expires", "owner"};
    if (std::find(kKnown.begin(), kKnown.end(), entry.name) == kKnown.end()) return faults_.unknown_key(entry, kKnown);
    auto text = text_of(entry, faults_);
    if (!text) return;
    if (text->size() > kLongest) return faults_.add(entry.value, fmt::format("`{}` is longer than {} bytes", entry.name, kLongest));
    if (entry.name == "expires") return expires(entry, *text);
    if (entry.name == "fingerprint") return fingerprint(entry, std::move(*text));
    if (entry.name == "cause") made_.cause = std::move(*text);
    else if (entry.name == "subject") made_.subject = std::move(*text);
    else (entry.name == "reason" ? made_.why.reason : made_.why.owner) = without_keys(*text);
  }

  void expires(const Entry& entry, const std::string& text) {
    has_expiry_ = true;
    if (text == "never") return;
    const auto last = day(text);
    if (!last) return faults_.add(entry.value, "`expires` is not a day", "write it as 2027-01-31, or never");
    made_.why.expires = text;
    made_.ends = *last + diag::kDay;
  }

  void fingerprint(const Entry& entry, std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool fits = text.size() == kFingerprint && text.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!fits) return faults_.add(entry.value, "`fingerprint` is not one", "16 hex digits, as the JSON report shows them");
    made_.fingerprint = std::move(text);
  }

  const Node& item_;
  ProjectFaults& faults_;
  Suppression made_;
  bool has_expiry_ = false;
};

}  // namespace

std::vector<Suppression> read_suppressions(const Entry& entry, ProjectFaults& faults) {
  std::vector<Suppression> all;
  if (!entry.value.is(Node::Kind::List)) faults.add(entry, "`suppressions` must be a list", kForm);
  if (entry.value.items.size() > kMost)
    faults.add(entry, fmt::format("more than {} suppressions", kMost), "--baseline is for many findings");
  for (const Node& item : entry.value.items) {
    if (faults.first()) break;
    all.push_back(OneSuppression(item, faults).read());
  }
  return all;
}

}  // namespace tunnelscope::app
