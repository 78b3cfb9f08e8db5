// The record formats: each looks at the fields of one object or row, or at a line of text, and makes a TunnelRecord.
// A new dialect is one file here and one row in kDialects.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "src/input/fields.hpp"
#include "src/input/recorder.hpp"

namespace tunnelscope::input {

struct DialectRow {
  diag::Dialect dialect;
  bool (*recognise)(const Fields& fields);
  // Emits one record, or skips it with a reason. `scratch` is room for texts that have to be put together.
  void (*read)(const Fields& fields, const Context& context, Recorder& out, std::string& scratch);
};

bool recognise_bgp(const Fields& fields);
void read_bgp(const Fields& fields, const Context& context, Recorder& out, std::string& scratch);
bool recognise_ike(const Fields& fields);
void read_ike(const Fields& fields, const Context& context, Recorder& out, std::string& scratch);

// The first that recognises the fields reads them: BGP records have keys that IKE records share.
inline constexpr std::array kDialects{
    DialectRow{diag::Dialect::AwsS2sBgp, recognise_bgp, read_bgp},
    DialectRow{diag::Dialect::AwsS2sIke, recognise_ike, read_ike},
};

// The `text` output format, whose layout no document gives: known words are searched for. False: not a VPN log line.
bool read_text(std::string_view line, const Context& context, Recorder& out);

// Shared by the dialects.
// The record's own time, else the envelope's; skips the record and returns false when there is none.
bool read_time(const Fields& fields, const Context& context, Recorder& out, diag::TunnelRecord& record);
Identity own_identity(const Fields& fields);
bool same_word(std::string_view a, std::string_view b);  // ignoring ASCII case
diag::PhaseState phase_named(std::string_view word);     // Unknown: not a state
diag::Answer answer_named(std::string_view word);        // Unknown: neither
bool says_nothing(std::string_view word);                // "", "-", "null", "NA": absent, not unreadable
std::string_view trim(std::string_view text);

}  // namespace tunnelscope::input
