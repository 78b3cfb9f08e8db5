// Lines read by their skeleton give what they give without: the same records, skips and notes, whatever stands in them.
// The reader without them: the same file behind so many lines of another kind that it has given up learning. And each line
// as a file of its own, where all that is known comes from other files.
#include <algorithm>
#include <array>
#include <map>
#include <random>

#include <fmt/format.h>

#include "tests/unit/input_world.hpp"

namespace tunnelscope::input::testing {
namespace {

constexpr diag::Time kStart = 1772323200000;
constexpr const char* kTunnel = "vpn-0a1b2c3d4e5f60718/203.0.113.17";
constexpr std::size_t kLessons = 4500;  // more lines than a reader tries to learn from
constexpr std::size_t kCleanStart = 60; // so that a file is text, whatever follows

// Records, skips and notes of a reading by the number of the line; all other lines are left out.
struct Outcome {
  std::map<std::size_t, std::string> records;
  std::vector<std::size_t> order;  // of the records in their logs: envelopes' times show in it
  std::vector<std::string> skips, notes;
};

class LineMaker {
 public:
  explicit LineMaker(std::uint32_t seed) : random_(seed) {
    for (Form& form : forms_) form = some_form();
  }

  std::size_t any(std::size_t limit) { return random_() % limit; }
  bool one_in(std::size_t n) { return any(n) == 0; }

  // `oddities`: one value in so many is odd, though its line is one JSON object.
  std::string line(std::size_t oddities) {
    time_ += static_cast<diag::Time>(any(3000));
    const bool usual = !one_in(10);
    const Form form = usual ? forms_[any(forms_.size())] : some_form();
    std::string text = prefix(form, oddities) + "{";
    for (std::size_t i = 0; i < form.keys.size(); ++i) {
      if (oddities > 0 && one_in(10 * oddities)) continue;  // missing
      if (text.back() != '{') text += form.comma;
      const std::string_view key = form.keys[i];
      text += "\"" + std::string(key) + "\"" + form.colon + value(key, oddities > 0 && one_in(oddities));
      if (oddities > 0 && one_in(10 * oddities)) text += form.comma + "\"" + std::string(key) + "\":" + value(key, false);
    }
    return text + "}" + form.end;
  }

  // Any bytes but line ends replaced, left out or put in.
  std::string mutated(std::string text) {
    static constexpr std::string_view kBytes = "{}[]\",:\\ \t\r0123456789aeftuZ.-+\x01\x1f\x7f\x80\xc3\xff";
    for (std::size_t i = 1 + any(3); i > 0 && !text.empty(); --i) {
      const std::size_t at = any(text.size());
      const char byte = one_in(3) ? static_cast<char>(random_()) : kBytes[any(kBytes.size())];
      if (byte == '\n') continue;
      switch (any(3)) {
        case 0: text[at] = byte; break;
        case 1: text.erase(at, 1); break;
        default: text.insert(at, 1, byte);
      }
    }
    return text;
  }

  std::string truncated(std::string text) {
    text.resize(any(text.size() + 1));
    return text;
  }

 private:
  struct Form {
    int digits = 3;  // of the fraction of the line's time; -1: no line time
    std::string between = " ", comma = ",", colon = ":", end;
    std::vector<std::string_view> keys;
  };

