// A proposal: sets of algorithms by type, of which one of each is agreed. In: what a configuration says. Out: the same with what
// daemons take as said, and as text.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "diag/config/algorithms.hpp"
#include "diag/config/value.hpp"

namespace tunnelscope::diag::config {

// In order of preference. An empty set of groups in a proposal for ESP means no PFS; one that holds `none` beside others, that
// PFS may be left out.
struct TransformSet {
  std::vector<AlgorithmRef> algorithms;
  Where where;  // where it is written, or where it would be written when empty

  bool empty() const { return algorithms.empty(); }
  bool has(AlgorithmRef wanted) const;
};

enum class Protocol : std::uint8_t { Ike, Esp };

// Readers write down what stands there and leave the rest to completed(). Where a list of options is all that a vendor has (AWS),
// the ciphers that need an integrity algorithm and the AEAD ones are one proposal each: a reader may write them into one, for
// completed() takes them apart. Where a vendor sends every combination in IKEv1 too (Libreswan, Cisco), its reader writes one
// proposal per combination, for a proposal's first algorithms are all that an IKEv1 initiator sends of it.
struct Proposal {
  TransformSet encryption, integrity, prf, groups, sequence_numbers;
  std::vector<std::string> unrecognised;  // words that no table knows: what this proposal offers is then not known
  Where where;

  TransformSet& operator[](TransformType type);
  const TransformSet& operator[](TransformType type) const;
  // Adds to the set of its type, once.
  void add(AlgorithmRef added, const Where& at);
  // The same algorithms in the same order, wherever they stand.
  friend bool operator==(const Proposal& a, const Proposal& b);
};

using Proposals = std::vector<Proposal>;  // in order of preference

// What the daemons make of a list (measured, facts/ike-faults.md 4): AEAD and other ciphers are proposals of their own; beside
// AEAD an integrity algorithm is dropped for ESP and stands for the PRF for IKE; a PRF that is not named follows from the
// integrity algorithms; ESP without groups has the group `none`, and without word on sequence numbers `noesn`. ESP has no PRF.
Proposals completed(const Proposals& written, Protocol protocol);

// "aes256-sha256-modp2048"; several of a type are joined by "|": "aes128|aes256-sha1-modp1024". Lists by ", ".
// What completed() adds (a derived PRF, none, noesn) is left out.
std::string text(const TransformSet& set);
std::string text(const Proposal& proposal);
std::string text(const Proposals& proposals);

}  // namespace tunnelscope::diag::config
