// What the fuzz targets of user sessions compare: everything that reading some bytes gave, as text.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "diag/intake.hpp"
#include "diag/session_event.hpp"
#include "diag/session_fields.hpp"
#include "diag/text_pool.hpp"
#include "kb/knowledge.hpp"
#include "src/input/framing.hpp"

namespace tunnelscope::fuzz {

inline void must(bool holds) {
  if (!holds) std::abort();
}

struct Reading {
  std::string records;  // of tunnels and sessions, in order
  std::uint64_t sessions = 0, skipped = 0;
  bool too_deep = false;
  bool operator==(const Reading&) const = default;
};

inline Reading read(std::string_view bytes) {
  static const kb::Knowledge nothing{};
  static const diag::Classifier classifier(nothing);
  diag::Intake intake(classifier);
  input::Recorder recorder(intake, {});
  recorder.begin_input("fuzz");
  input::Unwrap unwrap(recorder);
  const auto source = input::memory_source(bytes);
  input::Window window(*source);
  input::Context context;
  context.line = 1;
  input::Skeletons skeletons;
  input::Framing(window, skeletons, unwrap, recorder, context, 0, false).read();
  intake.finish();

  const diag::Coverage& coverage = intake.coverage();
  must(coverage.records == coverage.recognised + coverage.unrecognised + coverage.skipped + coverage.duplicates);
  Reading reading;
  reading.skipped = coverage.skipped;
  reading.sessions = intake.sessions().size();
  for (const diag::Tally& tally : coverage.skipped_by_reason) reading.too_deep |= tally.what == "wrapped too many times";
  const auto add = [&](auto value) { (reading.records += std::to_string(value)) += ' '; };
  const auto text = [&](std::uint32_t index) { (reading.records += intake.texts().at(index)) += ' '; };
  for (const diag::TunnelLog& log : intake.tunnels())
    for (const diag::Event& event : log.events) add(event.time), text(event.text);
  for (const diag::SessionEvent& e : intake.sessions()) {
    must(e.time != diag::kNoTime && !intake.texts().at(e.text).empty());
    const diag::Closing& said = intake.session_names().closing(e.closing);
    must(said.duration >= -1 && said.to_client >= -1 && said.from_client >= -1);
    must(diag::fields_size(intake.texts().at(e.fields)) <= 8192);
    for (const auto number : {e.time, e.start, said.end, said.duration, said.to_client, said.from_client}) add(number);
    const diag::Party& p = intake.session_names().parties[e.party];
    const diag::Route& r = intake.session_names().routes[e.route];
    for (const auto index : {e.id, r.group, r.group_name, r.organisation, r.gateway, r.connector, p.user, p.device, p.address,
                             r.resource, r.protocol, e.text, e.fields})
      text(index);
    for (const auto word : {static_cast<int>(e.dialect), static_cast<int>(e.happening), static_cast<int>(e.relayed)}) add(word);
    add(static_cast<int>(p.is_connector));
  }
  return reading;
}

}  // namespace tunnelscope::fuzz
