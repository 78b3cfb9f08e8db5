// Any bytes as one record: bare and as the message of an envelope it must be the same number of records.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "diag/intake.hpp"
#include "kb/knowledge.hpp"
#include "src/input/unwrap.hpp"

namespace {

using namespace tunnelscope;

std::uint64_t used(const std::string& padded, std::size_t length, bool as_message) {
  static const kb::Knowledge nothing{};
  static const diag::Classifier classifier(nothing);
  diag::Intake intake(classifier);
  input::Recorder recorder(intake, {});
  recorder.begin_input("fuzz");
  input::Unwrap unwrap(recorder);
  input::Context context;
  context.line = 1;
  context.time = 1673252138000;
  const std::string_view text(padded.data(), length);
  if (as_message) unwrap.message(text, context, 0);
  else unwrap.json(text, context, 0);
  intake.finish();
  return intake.coverage().records - intake.coverage().skipped;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  text.resize(size + simdjson::SIMDJSON_PADDING);
  const std::uint64_t bare = used(text, size, false), inside = used(text, size, true);
  if (size > 0 && text[0] == '{' && bare != inside) std::abort();
  return 0;
}