  Form some_form() {
    static constexpr std::array<std::string_view, 6> kUsual{"event_timestamp", "details",          "dpd_enabled",
                                                            "nat_t_detected",  "ike_phase1_state", "ike_phase2_state"};
    static constexpr std::array<std::string_view, 10> kExtra{"timestamp", "region", "nested", "list", "x", "n",
                                                             "message",   "type",   "note",   "logStreamName"};
    Form form;
    form.digits = one_in(4) ? -1 : one_in(2) ? 3 : static_cast<int>(any(10));
    form.keys.assign(kUsual.begin(), kUsual.end());
    if (one_in(3)) std::shuffle(form.keys.begin(), form.keys.end(), random_);
    if (one_in(6)) form.keys.resize(1 + any(6));
    if (one_in(6)) std::erase(form.keys, "event_timestamp");
    if (one_in(6)) form.keys.push_back("timestamp");
    if (one_in(3))
      for (std::size_t i = 1 + any(2); i > 0; --i)
        form.keys.insert(form.keys.begin() + static_cast<std::ptrdiff_t>(any(form.keys.size() + 1)), kExtra[any(kExtra.size())]);
    if (one_in(4)) form.colon = ": ", form.comma = ", ";
    if (one_in(20)) form.colon = "\t:\t";
    form.end = one_in(4) ? "\r" : one_in(10) ? " " : one_in(20) ? " \t\r" : "";
    if (one_in(10)) form.between = one_in(2) ? "  " : one_in(2) ? "\t" : " vpn-0a1b2c3d4e5f60718-203.0.113.18-IKE.log ";
    return form;
  }

  std::string one_of(std::initializer_list<const char*> texts) { return *(texts.begin() + any(texts.size())); }

  std::string prefix(const Form& form, std::size_t oddities) {
    if (form.digits < 0) return one_in(100) ? form.between : "";
    if (oddities > 0 && one_in(5 * oddities))
      return one_of({"1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "2100-12-31T23:59:59.999Z", "2101-01-01T00:00:00.000Z",
                     "2026-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z", "2026-03-01T24:00:00.000Z", "2026-03-01T23:59:60.000Z",
                     "2026-03-01T23:60:00.000Z", "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z", "2026-03-01T00:00:00.000z",
                     "2026-03-01 00:00:00.000Z", "2026-03-01T00:00:00.0000", "2026-03-01T00:00:00,000Z", "2026-03-01T00:00:00+00:00",
                     "2026-03-01T00:00:00.000+0100", "[2026-03-01T00:00:00.000Z]", "2026-03-01t00:00:00.000Z", "2026-03-1T00:00:000.00Z"}) +
             form.between;
    std::string text = diag::rfc3339(time_).substr(0, 19);
    if (form.digits > 0) text += '.';
    for (int i = 0; i < form.digits; ++i) text += static_cast<char>('0' + any(10));
    return text + "Z" + form.between;
  }

  std::string value(std::string_view key, bool odd) {
    if (key == "event_timestamp") {
      const std::string seconds = std::to_string(time_ / 1000);
      if (!odd) return one_in(10) ? std::to_string(time_) : seconds;
      return one_in(5) ? "\"" + seconds + "\"" : one_in(5) ? seconds + ".5" : one_in(5) ? "-" + seconds
             : one_of({"0", "1", "00", "null", "\"\"", "\"soon\"", "4133980799", "4133980800", "4133980799999", "4133980800000",
                       "9223372036854775807", "9223372036854775808", "18446744073709551616", "999999999999999999",
                       "123456789012345678901234567890", "1.7e9", "1772323200e0", "true", "[]", "{}", "1772323200000000",
                       "1772323200000000000", "99999999999", "10000000000", "\"2026-03-01T00:00:00Z\"", "-0", "-1"});
    }
    if (key == "details") return details(odd);
    if (key == "ike_phase1_state" || key == "ike_phase2_state") {
      if (!odd) return one_in(20) ? "\"down\"" : one_in(20) ? "\"rekeying\"" : "\"established\"";
      return one_of({"\"ESTABLISHED\"", "\" down\"", "\"down \"", "\"confused\"", "\"negotiating\"", "\"\"", "null", "1", "true", "\"up\"",
                     "\"esta\\u0062lished\"", "\"d\xc3\xb6wn\"", "[\"down\"]", "{}", "\"unknown\"", "\"-\"", "\"down\\\"\""});
    }
    if (key == "dpd_enabled" || key == "nat_t_detected") {
      if (!odd) return one_in(8) ? "false" : "true";
      return one_of({"\"true\"", "\"false\"", "\"TRUE\"", "\"maybe\"", "\"\"", "null", "0", "1", "2", "1.0", "\"yes\"", "\"no\"", "[]", "True"});
    }
    if (key == "timestamp") return one_in(2) ? "\"" + diag::rfc3339(time_) + "\"" : "\"2026-03-01 00:00:01.000Z\"";
    if (key == "nested") return one_in(2) ? "{\"a\":[1,{\"b\":\"}\"}]}" : "{\"details\":\"inner\"}";
    if (key == "list") return "[1,2]";
    if (key == "n") return one_in(2) ? "1.5" : "17";
    if (key == "x") return "null";
    if (key == "message") return one_in(2) ? "\"hello\"" : "{\"details\":\"hello\"}";
    if (key == "logStreamName") return "\"vpn-0a1b2c3d4e5f60718-203.0.113.19-IKE.log\"";
    return one_in(5) ? "\"caf\\u00e9\"" : "\"eu-west-1\"";
  }

