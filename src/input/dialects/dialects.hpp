// The record formats: each looks at the fields of one object or row, or at a line of text, and makes a TunnelRecord
// or a SessionRecord. A new dialect is one file here and one row in kDialects or kTextDialects.
#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diag/bytes.hpp"
#include "diag/known_texts.hpp"
#include "diag/session_fields.hpp"
#include "src/input/fields.hpp"
#include "src/input/recorder.hpp"
#include "src/input/timestamps.hpp"

namespace tunnelscope::input {

// SessionRecord::fields while they are put together: long values are cut, and what would make the list too long is left out.
class FieldList {
 public:
  void add(std::string_view name, std::string_view value);
  void add_named(Name name, std::string_view value);  // the same for a name of the code, which holds no mark of this list
  bool add_usual(Name name, std::string_view value);
  std::string_view view();  // empty: nothing was added
  void clear() { said_ = 0, size_ = diag::kFieldsHead; }

 private:
  static constexpr std::size_t kLongest = 8192;  // as fields_size() counts
  bool take_room(std::size_t name, std::string_view& value);
  void append(char c) { bytes_[size_++] = c; }
  void append(std::string_view text, char behind);

  std::array<char, diag::kFieldsHead + kLongest + kLongest / 3> bytes_;  // a name without a number takes one byte more than counts
  std::size_t said_ = 0, size_ = diag::kFieldsHead;
};

// Room for texts that have to be put together, used again for each record.
class Scratch {
 public:
  std::string text;
  FieldList fields;
  TimeMemory times;
  std::string json;                // a padded copy of JSON found in a field
  simdjson::dom::parser parser;    // for that
  std::string location;            // of Twingate, as it was read last
  std::vector<std::string> place;  // what it says; empty: nothing

  std::string& keep() {            // empty, and at the same place until clear()
    if (used_ == kept_.size()) kept_.push_back(std::make_unique<std::string>());
    std::string& room = *kept_[used_++];
    room.clear();
    return room;
  }
  void clear() {
    text.clear();
    fields.clear();
    used_ = 0;
  }

  // What is known of the fields of these names, which are told by where they stand.
  diag::KnownTexts& known(const Name* names) {
    for (const auto& [of, texts] : known_)
      if (of == names) return *texts;
    return *known_.emplace_back(names, std::make_unique<diag::KnownTexts>()).second;
  }

 private:
  std::vector<std::pair<const Name*, std::unique_ptr<diag::KnownTexts>>> known_;
  std::vector<std::unique_ptr<std::string>> kept_;
  std::size_t used_ = 0;
};

struct DialectRow {
  diag::Dialect dialect;
  bool (*recognise)(const Fields& fields);
  // Emits one record, or skips it with a reason.
  void (*read)(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);
};

bool recognise_client_vpn(const Fields& fields);
void read_client_vpn(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);
bool recognise_cloudconnexa(const Fields& fields);
void read_cloudconnexa(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);
bool recognise_cloudconnexa_session(const Fields& fields);
void read_cloudconnexa_session(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);
bool recognise_pangolin(const Fields& fields);
void read_pangolin(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);
bool recognise_twingate(const Fields& fields);
void read_twingate(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);
bool recognise_twingate_report(const Fields& fields);
void read_twingate_report(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);
bool recognise_connector_answer(const Fields& fields);
void read_connector_object(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);
bool recognise_bgp(const Fields& fields);
void read_bgp(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);
bool recognise_ike(const Fields& fields);
void read_ike(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch);

// The first that recognises the fields reads them: those of user sessions have keys of their own; BGP records have
// keys that IKE records share.
inline constexpr std::array kDialects{
    DialectRow{diag::Dialect::AwsClientVpn, recognise_client_vpn, read_client_vpn},
    DialectRow{diag::Dialect::CloudConnexa, recognise_cloudconnexa, read_cloudconnexa},
    DialectRow{diag::Dialect::CloudConnexa, recognise_cloudconnexa_session, read_cloudconnexa_session},
    DialectRow{diag::Dialect::Pangolin, recognise_pangolin, read_pangolin},
    DialectRow{diag::Dialect::Twingate, recognise_twingate, read_twingate},
    DialectRow{diag::Dialect::Twingate, recognise_twingate_report, read_twingate_report},
    DialectRow{diag::Dialect::TwingateConnector, recognise_connector_answer, read_connector_object},
    DialectRow{diag::Dialect::AwsS2sBgp, recognise_bgp, read_bgp},
    DialectRow{diag::Dialect::AwsS2sIke, recognise_ike, read_ike},
};

// Lines of text of a service, without what stands before them in its container.
struct TextDialect {
  diag::Dialect dialect;
  bool (*read)(std::string_view line, const Context& context, Recorder& out, Scratch& scratch);  // false: not its line
};
bool read_agent_line(std::string_view line, const Context& context, Recorder& out, Scratch& scratch);
bool read_connector_line(std::string_view line, const Context& context, Recorder& out, Scratch& scratch);
inline constexpr std::array kTextDialects{
    TextDialect{diag::Dialect::PangolinAgent, read_agent_line},
    TextDialect{diag::Dialect::TwingateConnector, read_connector_line},
};

// What events of no interest are skipped with.
inline constexpr std::string_view kOtherPangolinEvent = "Pangolin event of another kind";
inline constexpr std::string_view kOtherTwingateEvent = "Twingate event of another kind";
inline constexpr std::string_view kOtherCloudConnexaEvent = "CloudConnexa event of no interest here";

// AWS's `text` output format, whose layout no document gives: known words are searched for. False: not a VPN log line.
bool read_text(std::string_view line, const Context& context, Recorder& out);
bool begins_message(std::string_view text);  // a known beginning of a message of that format stands in it

// Shared by the dialects.
// The record's own time, else the envelope's; skips the record and returns false when there is none.
bool read_time(const Fields& fields, const Context& context, Recorder& out, diag::TunnelRecord& record);
Identity own_identity(const Fields& fields);
bool same_word_in_other_case(std::string_view a, std::string_view b);
// Ignoring ASCII case, which mostly is the same.
inline bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (diag::same_bytes(a.data(), b.data(), a.size()) || same_word_in_other_case(a, b));
}
diag::PhaseState phase_named(std::string_view word);     // Unknown: not a state
diag::Answer answer_named(std::string_view word);        // Unknown: neither
bool says_nothing(std::string_view word);                // "", "-", "null", "NA": absent, not unreadable
std::string_view trim_blanks(std::string_view text);
// Without the blanks around it, of which most texts have none.
inline std::string_view trim(std::string_view text) {
  return !text.empty() && text.front() > ' ' && text.back() > ' ' ? text : trim_blanks(text);
}

}  // namespace tunnelscope::input
