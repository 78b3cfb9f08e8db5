// The IKE activity log of AWS Site-to-Site VPN: facts/aws-site-to-site-vpn.md section 1.
// Only the text is needed; a record that states a phase is used even without one.
#include "src/input/dialects/dialects.hpp"

namespace tunnelscope::input {
namespace {

diag::PhaseState read_phase(const FieldValue& value, std::string_view unreadable, const Context& context, Recorder& out) {
  if (!value.present() || (value.is_text() && says_nothing(trim(value.text())))) return diag::PhaseState::Unknown;
  const auto state = phase_named(trim(value.text()));
  if (state == diag::PhaseState::Unknown) out.note(unreadable, context);
  return state;
}

diag::Answer read_answer(const FieldValue& value, std::string_view unreadable, const Context& context, Recorder& out) {
  using Kind = FieldValue::Kind;
  auto answer = diag::Answer::Unknown;
  if (!value.present() || (value.is_text() && says_nothing(trim(value.text())))) return answer;
  if (value.kind() == Kind::Bool) return value.yes() ? diag::Answer::Yes : diag::Answer::No;
  if (value.kind() == Kind::Integer && (value.integer() == 0 || value.integer() == 1))
    return value.integer() == 1 ? diag::Answer::Yes : diag::Answer::No;
  if (value.is_text()) answer = answer_named(trim(value.text()));
  if (answer == diag::Answer::Unknown) out.note(unreadable, context);
  return answer;
}

}  // namespace

bool recognise_ike(const Fields& fields) {
  if (fields[Key::Message].is_text()) return false;
  return fields.has(Key::Details) || fields.has(Key::EventTimestamp) || fields.has(Key::Phase1State) ||
         fields.has(Key::Phase2State);
}

void read_ike(const Fields& fields, const Context& context, Recorder& out, Scratch&) {
  diag::TunnelRecord record;
  record.dialect = diag::Dialect::AwsS2sIke;
  record.message = trim(fields[Key::Details].text());
  const bool states = phase_named(trim(fields[Key::Phase1State].text())) != diag::PhaseState::Unknown ||
                      phase_named(trim(fields[Key::Phase2State].text())) != diag::PhaseState::Unknown;
  if (record.message.empty() && !states) return out.skip("no message text", context);
  if (!read_time(fields, context, out, record)) return;
  if (fields.has(Key::Details) && !fields[Key::Details].is_text()) out.note("unreadable details", context);
  record.phase1 = read_phase(fields[Key::Phase1State], "unreadable ike_phase1_state", context, out);
  record.phase2 = read_phase(fields[Key::Phase2State], "unreadable ike_phase2_state", context, out);
  record.dpd_enabled = read_answer(fields[Key::DpdEnabled], "unreadable dpd_enabled", context, out);
  record.nat_t = read_answer(fields[Key::NatTDetected], "unreadable nat_t_detected", context, out);
  out.record(record, own_identity(fields), context);
}

}  // namespace tunnelscope::input
