// Reads the knowledge base from YAML.
// In: a folder (messages/, causes/, config/, thresholds.yaml, version). Out: Knowledge, or every error with its place.
#pragma once
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "kb/knowledge.hpp"
#include "kb/source_map.hpp"

namespace tunnelscope::kb {

// One fault in a YAML file. Line and column are 1-based; 0: the fault concerns the file as a whole.
struct Error {
  std::string file;
  int line = 0;
  int column = 0;
  std::string source_line;  // the text of that line, may be empty
  std::string reason;       // lower case, no full stop
  std::string hint;         // may be empty: "did you mean `signal`?"
};

// file:line:column: reason, the line, a caret, and the hint, each on a line of its own, as the user sees it.
std::string to_text(const Error& error);

using Errors = std::vector<Error>;

// All or error: a base with one broken file is not used. Ids must equal paths. `sources` receives, when given,
// where everything stands, for lint.
tl::expected<Knowledge, Errors> load_folder(const std::string& folder, SourceMap* sources = nullptr);

// The same folder laid over `base`: new ids are added; an entry with `override: true` changes the keys that it
// names; one with `disabled: true` removes the entry, and other causes forget it. A cause of the folder that needs a
// signal which nothing gives is an error, too; not so with `sources`: lint, which they are for, reports it.
tl::expected<Knowledge, Errors> overlay_folder(Knowledge base, const std::string& folder,
                                               SourceMap* sources = nullptr);

// Whether a folder is a knowledge base of its own rather than an overlay of `base`: it has a version, and it repeats
// entries of `base` without overriding or disabling any.
bool stands_alone(const std::string& folder, const Knowledge& base);

// A compact byte form of a Knowledge, made by the build and read at start-up in microseconds.
std::string to_archive(const Knowledge& knowledge);
Knowledge from_archive(std::string_view archive);  // precondition: made by to_archive of the same build

// The knowledge base that the build compiled in.
const Knowledge& built_in();

// The candidate closest to `word`, for "did you mean"; empty when nothing is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace tunnelscope::kb
