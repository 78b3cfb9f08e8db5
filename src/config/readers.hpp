// The kinds of configurations that can be read. In: a file's path and text. Out: which kind it is, told by its content, and what its
// reader makes of it. A reader is one file and one row of the table in readers.cpp; it opens nothing, asks no clock, and never fails:
// what it could not read is a Problem, and whatever that touches stays unknown in the endpoints.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "diag/config/model.hpp"
#include "src/config/tree.hpp"

namespace tunnelscope::config {

namespace model = diag::config;
using model::Problem;  // where, reason, hint, fatal; never quotes what may be a key

// Path as the user gave it, and the text without a byte order mark. It may hold keys: whoever owns it wipes it (diag::config::wipe).
struct Source {
  std::string path, text;

  Source(std::string given, std::string read);
};

// The files that an include names, in the order in which they are to be read (a pattern may name several, or none), or the reason why
// they cannot be read. `from` is the path of the file that includes. The caller resolves relative names and says where it stops at all;
// that no file includes itself and how deep includes go is the reader's to bound.
using Include = std::function<tl::expected<std::vector<Source>, std::string>(std::string_view name, const std::string& from)>;

// What a reader may look at besides its own file.
struct Surroundings {
  Include include;                 // never empty
  std::span<const Source> secrets; // files given beside it that hold keys alone (ipsec.secrets); empty: keys are not known
};

// A file and, when somebody asks for it, its tree. Not copied; wipes its tree.
class Content {
 public:
  explicit Content(const Source& source) : source_(source) {}  // which must outlive it
  ~Content();
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  const std::string& path() const { return source_.path; }
  std::string_view text() const { return source_.text; }
  const Source& source() const { return source_; }

  // By the first character that is no white space: "{" or "[" is JSON, "<" XML, anything else may be YAML or a language of its own.
  enum class Form : std::uint8_t { Json, Xml, Other };
  Form form() const;
  // Read as JSON, XML or YAML by its form, once. Whether text of the form Other is YAML at all the caller must judge first.
  const Tree& tree() const;

 private:
  const Source& source_;
  mutable std::optional<Tree> tree_;
};

// One kind of file.
struct Kind {
  std::string_view name;         // `configurations[].kind` of a report: "aws-describe", "strongswan-swanctl"
  std::string_view title;        // for people: "strongSwan swanctl.conf"
  model::Side side;              // where it is clear; two swanctl.conf are told apart by the command line
  bool secrets_only = false;     // no configuration of its own, but keys for others (Surroundings::secrets): `read` is nullptr
  // By content, tolerant of damage behind the telling words; never by the file's name.
  bool (*recognises)(const Content& content);
  // One configuration; a plan gives two, Before and After; several documents in one file give several.
  std::vector<model::Configuration> (*read)(const Content& content, const Surroundings& around);
};

// In the order in which they are asked.
std::span<const Kind> kinds();

// nullptr: it is none of them; unrecognised() says so.
const Kind* kind_of(const Content& content);
// "neither a VPN configuration nor ...", with what it seems to be and what can be read.
Problem unrecognised(const Content& content);

// What kind_of() says, read. Where there is none, a configuration without kind that holds a problem; of a file of secrets, one without
// endpoints.
std::vector<model::Configuration> read_configuration(const Content& content, const Surroundings& around);

}  // namespace tunnelscope::config
