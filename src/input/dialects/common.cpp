// What the dialects share: the record's time and identity, and words compared ignoring case.
#include <algorithm>

#include "src/input/dialects/dialects.hpp"

namespace tunnelscope::input {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_out_of_range(TimeStatus status) { return status == TimeStatus::Before1970 || status == TimeStatus::After2100; }

}  // namespace

bool same_word_in_other_case(std::string_view a, std::string_view b) {
  if (a.empty() || lower(a.front()) != lower(b.front())) return a.empty();
  return std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim_blanks(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") + 1 - from);
}

bool says_nothing(std::string_view word) {
  return word.empty() || word == "-" || same_word(word, "null") || same_word(word, "none") || same_word(word, "na") ||
         same_word(word, "n/a");
}

diag::PhaseState phase_named(std::string_view word) {
  for (std::size_t i = 1; i < diag::kPhaseStateNames.size(); ++i)
    if (same_word(word, diag::kPhaseStateNames[i])) return static_cast<diag::PhaseState>(i);
  return diag::PhaseState::Unknown;
}

diag::Answer answer_named(std::string_view word) {
  for (const std::string_view yes : {"true", "yes", "1"})
    if (same_word(word, yes)) return diag::Answer::Yes;
  for (const std::string_view no : {"false", "no", "0"})
    if (same_word(word, no)) return diag::Answer::No;
  return diag::Answer::Unknown;
}

bool read_time(const Fields& fields, const Context& context, Recorder& out, diag::TunnelRecord& record) {
  for (const Key key : {Key::EventTimestamp, Key::Timestamp}) {
    if (!fields.has(key)) continue;
    const ParsedTime parsed = time_of(fields[key]);
    record.time = parsed.time;
    if (parsed.status == TimeStatus::Ok) return true;
    if (is_out_of_range(parsed.status) && context.time == diag::kNoTime) {
      return out.skip(parsed.status == TimeStatus::Before1970 ? "time before 1970" : "time after 2100", context), false;
    }
    out.note(key == Key::EventTimestamp ? "unreadable event_timestamp" : "unreadable timestamp", context);
  }
  record.time = context.time;
  if (record.time == diag::kNoTime) out.skip("no time", context);
  return record.time != diag::kNoTime;
}

Identity own_identity(const Fields& fields) {
  Identity identity = identity_in(fields[Key::ResourceId].text());
  if (identity.known()) return identity;
  identity.set_connection(trim(fields[Key::VpnConnectionId].text()));
  identity.set_outside_ip(trim(fields[Key::OutsideIp].text()));
  return identity;
}

}  // namespace tunnelscope::input
