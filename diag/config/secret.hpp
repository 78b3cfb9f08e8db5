// A pre-shared key that can be compared and checked but not read: it has no accessor and no text form, and its bytes are
// overwritten when the last copy goes. In: the bytes that the daemon would use (a reader has taken off 0x, 0s, quotes).
#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/identity.hpp"
#include "diag/config/value.hpp"

namespace tunnelscope::diag::config {

// Overwrites and empties, in a way that the optimiser keeps. Readers owe it to their own buffers.
void wipe(std::string& bytes);

class Secret {
 public:
  explicit Secret(std::string&& bytes);  // wipes what it is given

  friend bool operator==(const Secret& a, const Secret& b) { return *a.bytes_ == *b.bytes_; }
  friend bool operator<(const Secret& a, const Secret& b) { return *a.bytes_ < *b.bytes_; }  // for sets
  std::size_t size() const { return bytes_->size(); }
  // Checks its syntax. `holds` must not keep what it is shown.
  template <class Predicate>
  bool every_character(Predicate holds) const {
    return std::all_of(bytes_->begin(), bytes_->end(), holds);
  }
  bool starts_with(char first) const { return !bytes_->empty() && bytes_->front() == first; }
  // Takes the key out of a text in which it stands although it does not belong there.
  void replace_in(std::string& text, std::string_view shown) const;
  // Differ in white space at the end alone: a newline that came along from a file.
  bool same_but_for_trailing_space(const Secret& other) const;

 private:
  std::shared_ptr<const std::vector<char>> bytes_;  // shared by copies
};

// A pre-shared key and whom it is for.
struct Key {
  Value<Secret> secret;            // unknown: "encrypted", "kept in a secrets manager", "known only after apply"
  std::vector<Identity> owners;    // the identities (or addresses) under which it is filed, both ends' where given; empty: anyone
  Where where;

  // Filed alike and the same key, as far as that can be known.
  friend bool operator==(const Key& a, const Key& b) { return a.secret.same_as(b.secret) && a.owners == b.owners; }
};

}  // namespace tunnelscope::diag::config
