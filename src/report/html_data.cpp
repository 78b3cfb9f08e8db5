// The data of the interactive page. Times are milliseconds after `base`; lists of numbers are flat, so that hundreds of tunnels with
// ten thousand changes stay small. What would not fit is thinned out: a slice of time then shows the worst within it.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/html_parts.hpp"
#include "src/report/lanes.hpp"
#include "src/report/verdict.hpp"

namespace tunnelscope::report::html {
namespace {

using diag::Duration;
using diag::Time;

constexpr std::size_t kItems = 120'000;          // stretches and marks of all tunnels together
constexpr std::size_t kLeastItems = 300;         // of one tunnel's lane
constexpr std::size_t kMostItems = 20'000;
constexpr std::size_t kMessageBytes = 400;
constexpr std::size_t kTextBytes = 2'000'000;    // of all messages together
constexpr std::size_t kFindings = 1000;

std::string quoted(std::string_view raw) {
  std::string out;
  app::append_json_string(out, app::for_terminal(raw));
  return out;
}

template <class Range, class Write>
std::string list(const Range& range, Write write) {
  std::string out = "[";
  for (const auto& item : range) {
    if (out.size() > 1) out += ',';
    out += write(item);
  }
  return out + "]";
}

// Texts by number, each once.
class Texts {
 public:
  // -1: there is no room for it.
  std::int64_t number_of(std::string_view raw, std::size_t most) {
    const std::string text = shortened(raw, most);
    if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
    if (bytes_ + text.size() > kTextBytes) return -1;
    bytes_ += text.size();
    all_.push_back(text);
    return numbers_[text] = static_cast<std::int64_t>(all_.size()) - 1;
  }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::vector<std::string> all_;
  std::unordered_map<std::string, std::int64_t> numbers_;
  std::size_t bytes_ = 0;
};

class Data {
 public:
  explicit Data(const Document& document) : report_(document.report), families_(families(report_)) {
    base_ = report_.first == diag::kNoTime ? 0 : report_.first;
    end_ = std::max({base_, report_.last, report_.now});
    for (const diag::TunnelReport& t : report_.tunnels) {
      if (t.timeline.start == diag::kNoTime) continue;
      base_ = std::min(base_, t.timeline.start);
      end_ = std::max(end_, t.timeline.end);
    }
    most_items_ = std::clamp(kItems / std::max<std::size_t>(1, report_.tunnels.size() * 3), kLeastItems, kMostItems);
  }

  std::string write() {
    const std::string rows = families_as_json();
    const std::string found = findings();
    return fmt::format(R"({{"version":1,"base":{},"end":{},"families":{},"findings":{},"texts":{},"places":{}}})", base_,
                       end_ - base_, rows, found, list(texts_.all(), quoted), list(places_.all(), quoted));
  }

 private:
  std::string families_as_json() {
    return list(families_, [this](const Family& f) {
      const std::string& connection = f.tunnels.front()->connection;
      return fmt::format(R"({{"connection":{},"bothDown":{},"tunnels":{}}})",
                         connection.empty() ? "null" : quoted(connection), both_down(f),
                         list(f.tunnels, [this](const diag::TunnelReport* t) { return tunnel(*t); }));
    });
  }

  std::string both_down(const Family& f) const {
    if (f.connection == nullptr) return "[]";
    return list(f.connection->both_down, [this](const diag::Interval& i) { return span(i.start, i.end.value_or(end_)); });
  }

  std::string tunnel(const diag::TunnelReport& t) {
    const diag::Timeline& line = t.timeline;
    const std::string fallen = outages(t);  // texts are numbered in this order
    const std::string marked = marks(line);
    return fmt::format(R"({{"id":{},"name":{},"status":{},"words":{},)"
                       R"("phase1":{},"phase2":{},"bgp":{},"outages":{},"marks":{}}})",
                       quoted(t.id), quoted(short_name(t)), quoted(t.status), quoted(tunnel_in_words(t, report_.now)),
                       stretches(line, line.phase1), stretches(line, line.phase2), stretches(line, line.bgp), fallen, marked);
  }

