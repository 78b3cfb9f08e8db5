// Stable pseudonyms for what identifies a company: addresses, VPN and other AWS ids, account numbers, SPIs, users, hosts.
// In: a key and texts. Out: the same texts with ip-3f2a91c04d and the like; equal values give equal pseudonyms.
// Keyed (HMAC-SHA256), because all addresses can be tried against a plain hash within minutes.
#pragma once
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "src/command.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::app {

class Redactor {
 public:
  explicit Redactor(std::string key) : key_(std::move(key)) {}

  // Paths, ids, sentences: everything but host names, which look like file names.
  std::string text(std::string_view text) const;
  // Texts that a log wrote: host names too.
  std::string message(std::string_view text) const;
  // Shapes of such texts, in which <n> stands where digits stood.
  std::string shape(std::string_view text) const;
  // The same as message(), with <name> for every pseudonym: for texts that are compared.
  std::string masked(std::string_view text) const;
  // 16 hex digits; an unkeyed fingerprint of few possible subjects would give them away.
  std::string fingerprint(std::string_view fingerprint) const;

 private:
  std::string pseudonym(std::string_view prefix, std::string_view value) const;
  enum class As { Pseudonym, Mask };
  std::string replace(std::string_view text, bool hosts, As as) const;
  std::string key_;
};

// The key of --redact-key, or of this installation: made at the first use, readable by its user alone.
tl::expected<Redactor, UsageError> redactor_for(const Settings& settings, const Console& console);

// Takes keys out of every text of the document, and with a redactor puts pseudonyms in.
void clean(report::Document& document, const Redactor* redactor);

}  // namespace tunnelscope::app
