// The knowledge base that kb_compile wrote as a string literal; read once, at first use, and kept until the process
// ends: taking its thousands of texts apart at the exit would cost half as much as reading them.
#include "kb/loader.hpp"

namespace tunnelscope::kb {
namespace {

constexpr char kArchive[] =
#include "kb_archive.inc"
    ;

}  // namespace

const Knowledge& built_in() {
  static const Knowledge* const knowledge = new Knowledge(from_archive({kArchive, sizeof kArchive - 1}));
  return *knowledge;
}

}  // namespace tunnelscope::kb