  // [start, end, cell, ...]
  template <class State>
  std::string stretches(const diag::Timeline& line, const std::vector<diag::Stretch<State>>& all) const {
    if (all.size() > most_items_ && line.end > line.start) return thinned(line, all);
    return list(all, [this](const auto& s) { return fmt::format("{},{}", span(s.start, s.end), static_cast<int>(cell_of(s.state))); });
  }

  template <class State>
  std::string thinned(const diag::Timeline& line, const std::vector<diag::Stretch<State>>& all) const {
    const Scale scale{line.start, line.end, static_cast<int>(most_items_)};
    Lane lane("", scale);
    for (const auto& s : all) lane.fill(scale, s.start, s.end, cell_of(s.state));
    std::string out = "[";
    const auto time_of = [&](std::size_t column) {
      return line.start + static_cast<Duration>(static_cast<double>(line.end - line.start) * static_cast<double>(column) / scale.columns);
    };
    for (std::size_t i = 0; i < lane.cells.size();) {
      std::size_t next = i;
      while (next < lane.cells.size() && lane.cells[next] == lane.cells[i]) ++next;
      if (out.size() > 1) out += ',';
      out += fmt::format("{},{}", span(time_of(i), time_of(next)), static_cast<int>(lane.cells[i]));
      i = next;
    }
    return out + "]";
  }

  // [start, end, cause, ...]; an outage that has not ended lasts to the end.
  std::string outages(const diag::TunnelReport& t) {
    return list(t.outages, [this](const diag::Outage& o) {
      return fmt::format("{},{}", span(o.start, o.end.value_or(end_)), texts_.number_of(o.cause, kMessageBytes));
    });
  }

  // [time, cell, text, place, line, ...]; -1: not known. Of too many of one kind in one slice of time the first stands for all.
  std::string marks(const diag::Timeline& line) {
    std::set<std::pair<Time, diag::MarkKind>> seen;
    const Duration slice = std::max<Duration>(1, (line.end - line.start) / static_cast<Duration>(most_items_ / 4));
    std::string out = "[";
    for (const diag::Mark& m : line.marks) {
      const Cell cell = cell_of(m.kind);
      const bool crowded = line.marks.size() > most_items_;
      if (cell == Cell::Empty || (crowded && !seen.insert({(m.time - line.start) / slice, m.kind}).second)) continue;
      if (out.size() > 1) out += ',';
      out += fmt::format("{},{},{}", m.time - base_, static_cast<int>(cell), record(line, m.record));
    }
    return out + "]";
  }

  std::string record(const diag::Timeline& line, std::uint32_t number) {
    if (number == 0 || number > line.records.size()) return "-1,-1,-1";
    const diag::MarkedRecord& r = line.records[number - 1];
    return fmt::format("{},{},{}", texts_.number_of(r.message, kMessageBytes),
                       places_.number_of(report_.paths[r.place.input], kMessageBytes), r.place.line);
  }

  // Where a finding is, for a click on it to go there.
  std::string findings() {
    std::vector<const diag::Finding*> placed;
    for (const diag::Finding& f : report_.findings) {
      if (f.first_seen != diag::kNoTime && !is_about_sessions(f) && placed.size() < kFindings) placed.push_back(&f);
    }
    const auto moment = [this](const diag::Evidence& e) { return fmt::format("{}", e.time == diag::kNoTime ? -1 : e.time - base_); };
    return list(placed, [&](const diag::Finding* f) {
      const Time last = f->ongoing ? end_ : f->last_seen;
      return fmt::format(R"({{"id":{},"subject":{},"span":[{}],"evidence":{}}})", quoted(f->fingerprint), quoted(f->subject),
                         span(f->first_seen, std::max(f->first_seen, last)),
                         list(f->evidence, moment));
    });
  }

  std::string span(Time start, Time end) const { return fmt::format("{},{}", start - base_, end - base_); }

  const diag::Report& report_;
  std::vector<Family> families_;
  Texts texts_, places_;
  Time base_ = 0, end_ = 0;
  std::size_t most_items_ = 0;
};

}  // namespace

std::string data(const Document& document) { return Data(document).write(); }

}  // namespace tunnelscope::report::html
