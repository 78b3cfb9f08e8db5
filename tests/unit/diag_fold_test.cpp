// Folding routine changes no report: every sample and many random logs, told once with every record kept and ordered at the
// end, and folded, while they are read where they come in order: one by one, and as the known lines of a reader.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <sstream>

#include <fmt/format.h>

#include "diag/diagnose.hpp"
#include "diag/fold.hpp"
#include "kb/loader.hpp"
#include "src/input/reader.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::diag {
namespace {

namespace fs = std::filesystem;

constexpr Time kStart = 1772323200000;

const Classifier& classifier() {
  static const Classifier it(kb::built_in());
  return it;
}

// Times and states of a tunnel that the JSON leaves to the other formats.
std::string timeline_text(const TunnelReport& tunnel) {
  const Timeline& t = tunnel.timeline;
  std::string text = fmt::format("timeline of {} {} to {}\n", tunnel.id, rfc3339(t.start), rfc3339(t.end));
  const auto add = [&](const char* name, const auto& stretches) {
    for (const auto& s : stretches)
      text += fmt::format("{} {} to {} {}\n", name, rfc3339(s.start), rfc3339(s.end), static_cast<int>(s.state));
  };
  add("phase 1", t.phase1);
  add("phase 2", t.phase2);
  add("bgp", t.bgp);
  for (const Mark& mark : t.marks) text += fmt::format("mark {} at {}\n", static_cast<int>(mark.kind), rfc3339(mark.time));
  for (const auto& s : tunnel.flapping) text += fmt::format("flapping {} to {}\n", rfc3339(s.start), rfc3339(s.end));
  return text + fmt::format("impossible steps {}\n", tunnel.impossible_steps);
}

// Everything a report says, a line for each part.
std::string text_of(const Report& report) {
  const report::Document document{report, {}, {}, false};
  const app::Screen screen{120, false, true};
  std::string text = report::to_json(document, screen) + "\n" + report::to_text(document, screen);
  for (const TunnelReport& tunnel : report.tunnels) text += timeline_text(tunnel);
  for (const Finding& finding : report.findings)
    for (const Evidence& e : finding.evidence) text += fmt::format("{} {} {} {}\n", finding.cause, e.at, e.state, e.message);
  return text;
}

struct Told {
  std::string report;
  std::uint64_t records = 0;
  std::size_t kept = 0;  // events in the logs
};

// `read` fills an Intake.
template <class Read>
Told tell(bool keep_everything, const Options& options, const Read& read) {
  Intake intake(classifier(), {.keep_everything = keep_everything});
  read(intake);
  intake.finish();
  Told told{text_of(diagnose(intake, classifier(), options)), intake.coverage().records, 0};
  for (const TunnelLog& log : intake.tunnels()) told.kept += log.events.size();
  return told;
}

// Empty: they are the same. Else the first line in which they are not, and the finding it belongs to.
std::string difference(const std::string& kept, const std::string& folded) {
  if (kept == folded) return {};
  std::istringstream a(kept), b(folded);
  std::string line_a, line_b, cause;
  for (int number = 1;; ++number) {
    const bool more_a = static_cast<bool>(std::getline(a, line_a)), more_b = static_cast<bool>(std::getline(b, line_b));
    if (!more_a || !more_b || line_a != line_b)
      return fmt::format("line {} behind {}\nevery record kept: {}\nfolded:            {}\n", number, cause,
                         more_a ? line_a : "(end)", more_b ? line_b : "(end)");
    if (line_a.find("\"cause\"") != std::string::npos) cause = line_a;
  }
}

TEST(Fold, ChangesNoReportOnASample) {
  std::size_t kept = 0, folded = 0;
  for (const auto& entry : fs::directory_iterator(std::string(SOURCE_DIR) + "/samples")) {
    const fs::path input = entry.path() / "input";
    if (!fs::is_directory(input)) continue;
    SCOPED_TRACE(entry.path().filename().string());
    const auto read = [&](Intake& intake) { input::read_inputs({input.string()}, {}, intake); };
    const Told all = tell(true, {}, read), some = tell(false, {}, read);
    EXPECT_EQ(difference(all.report, some.report), "");
    kept += all.kept;
    folded += some.kept;
  }
  EXPECT_GT(kept, 10'000U);
  EXPECT_LT(folded, kept);
}

struct Line {
  Dialect dialect = Dialect::AwsS2sIke;
  std::string ip, message;
  Time time = kNoTime, envelope = kNoTime;
  PhaseState phase1 = PhaseState::Unknown, phase2 = PhaseState::Unknown;
  BgpState bgp = BgpState::Unknown;
  Answer dpd_enabled = Answer::Unknown, nat_t = Answer::Unknown;
};
using Lines = std::vector<Line>;

// A log that nobody would invent: routine for the most part, and now and then anything.
class RandomLog {
 public:
  explicit RandomLog(std::uint32_t seed) : random_(seed) {}

  std::uint64_t any(std::uint64_t limit) { return limit == 0 ? 0 : random_() % limit; }
  bool one_in(std::uint64_t n) { return any(n) == 0; }

  // `steady`: it is mostly routine whose records are alone in their seconds.
  Lines tunnel(const std::string& ip, bool steady = false) {
    const std::size_t count = one_in(8) ? 1000 + any(1001) : 200 + any(400);
    steady_ = steady;
    static constexpr std::uint64_t kRates[] = {20, 60, 200, 1000, 100'000};  // records to one that is no routine
    changes_ = kRates[any(5)];
    faults_ = kRates[any(5)];
    bgp_ = one_in(2) ? 0 : 3 + any(60);
    stateless_ = one_in(6) ? 1 : one_in(2) ? 3 : 100'000;
    unknown_ = one_in(4) ? 2 : 5 + any(60);
    outages_ = kRates[1 + any(4)];
    if (steady) changes_ = faults_ = 1000, bgp_ = 0, stateless_ = unknown_ = 100'000, outages_ = 30 + any(200);
    period_ = one_in(3) ? static_cast<Duration>(1 + any(8)) * kHour : 0;
    script_.clear();
    now_ = {};
    now_.ip = ip;
    now_.time = kStart + static_cast<Time>(any(7200)) * kSecond;
    if (!one_in(3)) now_.dpd_enabled = Answer::Yes, now_.nat_t = one_in(2) ? Answer::Yes : Answer::No;
    last_outage_ = now_.time;
    now_.phase1 = now_.phase2 = one_in(4) ? some_state() : PhaseState::Established;
    Lines lines;
    while (lines.size() < count) lines.push_back(next());
    return lines;
  }

 private:
  PhaseState some_state() { return static_cast<PhaseState>(1 + any(4)); }

  Duration some_spacing() {
    const Duration spacing = any_spacing();
    return steady_ ? std::max(spacing, kSecond) : spacing;
  }

  Duration any_spacing() {
    static constexpr Duration kUsual[] = {1, 2, 5, 10, 20, 60, 120, 299, 300, 301, 600, 900, 1200, 1800};
    if (one_in(40)) usual_ = kUsual[any(std::size(kUsual))];
    if (one_in(300)) return static_cast<Duration>(any(5 * 24 * 3600)) * kSecond;
    if (one_in(5)) return static_cast<Duration>(any(3)) * kSecond;
    return usual_ * kSecond + (one_in(3) ? static_cast<Duration>(any(3000)) : 0);
  }

  std::string examples_of(std::string_view dialect) {
    const auto& rules = kb::built_in().messages;
    for (;;) {
      const kb::MessageRule& rule = rules[any(rules.size())];
      if (rule.dialect == dialect && !rule.examples.empty()) return rule.examples[any(rule.examples.size())].line;
    }
  }

  std::string spi() {
    return one_in(4) ? fmt::format("0x{:08X}", any(1ULL << 32)) : fmt::format("{:08x}", any(1ULL << 32));
  }

  std::string unknown() {
    switch (any(7)) {
      case 0: return fmt::format("AWS tunnel is doing {} things", any(100'000));
      case 1: return fmt::format("SA {} seen", spi());
      case 2: return fmt::format("peer 198.51.100.{}:{} said \"{}\"", any(256), any(65536), any(10));
      case 3: return fmt::format("word{} of many", static_cast<char>('a' + any(20)));
      case 4: return "é and ü, nobody knows";
      case 5: return fmt::format("cookie {:016x} of {}", random_(), any(1000));
      default: return "";
    }
  }

  std::string routine() {
    const std::uint64_t id = one_in(50) ? any(1000) : ++id_;
    static constexpr const char* kVerbs[] = {"is sending request", "processed request", "is sending response", "processed response"};
    switch (any(steady_ ? 6 : 9)) {
      case 0: case 1: case 2: return fmt::format("AWS tunnel {} (id={}) for INFORMATIONAL", kVerbs[any(4)], id);
      case 3: return fmt::format("AWS tunnel {} (id={}) for CREATE_CHILD_SA", kVerbs[any(4)], id);
      case 4: return fmt::format("Sending DPD request with seq_no: {}", id);
      case 5: return fmt::format("Received DPD response with seq_no: {}", id);
      case 6: return one_in(3) ? "AWS tunnel is sending DPD request" : "AWS tunnel sends NAT-T keepalive";
      case 7: return one_in(4) ? "AWS tunnel Phase 2 is established with cgw: 198.51.100.20" : "AWS tunnel is rekeying Phase 2";
      default:
        return fmt::format("AWS tunnel {} DELETE for Phase 2 SA with SPI: {}", one_in(2) ? "received" : "is sending", spi());
    }
  }

  // What happens in an outage: how long after the line before, what is said, and the states from then on.
  struct Scene {
    Duration after;
    std::string message;
    PhaseState phase1, phase2;
  };

  // An outage as a detector expects it, begun in one of several ways, at times right behind another record.
  void begin_outage() {
    const auto up = PhaseState::Established, down = PhaseState::Down, negotiating = PhaseState::Negotiating;
    const auto soon = [&] { return static_cast<Duration>(one_in(2) ? 0 : any(90)) * kSecond; };
    const std::uint64_t id = ++id_;
    switch (any(6)) {
      case 0: script_ = {{soon(), "AWS tunnel is giving up after 3 retransmits", down, down}}; break;
      case 1: script_ = {{soon(), "AWS tunnel received DELETE for IKE_SA from CGW", down, down}}; break;
      case 2:
        script_ = {{soon(), "AWS tunnel received DELETE for Phase 2 SA with SPI: " + spi(), up, down},
                   {soon(), fmt::format("AWS tunnel is sending request (id={}) for CREATE_CHILD_SA", id), up, down},
                   {soon(), "No Proposal Match Found by AWS", up, down}};
        break;
      case 3:
        script_ = {{soon(), fmt::format("AWS tunnel is sending request (id={}) for CREATE_CHILD_SA", id), up, up},
                   {8 * kSecond, fmt::format("AWS tunnel is retransmitting request (id={})", id), up, up},
                   {soon(), "AWS tunnel is giving up after 3 retransmits", down, down}};
        break;
      case 4: script_ = {{soon(), routine(), one_in(2) ? up : down, down}}; break;
      default: script_ = {{soon() + static_cast<Duration>(any(60)) * kMinute, routine(), down, down}};
    }
    for (std::uint64_t tries = any(12); tries > 0; --tries)
      script_.push_back({soon() * 5, one_in(2) ? "AWS tunnel is sending request (id=0) for IKE_SA_INIT" : routine(), negotiating, down});
    if (one_in(10)) return;
    script_.push_back({soon(), "AWS tunnel is sending request (id=1) for IKE_AUTH", up, down});
    script_.push_back({soon(), "AWS tunnel Phase 2 is established with cgw: 198.51.100.20", up, up});
  }

  Line scene() {
    const Scene& scene = script_.front();
    now_.time += scene.after;
    now_.envelope = kNoTime;
    now_.phase1 = scene.phase1;
    now_.phase2 = scene.phase2;
    Line line = now_;
    line.message = scene.message;
    if (stateless_ == 1) line.phase1 = line.phase2 = PhaseState::Unknown;
    script_.erase(script_.begin());
    return line;
  }

  Line next() {
    const bool due = period_ > 0 && now_.time - last_outage_ >= period_;
    if (script_.empty() && (due || one_in(outages_))) {
      if (due) now_.time = std::max(now_.time, last_outage_ + period_);
      begin_outage();
      last_outage_ = now_.time;
    }
    if (!script_.empty()) return scene();
    now_.time += some_spacing();
    now_.envelope = one_in(3) ? kNoTime : now_.time + static_cast<Time>(any(1500));
    if (one_in(changes_)) now_.phase1 = some_state();
    if (one_in(changes_)) now_.phase2 = some_state();
    if (one_in(changes_ * 2)) now_.phase1 = now_.phase2 = PhaseState::Established;
    if (one_in(changes_ * 4)) now_.nat_t = now_.nat_t == Answer::Yes ? Answer::No : Answer::Yes;
    Line line = now_;
    if (bgp_ > 0 && one_in(bgp_)) {
      line.dialect = Dialect::AwsS2sBgp;
      line.phase1 = line.phase2 = PhaseState::Unknown;
      line.dpd_enabled = line.nat_t = Answer::Unknown;
      line.bgp = one_in(6) ? BgpState::Unknown : one_in(20) ? BgpState::Down : BgpState::Up;
      line.message = examples_of("aws-s2s-bgp");
      return line;
    }
    line.message = one_in(faults_) ? examples_of("aws-s2s-ike") : one_in(unknown_) ? unknown() : routine();
    if (one_in(stateless_)) line.phase1 = line.phase2 = PhaseState::Unknown;
    if (one_in(stateless_)) line.dpd_enabled = line.nat_t = Answer::Unknown;
    return line;
  }

  std::mt19937_64 random_;
  std::uint64_t changes_ = 0, faults_ = 0, bgp_ = 0, stateless_ = 0, unknown_ = 0, outages_ = 0, id_ = 0;
  Duration usual_ = 10, period_ = 0;
  bool steady_ = false;
  Time last_outage_ = kNoTime;
  std::vector<Scene> script_;
  Line now_;
};

// The same log as exports hand it over: one behind the other, in parts that overlap, with copies, in any order.
std::vector<Lines> inputs_of(RandomLog& random) {
  Lines all;
  for (std::uint64_t i = 0, tunnels = 1 + random.any(3); i < tunnels; ++i) {
    const Lines lines = random.tunnel("203.0.113." + std::to_string(1 + i));
    all.insert(all.end(), lines.begin(), lines.end());
  }
  const auto earlier = [](const Line& a, const Line& b) { return a.time < b.time; };
  if (random.one_in(2)) std::stable_sort(all.begin(), all.end(), earlier);
  std::vector<Lines> inputs{all};
  if (random.one_in(3)) {
    const std::size_t from = random.any(all.size()), to = from + random.any(all.size() - from);
    inputs = {Lines(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(to)), Lines(all.begin() + static_cast<std::ptrdiff_t>(from), all.end())};
  }
  for (Lines& lines : inputs) {
    const Lines before = lines;
    if (random.one_in(3))
      for (std::uint64_t copies = random.any(50); copies > 0 && !before.empty(); --copies)
        lines.push_back(before[random.any(before.size())]);
    if (random.one_in(4)) std::reverse(lines.begin(), lines.end());
    if (random.one_in(4))
      for (std::size_t i = lines.size(); i > 1; --i) std::swap(lines[i - 1], lines[random.any(i)]);
  }
  return inputs;
}

TunnelRecord record_of(const Line& line) {
  TunnelRecord r;
  r.dialect = line.dialect;
  r.connection = "vpn-0123456789abcdef0";
  r.outside_ip = line.ip;
  r.time = line.time;
  r.envelope_time = line.envelope;
  r.message = line.message;
  r.phase1 = line.phase1;
  r.phase2 = line.phase2;
  r.bgp = line.bgp;
  r.dpd_enabled = line.dpd_enabled;
  r.nat_t = line.nat_t;
  return r;
}

void read(const std::vector<Lines>& inputs, Intake& intake) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    intake.begin_input(fmt::format("input{}.log", i));
    std::uint64_t number = 0;
    for (const Line& line : inputs[i]) intake.record(record_of(line), ++number);
  }
}

// The same as a reader does it that knows lines by heart: records of kinds, as long as they are of one tunnel, in batches.
std::size_t read_in_batches(const std::vector<Lines>& inputs, RandomLog& random, Intake& intake) {
  std::vector<KnownRecord> batch;
  std::uint32_t tunnel = 0;
  std::size_t known = 0;
  const auto hand_out = [&] {
    if (!batch.empty()) intake.records(tunnel, batch);
    batch.clear();
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    intake.begin_input(fmt::format("input{}.log", i));
    std::uint64_t number = 0;
    for (const Line& line : inputs[i]) {
      TunnelRecord r = record_of(line);
      const std::string text = line.message + '"' + std::string(64, ' ');
      const std::size_t length = intake.recognise(r.dialect, text, '"');
      r.message = std::string_view(text).substr(0, line.message.size());
      const auto kind = length > 0 ? intake.kind_of(r) : std::nullopt;
      ++number;
      if (!kind) {
        hand_out();
        intake.record(r, number);
        continue;
      }
      const std::string digits = line.message.substr(kind->digits_from, kind->digits);
      const std::uint32_t own = intake.tunnel_of(r.dialect, r.connection, r.outside_ip, r.stream);
      if (own != tunnel || random.one_in(300)) hand_out();
      tunnel = own;
      batch.push_back({kind->kind, r.time, r.envelope_time, second_of(r.time), digits.empty() ? 0 : std::stoull(digits), number});
      ++known;
    }
    hand_out();
  }
  return known;
}

// A report is often asked for a part of the time only.
Options some_options(RandomLog& random) {
  Options options;
  if (random.one_in(5)) options.since = kStart + static_cast<Time>(random.any(40)) * kHour;
  if (random.one_in(5)) options.now = kStart + static_cast<Time>(random.any(200)) * kHour;
  return options;
}

TEST(Fold, ChangesNoReportOnARandomLog) {
  std::size_t kept = 0, folded = 0, different = 0;
  for (std::uint32_t seed = 0; seed < 300 && different < 5; ++seed) {
    RandomLog random(seed);
    const std::vector<Lines> inputs = inputs_of(random);
    const Options options = some_options(random);
    const auto fill = [&](Intake& intake) { read(inputs, intake); };
    const Told all = tell(true, options, fill), some = tell(false, options, fill);
    const std::string found = difference(all.report, some.report);
    EXPECT_EQ(found, "") << "seed " << seed;
    different += found.empty() ? 0U : 1U;
    EXPECT_EQ(all.records, some.records);
    kept += all.kept;
    folded += some.kept;
  }
  EXPECT_LT(folded, kept * 3 / 4);  // else nothing was put to the test
}

TEST(Fold, ChangesNoReportOnKnownLinesInBatches) {
  std::size_t records = 0, known = 0, different = 0;
  for (std::uint32_t seed = 0; seed < 300 && different < 5; ++seed) {
    RandomLog random(seed);
    std::vector<Lines> inputs{random.tunnel("203.0.113.1", true)};
    if (random.one_in(3)) inputs.push_back(random.tunnel("203.0.113.2", true));
    if (random.one_in(4)) inputs.push_back(inputs.front());
    const Options options = some_options(random);
    const Told all = tell(true, options, [&](Intake& intake) { read(inputs, intake); });
    const Told batched = tell(false, options, [&](Intake& intake) { known += read_in_batches(inputs, random, intake); });
    const std::string found = difference(all.report, batched.report);
    EXPECT_EQ(found, "") << "seed " << seed;
    different += found.empty() ? 0U : 1U;
    EXPECT_EQ(all.records, batched.records);
    records += all.records;
  }
  EXPECT_GT(known, records / 4);  // else nothing was put to the test
}

TEST(Fold, ChangesNoReportHoweverLongARunIs) {
  for (std::uint64_t length = 1; length <= 200; ++length) {
    RandomLog random(0);
    Line line;
    line.ip = "203.0.113.1";
    line.phase1 = line.phase2 = PhaseState::Established;
    Lines lines;
    for (std::uint64_t i = 0; i < length; ++i) {
      line.time = kStart + static_cast<Time>(i) * kSecond;
      line.message = fmt::format("AWS tunnel {} (id={}) for CREATE_CHILD_SA", i % 3 == 0 ? "is sending request" : "processed response", 1000 + i);
      lines.push_back(line);
    }
    line.phase1 = line.phase2 = PhaseState::Down;
    line.time += 20 * kSecond;
    line.message = "AWS tunnel is giving up after 3 retransmits";
    lines.push_back(line);
    const std::vector<Lines> inputs{lines};
    const Told all = tell(true, {}, [&](Intake& intake) { read(inputs, intake); });
    const Told batched = tell(false, {}, [&](Intake& intake) { read_in_batches(inputs, random, intake); });
    ASSERT_EQ(difference(all.report, batched.report), "") << length << " records";
    std::rotate(lines.begin(), lines.begin() + 1, lines.end());
    const std::vector<Lines> out_of_order{lines};
    const Told kept = tell(true, {}, [&](Intake& intake) { read(out_of_order, intake); });
    const Told sorted = tell(false, {}, [&](Intake& intake) { read(out_of_order, intake); });
    ASSERT_EQ(difference(kept.report, sorted.report), "") << length << " records out of order";
  }
}

TEST(Spacings, HaveTheLowerOfTheMiddleOnesAsMedian) {
  EXPECT_EQ(median(Spacings{}), 0);
  EXPECT_EQ(median(Spacings{{5, 1}}), 5);
  EXPECT_EQ(median(Spacings{{5, 1}, {9, 1}}), 5);
  EXPECT_EQ(median(Spacings{{5, 1}, {9, 1}, {11, 1}}), 9);
  EXPECT_EQ(median(Spacings{{5, 2}, {9, 1}, {11, 1}}), 5);
}

}  // namespace
}  // namespace tunnelscope::diag
