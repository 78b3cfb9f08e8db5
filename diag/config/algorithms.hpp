// The algorithms that IKE negotiates, by one canonical name each. In: a canonical name, an IANA number. Out: a row of the one
// table. How a vendor spells an algorithm is its reader's knowledge.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tunnelscope::diag::config {

// The types of transforms (RFC 7296, 3.3.2), in the order in which a proposal names them.
enum class TransformType : std::uint8_t { Encryption, Integrity, Prf, Group, SequenceNumbers };
inline constexpr std::size_t kTransformTypes = 5;

enum class Strength : std::uint8_t { Good, Fading, Weak };

struct Algorithm {
  std::string_view id;        // "aes256gcm16", "sha256", "prfsha256", "modp2048"
  TransformType type;
  std::uint16_t number;       // IANA's transform id of IKEv2; a group's number (14)
  std::uint16_t key_bits;     // of encryption with a choice of key lengths, else 0
  bool aead;                  // encrypts and authenticates: needs no integrity algorithm
  Strength strength;
  std::string_view reference; // why it is not Good; else empty
};

// Lives for ever; two algorithms are the same when their addresses are.
using AlgorithmRef = const Algorithm*;

std::span<const Algorithm> all_algorithms();

// nullptr: the table does not have it.
AlgorithmRef algorithm(std::string_view id);
// Group 14 is modp2048; group 0 is `none`: no key exchange of its own.
AlgorithmRef group(std::uint16_t number);
// The PRF that goes with an integrity algorithm where a proposal names none: sha256 gives prfsha256. nullptr: there is none.
AlgorithmRef prf_of(AlgorithmRef integrity);

std::string_view name(TransformType type);  // "encryption", "integrity", "prf", "group", "sequence-numbers"

}  // namespace tunnelscope::diag::config