  std::string details(bool odd) {
    const std::size_t id = any(100'000);
    if (!odd)
      switch (any(4)) {
        case 0: return fmt::format("\"AWS tunnel processed response (id={}) for INFORMATIONAL\"", id);
        case 1: return fmt::format("\"Sending DPD request with seq_no: {}\"", id);
        case 2: return fmt::format("\"{}\"", std::string(1 + any(70), 'x'));
        default: return fmt::format("\"AWS tunnel is sending request (id={}) for CREATE_CHILD_SA\"", id);
      }
    return one_in(5) ? fmt::format("\"{}\\\"{}\"", std::string(any(40), 'y'), id)
           : one_in(5) ? fmt::format("\"{}\xc3\xa9{}\"", std::string(any(40), 'y'), id)
           : one_of({"\"\"", "\" \"", "\" leading\"", "\"trailing \"", "\"tab\\t\"", "\"a\\nb\"", "\"a\\\\\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"",
                     "\"\\ud83d\"", "null", "17", "true", "[\"a\"]", "{\"a\":1}", "\"}\"", "\"{\\\"a\\\":1}\"", "\"\xff\"", "\"\x7f\"",
                     "\"a\\/b\"", "\"\xc2\xa0 nbsp\"", "\"\xef\xbb\xbf\""});
  }

  std::mt19937 random_;
  std::array<Form, 3> forms_;
  diag::Time time_ = kStart;
};

class Skeletons : public World {
 protected:
  ReadOptions options() const {
    ReadOptions options;
    options.tunnel = kTunnel;
    return options;
  }

  // `line_at`: the number of the line at "file:line"; 0: none that is compared.
  template <class LineAt>
  Outcome outcome_of(const std::vector<std::string>& paths, const LineAt& line_at) const {
    const Reading reading = read(paths, options());
    Outcome outcome;
    for (std::size_t i = 0; i < reading.events.size(); ++i)
      if (const std::size_t line = line_at(reading.places[i])) {
        outcome.records[line] += reading.events[i];
        outcome.order.push_back(line);
      }
    const auto tallies = [&](const std::vector<std::string>& from, std::vector<std::string>& to) {
      for (const std::string& tally : from) {
        const std::size_t at = tally.rfind(" at ") + 4;
        to.push_back(tally.substr(0, at) + std::to_string(line_at(tally.substr(at))));
      }
      std::sort(to.begin(), to.end());
    };
    tallies(reading.skipped, outcome.skips);
    tallies(reading.notes, outcome.notes);
    return outcome;
  }

  static std::size_t number_behind(const std::string& place, char mark) { return std::stoul(place.substr(place.rfind(mark) + 1)); }

  Outcome as_one_file(const Lines& lines) {
    const std::string one = write("one", joined(lines));
    return outcome_of({one}, [](const std::string& place) { return number_behind(place, ':'); });
  }

  Outcome as_files_of_their_own(const Lines& lines) {
    std::filesystem::remove_all(path("own"));
    std::filesystem::create_directories(path("own"));
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (!lines[i].empty()) std::ofstream(path(fmt::format("own/{:06}", i + 1)), std::ios::binary) << lines[i] << '\n';
    return outcome_of({path("own")}, [](const std::string& place) { return number_behind(place, '/'); });
  }

