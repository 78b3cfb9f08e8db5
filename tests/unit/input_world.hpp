// For the tests of src/input/: files in a folder of their own, and everything that reading them gave, as text.
#pragma once
#include <gtest/gtest.h>
#include <isa-l.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "diag/intake.hpp"
#include "diag/session_event.hpp"
#include "diag/session_fields.hpp"
#include "diag/text_pool.hpp"
#include "diag/time.hpp"
#include "kb/knowledge.hpp"
#include "src/input/reader.hpp"

namespace tunnelscope::input::testing {

struct Reading {
  std::vector<std::string> events;   // "tunnel time dialect phase1/phase2 flags | message"
  std::vector<std::string> places;   // "file:line" of each, in the same order
  std::vector<std::string> sessions; // "dialect happening time name=value... | message", only what is said
  std::vector<std::vector<std::string>> fields;  // of each session record: "name=value"
  std::vector<std::string> session_places;
  std::vector<std::string> caveats;
  std::vector<std::string> skipped;  // "reason xN at file:line"
  std::vector<std::string> notes;
  std::vector<std::string> problems;    // "file: reason"
  std::vector<std::string> containers;  // of each input
  std::uint64_t records = 0, skipped_count = 0;
};

inline std::string gzip(const std::string& text) {
  std::string out(text.size() + text.size() / 8 + 1024, '\0');
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.flush = NO_FLUSH;
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<std::uint32_t>(text.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  EXPECT_EQ(isal_deflate_stateless(&stream), COMP_OK);
  out.resize(stream.total_out);
  return out;
}

inline std::string base64(const std::string& bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                                      reinterpret_cast<const unsigned char*>(bytes.data()),
                                                      static_cast<int>(bytes.size()))));
  return out;
}

// A JSON string literal that holds `text`.
inline std::string json_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out + "\"";
}

inline std::string line_of(const diag::TunnelLog& log, const diag::Event& event, const diag::Intake& intake) {
  constexpr const char* kAnswers[] = {"?", "no", "yes"};
  constexpr const char* kBgp[] = {"", " bgp=up", " bgp=down"};
  std::string out = log.id + " " + diag::rfc3339(event.time) + " " + std::string(diag::name_of(event.dialect)) + " ";
  out += std::string(diag::name_of(event.phase1)) + "/" + std::string(diag::name_of(event.phase2));
  out += std::string(" dpd=") + kAnswers[static_cast<int>(event.dpd_enabled)];
  out += std::string(" nat=") + kAnswers[static_cast<int>(event.nat_t)] + kBgp[static_cast<int>(event.bgp)];
  return out + " | " + intake.message(log, event);
}

// In one canonical line, so that a test compares texts.
inline std::string line_of(const diag::SessionEvent& e, const diag::Intake& intake) {
  constexpr const char* kHappenings[] = {"message", "waiting", "handed-over", "started", "ended", "whole", "failed", "denied"};
  constexpr const char* kRelayed[] = {"", " relayed=no", " relayed=yes"};
  const diag::Party& party = intake.session_names().parties[e.party];
  const diag::Route& route = intake.session_names().routes[e.route];
  const diag::Closing& closing = intake.session_names().closing(e.closing);
  std::string out = std::string(diag::name_of(e.dialect)) + " " + kHappenings[static_cast<int>(e.happening)] + " ";
  out += diag::rfc3339(e.time) + (e.yearless ? " yearless" : "");
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += std::string(" ") + name + "=" + value;
  };
  const auto text = [&](const char* name, std::uint32_t index) { add(name, std::string(intake.texts().at(index))); };
  const auto number = [&](const char* name, std::int64_t value) { add(name, value < 0 ? "" : std::to_string(value)); };
  text("id", e.id);
  text("group", route.group);
  text("group_name", route.group_name);
  text("organisation", route.organisation);
  text("gateway", route.gateway);
  text("connector", route.connector);
  text("source", route.source);
  text("user", party.user);
  text("device", party.device);
  text("address", party.address);
  text("resource", route.resource);
  text("protocol", route.protocol);
  add("start", diag::rfc3339(e.start));
  add("end", diag::rfc3339(closing.end));
  number("ms", closing.duration);
  number("to_client", closing.to_client);
  number("from_client", closing.from_client);
  out += kRelayed[static_cast<int>(e.relayed)];
  if (party.is_connector != 0) out += " is_connector";
  return out + " | " + std::string(intake.texts().at(e.text));
}

// "name=value" of each documented field.
inline std::vector<std::string> fields_of(std::string_view list) {
  std::vector<std::string> fields;
  diag::for_each_field(list, [&](std::string_view name, std::string_view value) {
    fields.push_back(std::string(name).append("=").append(value));
  });
  return fields;
}

class World : public ::testing::Test {
 protected:
  World() {
    std::string name = (std::filesystem::temp_directory_path() / "tunnelscope-input-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~World() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  Reading read(const std::vector<std::string>& paths, const ReadOptions& options = {}) const {
    const kb::Knowledge nothing{};
    const diag::Classifier classifier(nothing);
    diag::Intake intake(classifier);
    Reading reading;
    for (const auto& problem : read_inputs(paths, options, intake))
      reading.problems.push_back(short_path(problem.path) + ": " + problem.reason);
    intake.finish();
    for (const auto& log : intake.tunnels())
      for (const auto& event : log.events) {
        reading.events.push_back(line_of(log, event, intake));
        reading.places.push_back(short_path(intake.at(event.place)));
      }
    for (const diag::SessionEvent& event : intake.sessions()) {
      reading.sessions.push_back(line_of(event, intake));
      reading.fields.push_back(fields_of(intake.texts().at(event.fields)));
      reading.session_places.push_back(short_path(intake.at(event.place)));
    }
    for (const auto& caveat : intake.caveats())
      reading.caveats.push_back(std::string(diag::name_of(caveat.system)) + ": " + caveat.text);
    const auto tallies = [&](const std::vector<diag::Tally>& from, std::vector<std::string>& to) {
      for (const auto& tally : from)
        to.push_back(tally.what + " x" + std::to_string(tally.count) + " at " + short_path(intake.at(tally.first)));
    };
    tallies(intake.coverage().skipped_by_reason, reading.skipped);
    tallies(intake.coverage().notes_by_reason, reading.notes);
    for (const auto& input : intake.inputs()) reading.containers.push_back(input.container);
    reading.records = intake.coverage().records;
    reading.skipped_count = intake.coverage().skipped;
    return reading;
  }

  // Reads one file with these bytes.
  Reading read_bytes(const std::string& bytes, const std::string& name = "log") const { return read({write(name, bytes)}); }

  std::string short_path(const std::string& text) const {
    return text.starts_with(folder_ + "/") ? text.substr(folder_.size() + 1) : text;
  }

  std::string folder_;
};

using Lines = std::vector<std::string>;

}  // namespace tunnelscope::input::testing
