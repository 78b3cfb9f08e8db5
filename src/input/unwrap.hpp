// A JSON value, a row of fields or a text to records: takes envelopes off until a dialect recognises what is left.
// Envelopes nest: JSON in a string in JSON, base64 of gzip in a field. Each nesting uses a level of its own, so that
// views into the outer ones stay valid; beyond kDeepest the value is skipped.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "src/input/containers/containers.hpp"
#include "src/input/dialects/dialects.hpp"
#include "src/input/fields.hpp"
#include "src/input/json_scan.hpp"
#include "src/input/layouts.hpp"
#include "src/input/recorder.hpp"

namespace tunnelscope::input {

class Unwrap {
 public:
  static constexpr int kDeepest = 16;

  explicit Unwrap(Recorder& out) : out_(out) {}

  // `text` is one JSON value, followed by simdjson's padding. try_json: false when it is not valid JSON, and then
  // nothing was done; json: skips it with the reason.
  bool try_json(std::string_view text, const Context& context, int level);
  void json(std::string_view text, const Context& context, int level);

  void row(Fields& fields, const Context& context, int level);               // CSV rows
  void message(std::string_view text, const Context& context, int level);   // JSON or text, with or without a prefix

  // A line of text of a service: an ANALYTICS line, or one that a text dialect of user sessions knows. `behind` is the
  // prefix that `text` begins with. False: it is none, and nothing was done.
  bool service_line(std::string_view text, const ServicePrefix& behind, const Context& context, int level);
  // A line or a message of text that no service is known to have written: a row of events, a record behind a prefix of any
  // kind, or AWS's own text. `own` is what follows a time or a stream name that begins `text`; `context` knows these.
  void any_text(std::string_view text, std::string_view own, const ServicePrefix& service, const Context& context, int level);
  // What the prefix of a line says, laid over what is known; its views last until the next call.
  Context inside(const ServicePrefix& prefix, const Context& context);

  // The fields that stand around the events of a wrapper: `shell` is the object with its arrays emptied.
  struct Header {
    Context context;
    bool skip = false;  // nothing in it is a log record
  };
  Header header(std::string shell, Key array, const Context& context, int level);

  // Why a text that the last try_json on this level refused is no JSON.
  std::string_view fault_of(std::string_view text, int level) const;

  Identity named_stream(std::string_view name);     // `name` is that of a log stream
  Identity stream_identity(std::string_view text);  // only what a text of any kind proves to be the name of a tunnel

  // The fast path of lines of JSON, which learns from what is done here.
  Layouts& layouts() { return layouts_; }
  void watch(Layouts::Seen* seen) { seen_ = seen; }  // nullptr: no longer

 private:
  struct Level {
    Level();
    simdjson::dom::parser parser;
    std::string text;  // a padded copy of JSON found in a string
    Scratch scratch;
    Fields fields;
    simdjson::error_code refusal = simdjson::SUCCESS;  // why the last text was no JSON
  };
  Level* at(int level, const Context& context);  // nullptr: too deep, and skipped

  void fields(Fields& fields, const Context& context, int level);
  void value(simdjson::dom::element element, const Context& context, int level);
  void object(simdjson::dom::object object, const Context& context, int level);
  void array(simdjson::dom::array array, const Context& context, int level);
  bool chosen_fields(simdjson::dom::array array, Context& context);
  bool dialects(Fields& fields, const Context& context, int level);
  bool wrappers(Fields& fields, const Context& context, int level);
  bool payloads(Fields& fields, const Context& context, int level);
  bool envelope(Fields& fields, const Context& context, int level);
  bool session_envelope(const Fields& fields, const Context& context, int level);
  void pangolin_page(const FieldValue& data, const Context& context, int level);
  void journal_entry(const Fields& fields, const Context& context, int level);
  bool record_behind_prefix(std::string_view text, const Context& context, int level);
  bool record_in_cell(std::string_view text, std::size_t from, const Context& context, int level);
  Identity stream_beside(simdjson::dom::object object, const FieldValue& message, int depth);
  void analytics(std::string_view json, const Context& context, int level);
  bool try_copy(std::string_view json, const Context& context, int level);
  void payload(std::string_view base64, const Context& context, int level);
  Header header_of(const Fields& shell, Key array, const Context& context);
  Context inside(const Fields& fields, const Context& context);

  Recorder& out_;
  Layouts layouts_;
  Layouts::Seen* seen_ = nullptr;
  std::vector<std::unique_ptr<Level>> levels_;
  std::string last_stream_, host_;
  Identity last_identity_;
};

}  // namespace tunnelscope::input
