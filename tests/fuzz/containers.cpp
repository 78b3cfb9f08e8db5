// Any bytes as a whole input: must not crash, hang or grow, and must give the same counts however they arrive.
// (Broken gzip is left out of the comparison: how much of it comes out depends on the pieces.)
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "diag/intake.hpp"
#include "kb/knowledge.hpp"
#include "src/input/framing.hpp"

namespace {

using namespace tunnelscope;

// Gives the text in pieces of `step` bytes.
class Pieces final : public input::ByteSource {
 public:
  Pieces(std::string_view text, std::size_t step) : rest_(text), step_(step) {}
  std::size_t read(char* to, std::size_t size) override {
    const std::size_t count = std::min({step_, size, rest_.size()});
    std::copy_n(rest_.data(), count, to);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t step_;
};

struct Counts {
  std::uint64_t records = 0, skipped = 0;
  bool whole = true;
  bool operator==(const Counts&) const = default;
};

Counts counts_of(std::string_view text, std::size_t step) {
  static const kb::Knowledge nothing{};
  static const diag::Classifier classifier(nothing);
  diag::Intake intake(classifier);
  input::Recorder recorder(intake, {});
  recorder.begin_input("fuzz");
  input::Unwrap unwrap(recorder);
  const auto source = input::decoded(std::make_unique<Pieces>(text, step));
  input::Window window(*source);
  input::Context context;
  context.line = 1;
  input::Skeletons skeletons;
  input::Framing(window, skeletons, unwrap, recorder, context, 0, false).read();
  intake.finish();
  return {intake.coverage().records, intake.coverage().skipped, source->problem().empty()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Counts at_once = counts_of(text, text.size() + 1), in_pieces = counts_of(text, 7);
  if (at_once.whole && at_once != in_pieces) std::abort();
  return 0;
}
