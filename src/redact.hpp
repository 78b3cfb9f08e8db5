// Stable pseudonyms for what identifies a company: addresses, VPN and other AWS ids, account numbers, SPIs, users, hosts.
// In: a key and texts. Out: the same texts with ip-3f2a91c04d and the like; equal values give equal pseudonyms.
// Keyed (HMAC-SHA256), because all addresses can be tried against a plain hash within minutes.
#pragma once
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "src/command.hpp"
#include "src/known_keys.hpp"
#include "src/known_names.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::app {

class Redactor {
 public:
  explicit Redactor(std::string key) : key_(std::move(key)) {}

  enum class Hosts { Stay, Go };

  // Paths and ids: everything but host names, which look like file names.
  std::string text(std::string_view text) const;
  // Texts that a log wrote: host names too.
  std::string message(std::string_view text) const;
  // Sentences of the knowledge base into which values were filled: known names, addresses and ids, but no word is taken for
  // a name because of the word before it.
  std::string sentence(std::string_view text, Hosts hosts) const;
  // Texts of a log, which may name anything anywhere: of their words only those of a known vocabulary stay.
  std::string unknown_message(std::string_view text) const;
  // Shapes of such texts, in which <n> stands where digits stood.
  std::string unknown_shape(std::string_view text) const;
  // The same as message(), with <name> for every pseudonym: for texts that are compared.
  std::string masked(std::string_view text) const;
  // A name that a record states, with the prefix of its pseudonym: from now on it is replaced wherever it stands as a
  // whole word. A port and a prefix length are no part of it.
  void know(std::string_view value, std::string_view prefix);
  // The same for a client as reports name it: a user, or "user/device".
  void know_client(std::string_view value);
  // An address or an id of AWS that the reader knows: it stays as it is wherever it stands. Other texts cannot be kept.
  void keep(std::string_view value);
  // A value that is a name as a whole, known or not, or two known ones with a slash between them. What names nobody
  // ("NA", 0.0.0.0) stays.
  std::string name(std::string_view value, std::string_view prefix) const;
  // 16 hex digits; an unkeyed fingerprint of few possible subjects would give them away.
  std::string fingerprint(std::string_view fingerprint) const;

 private:
  std::string pseudonym(std::string_view prefix, std::string_view value) const;
  enum class As { Pseudonym, Mask };
  std::string pseudonym_of(std::string_view name, std::string_view prefix) const;
  bool names_nobody(std::string_view name) const;
  std::size_t slash_between_known(std::string_view value) const;
  struct How {
    bool hosts = false, only_known_words = false, announced = true;
    As as = As::Pseudonym;
  };
  std::string replace(std::string_view text, How how, const KnownNames& names) const;
  static std::size_t word_length(std::string_view text, std::size_t at, const KnownNames& names);
  bool is_kept(std::string_view canonical) const { return kept_.contains(canonical); }
  std::string key_;
  std::set<std::string, std::less<>> kept_;  // in canonical form
  KnownNames names_, shapes_;  // the latter with their digits masked
};

// The key of --redact-key, or of this installation: made at the first use, readable by its user alone.
tl::expected<Redactor, UsageError> redactor_for(const Settings& settings, const Console& console);

// src/clean.cpp. Takes keys out of every text of the document, those that are known and what looks like one, and with a redactor puts
// pseudonyms in.
void clean(report::Document& document, const Redactor* redactor, const KnownKeys* keys = nullptr);

}  // namespace tunnelscope::app
