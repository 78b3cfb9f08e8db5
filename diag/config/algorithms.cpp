// The table. Numbers: IANA "Internet Key Exchange Version 2 (IKEv2) Parameters". Strength: RFC 8247 (IKE) and RFC 8221 (ESP).
#include "diag/config/algorithms.hpp"

#include <algorithm>
#include <array>

namespace tunnelscope::diag::config {
namespace {

constexpr auto kEncryption = TransformType::Encryption;
constexpr auto kIntegrity = TransformType::Integrity;
constexpr auto kPrf = TransformType::Prf;
constexpr auto kGroup = TransformType::Group;
constexpr auto kSequence = TransformType::SequenceNumbers;

constexpr Algorithm good(std::string_view id, TransformType type, std::uint16_t number, std::uint16_t bits = 0) {
  return {id, type, number, bits, false, Strength::Good, {}};
}
constexpr Algorithm aead(std::string_view id, std::uint16_t number, std::uint16_t bits) {
  return {id, kEncryption, number, bits, true, Strength::Good, {}};
}
constexpr Algorithm fading(std::string_view id, TransformType type, std::uint16_t number, std::string_view reference) {
  return {id, type, number, 0, false, Strength::Fading, reference};
}
constexpr Algorithm weak(std::string_view id, TransformType type, std::uint16_t number, std::string_view reference) {
  return {id, type, number, 0, false, Strength::Weak, reference};
}

constexpr std::array kAlgorithms = {
    weak("null", kEncryption, 11, "RFC 8221: no encryption at all"),
    weak("des", kEncryption, 2, "RFC 8247: MUST NOT"),
    weak("3des", kEncryption, 3, "RFC 8221: SHOULD NOT; RFC 8247: MAY"),
    weak("blowfish", kEncryption, 7, "RFC 8221: MUST NOT"),
    weak("cast128", kEncryption, 6, "RFC 8221: MUST NOT"),
    good("aes128", kEncryption, 12, 128),
    good("aes192", kEncryption, 12, 192),
    good("aes256", kEncryption, 12, 256),
    good("aes128ctr", kEncryption, 13, 128),
    good("aes192ctr", kEncryption, 13, 192),
    good("aes256ctr", kEncryption, 13, 256),
    aead("aes128ccm8", 14, 128),
    aead("aes192ccm8", 14, 192),
    aead("aes256ccm8", 14, 256),
    aead("aes128ccm12", 15, 128),
    aead("aes192ccm12", 15, 192),
    aead("aes256ccm12", 15, 256),
    aead("aes128ccm16", 16, 128),
    aead("aes192ccm16", 16, 192),
    aead("aes256ccm16", 16, 256),
    aead("aes128gcm8", 18, 128),
    aead("aes192gcm8", 18, 192),
    aead("aes256gcm8", 18, 256),
    aead("aes128gcm12", 19, 128),
    aead("aes192gcm12", 19, 192),
    aead("aes256gcm12", 19, 256),
    aead("aes128gcm16", 20, 128),
    aead("aes192gcm16", 20, 192),
    aead("aes256gcm16", 20, 256),
    aead("aes128gmac", 21, 128),
    aead("aes192gmac", 21, 192),
    aead("aes256gmac", 21, 256),
    aead("chacha20poly1305", 28, 256),
    good("camellia128", kEncryption, 23, 128),
    good("camellia192", kEncryption, 23, 192),
    good("camellia256", kEncryption, 23, 256),

    weak("md5", kIntegrity, 1, "RFC 8247: MUST NOT"),
    fading("sha1", kIntegrity, 2, "RFC 8247: MUST-, to be retired"),
    good("aesxcbc", kIntegrity, 5),
    good("aescmac", kIntegrity, 8),
    good("sha256", kIntegrity, 12),
    good("sha384", kIntegrity, 13),
    good("sha512", kIntegrity, 14),
    fading("sha256_96", kIntegrity, 1027, "a truncation from before RFC 4868 that few peers know"),

    weak("prfmd5", kPrf, 1, "RFC 8247: MUST NOT"),
    fading("prfsha1", kPrf, 2, "RFC 8247: MUST-, to be retired"),
    good("prfaesxcbc", kPrf, 4),
    good("prfsha256", kPrf, 5),
    good("prfsha384", kPrf, 6),
    good("prfsha512", kPrf, 7),
    good("prfaescmac", kPrf, 8),

    good("none", kGroup, 0),
    weak("modp768", kGroup, 1, "RFC 8247: MUST NOT"),
    weak("modp1024", kGroup, 2, "RFC 8247: SHOULD NOT"),
    weak("modp1536", kGroup, 5, "RFC 8247: SHOULD NOT"),
    good("modp2048", kGroup, 14),
    good("modp3072", kGroup, 15),
    good("modp4096", kGroup, 16),
    good("modp6144", kGroup, 17),
    good("modp8192", kGroup, 18),
    good("ecp256", kGroup, 19),
    good("ecp384", kGroup, 20),
    good("ecp521", kGroup, 21),
    weak("modp1024s160", kGroup, 22, "RFC 8247: MUST NOT"),
    weak("modp2048s224", kGroup, 23, "RFC 8247: SHOULD NOT"),
    weak("modp2048s256", kGroup, 24, "RFC 8247: SHOULD NOT"),
    weak("ecp192", kGroup, 25, "96 bits of security"),
    good("ecp224", kGroup, 26),
    good("ecp224bp", kGroup, 27),
    good("ecp256bp", kGroup, 28),
    good("ecp384bp", kGroup, 29),
    good("ecp512bp", kGroup, 30),
    good("curve25519", kGroup, 31),
    good("curve448", kGroup, 32),

    good("noesn", kSequence, 0),
    good("esn", kSequence, 1),
};

template <class Wanted>
AlgorithmRef first(Wanted wanted) {
  const auto found = std::find_if(kAlgorithms.begin(), kAlgorithms.end(), wanted);
  return found == kAlgorithms.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Algorithm> all_algorithms() { return kAlgorithms; }

AlgorithmRef algorithm(std::string_view id) {
  return first([&](const Algorithm& row) { return row.id == id; });
}

AlgorithmRef group(std::uint16_t number) {
  return first([&](const Algorithm& row) { return row.type == kGroup && row.number == number; });
}

AlgorithmRef prf_of(AlgorithmRef integrity) {
  const std::string_view hash = integrity->id == "sha256_96" ? "sha256" : integrity->id;
  return first([&](const Algorithm& row) { return row.type == kPrf && row.id.substr(3) == hash; });
}

std::string_view name(TransformType type) {
  static constexpr std::string_view kNames[kTransformTypes] = {"encryption", "integrity", "prf", "group", "sequence-numbers"};
  return kNames[static_cast<std::size_t>(type)];
}

}  // namespace tunnelscope::diag::config