  Outcome behind_other_records(const Lines& lines) {
    std::string text;
    for (std::size_t i = 0; i < kLessons; ++i)
      text += fmt::format("{{\"resource_id\":\"vpn-0f1e2d3c4b5a69788_203.0.113.99\",\"event_timestamp\":{},\"type\":\"BGPStatus\","
                          "\"status\":\"UP\",\"message\":{{\"details\":\"a\"}}}}\n", kStart - 1'000'000'000 + static_cast<diag::Time>(i) * 1000);
    const std::string behind = write("behind", text + joined(lines));
    return outcome_of({behind}, [](const std::string& place) {
      const std::size_t line = number_behind(place, ':');
      return line > kLessons ? line - kLessons : 0;
    });
  }

  static std::string joined(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }

  static void expect_same(const Outcome& fast, const Outcome& slow, const Lines& lines, std::uint32_t seed) {
    for (std::size_t line = 1; line <= lines.size(); ++line) {
      const auto of = [&](const Outcome& outcome) {
        const auto it = outcome.records.find(line);
        return it == outcome.records.end() ? std::string("no record") : it->second;
      };
      ASSERT_EQ(of(fast), of(slow)) << "seed " << seed << ", line " << line << ":\n" << lines[line - 1];
    }
    EXPECT_EQ(fast.skips, slow.skips) << "seed " << seed;
    EXPECT_EQ(fast.notes, slow.notes) << "seed " << seed;
  }

  static Lines clean_start(LineMaker& maker) {
    Lines lines;
    while (lines.size() < kCleanStart) lines.push_back(maker.line(0));
    return lines;
  }
};

TEST_F(Skeletons, ReadALineAsAFileOfItsOwnIsRead) {
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    LineMaker maker(seed);
    Lines lines = clean_start(maker);
    while (lines.size() < 1000) {
      if (maker.one_in(30)) lines.emplace_back();
      else lines.push_back(maker.one_in(50) ? lines[maker.any(lines.size())] : maker.line(seed % 2 == 0 ? 30 : 4));
    }
    const Outcome fast = as_one_file(lines);
    EXPECT_GT(fast.records.size(), lines.size() / 4);
    expect_same(fast, as_files_of_their_own(lines), lines, seed);
  }
}

TEST_F(Skeletons, ReadAnyLinesAsTheyAreReadWithoutThem) {
  for (std::uint32_t seed = 1000; seed < 1030; ++seed) {
    LineMaker maker(seed);
    Lines lines = clean_start(maker);
    const std::size_t hostile = seed % 3 == 0 ? 3 : 12;
    while (lines.size() < 1000) {
      std::string line = maker.line(maker.one_in(4) ? 4 : 30);
      if (maker.one_in(hostile)) line = maker.one_in(3) ? maker.truncated(line) : maker.mutated(line);
      if (maker.one_in(30)) line.clear();
      lines.push_back(maker.one_in(50) ? lines[maker.any(lines.size())] : line);
    }
    const Outcome fast = as_one_file(lines), slow = behind_other_records(lines);
    expect_same(fast, slow, lines, seed);
    const auto other = std::mismatch(fast.order.begin(), fast.order.end(), slow.order.begin(), slow.order.end()).first;
    if (other != fast.order.end()) ADD_FAILURE() << "seed " << seed << ", out of order:\n" << lines[*other - 1];
  }
}

TEST_F(Skeletons, ReadALastLineWithoutItsEnd) {
  LineMaker maker(7);
  for (int i = 0; i < 200; ++i) {
    Lines lines = clean_start(maker);
    lines.push_back(maker.one_in(2) ? maker.line(4) : maker.truncated(maker.line(0)));
    const auto without_end = [&](const std::string& name, const std::string& text) {
      return outcome_of({write(name, text.substr(0, text.size() - 1))}, [](const std::string& place) { return number_behind(place, ':'); });
    };
    // Behind a line that is no JSON an object must be understood anew; the records are the same.
    const Outcome fast = without_end("one", joined(lines));
    const Outcome whole = as_one_file(lines);
    ASSERT_EQ(fast.records, whole.records) << lines.back();
  }
}

}  // namespace
}  // namespace tunnelscope::input::testing
