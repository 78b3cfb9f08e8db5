// The knowledge base that kb_compile wrote as a string literal; read once, at first use.
#include "kb/loader.hpp"

namespace tunnelscope::kb {
namespace {

constexpr char kArchive[] =
#include "kb_archive.inc"
    ;

}  // namespace

const Knowledge& built_in() {
  static const Knowledge knowledge = from_archive({kArchive, sizeof kArchive - 1});
  return knowledge;
}

}  // namespace tunnelscope::kb
