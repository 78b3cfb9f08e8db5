// Messages taken apart. Most records share a few phrases and differ in their numbers: "... request (id=#) for ...".
// In: a dialect and a message. Out: the number of its phrase, the values that stand in it, packed, and what it means.
// A phrase is classified once when no rule of its dialect can tell one number from another
// (Classifier::blind_to_digits, blind_to_hex); otherwise, and where a text has no phrase, every message is classified.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "diag/classify.hpp"

namespace tunnelscope::diag {

using PhraseIndex = std::uint32_t;
inline constexpr PhraseIndex kWholeText = 0;  // the phrase of texts that have none: the text is its one value

// What one message says.
struct Reading {
  PhraseIndex phrase = kWholeText;
  Classified meaning;
  std::int64_t number = -1;   // the first Int capture, or -1
  std::string_view values;    // packed; valid until the next message is read
  bool settled = false;       // meaning and number follow from phrase and values
  std::uint16_t digits_from = 0;  // where the one long number of the message stands; set by read_lately_met only
  std::uint8_t digits = 0;        // 0: it has none
};

class Phrases {
 public:
  static constexpr std::size_t kLongestText = 512;  // longer messages are kept whole
  static constexpr std::size_t kMost = 1 << 15;     // phrases; what is not among them is kept whole

  explicit Phrases(const Classifier& classifier);  // which must outlive it

  Reading read(Dialect dialect, std::string_view message);

  // The message that begins at `text` and ends before its first `end`, if it is of a settled phrase met lately that has
  // one number at most: then its length, and `reading` is what read() would give. Else 0.
  std::size_t read_lately_met(Dialect dialect, std::string_view text, char end, Reading& reading);

  // What a settled reading of this phrase with these values said. Precondition: it was settled.
  Reading settled(PhraseIndex phrase, std::string_view values) const;
  // The number that a reading of this phrase gives is the first of its values.
  bool gives_value(PhraseIndex phrase) const { return phrases_[phrase].number_size > 0; }
  // It has one number in its text at most. Precondition: not kWholeText.
  bool has_one_value(PhraseIndex phrase) const { return phrases_[phrase].holes.size() <= 1; }
  // How many bytes of packed values a phrase has. Precondition: not kWholeText.
  std::size_t size_of_values(PhraseIndex phrase) const { return phrases_[phrase].packed; }
  void append_text(PhraseIndex phrase, std::string_view values, std::string& out) const;
  std::string text(PhraseIndex phrase, std::string_view values) const;
  // All its texts have one shape (shape_of): where letters stand in a hexadecimal number may show in a shape.
  bool has_one_shape(PhraseIndex phrase) const;
  std::size_t size() const { return phrases_.size(); }

  // Adds what `other` knows; gives for each of its phrases the number here.
  std::vector<PhraseIndex> absorb(const Phrases& other);

 private:
  enum class HoleKind : std::uint8_t { Digits, LowerHex, UpperHex };
  struct Hole {
    std::uint16_t from = 0;  // of its text, when it is a place in a message; else literal bytes before it
    std::uint8_t length = 0;
    HoleKind kind = HoleKind::Digits;
    std::uint8_t packed = 0;  // bytes of its value; of phrases only
  };
  static constexpr std::size_t kMostHoles = 8;
  struct Holes {
    std::array<Hole, kMostHoles> list;
    std::size_t count = 0;
  };
  struct Phrase {
    std::string literal;       // the text without its holes
    std::vector<Hole> holes;   // `from`: how much of `literal` stands before
    std::uint64_t hash = 0;
    std::size_t packed = 0;
    Dialect dialect{};
    Classified meaning;
    bool settled = false;
    std::int64_t number = -1;
    std::uint8_t number_from = 0, number_size = 0;  // of the packed number among the values; size 0: `number` is it
  };

  static bool find_holes(std::string_view text, Holes& holes);
  static std::size_t packed_size(const Hole& hole);
  static std::uint64_t hash_of(Dialect dialect, std::string_view text, const Holes& holes);
  static bool is(const Phrase& phrase, Dialect dialect, std::string_view text, const Holes& holes);
  static bool take_number(const char* digits, const Hole& hole, std::uint64_t& number);  // false: it does not fit
  bool pack_if(const Phrase& phrase, Dialect dialect, std::string_view text);
  PhraseIndex find_recent(Dialect dialect, std::string_view text);
  void remember(PhraseIndex phrase, std::size_t length);
  Reading classified(PhraseIndex phrase, Dialect dialect, std::string_view text, std::string_view values);
  PhraseIndex find(std::uint64_t hash, Dialect dialect, std::string_view text, const Holes& holes) const;
  PhraseIndex add(std::uint64_t hash, Dialect dialect, std::string_view text, const Holes& holes);
  void settle(Phrase& phrase, std::string_view text, const Holes& holes);
  void insert(PhraseIndex phrase);

  const Classifier& classifier_;
  std::vector<Phrase> phrases_;
  std::vector<PhraseIndex> table_;  // open addressing by hash; kWholeText: free
  // Of each length the phrases met last: of texts of one length, a phrase has its holes at the same places.
  static constexpr std::size_t kRecent = 8;
  struct Recent {
    std::array<PhraseIndex, kRecent> list{};
    std::size_t next = 0;
  };
  std::vector<Recent> recent_;
  // Phrases that differ in the length of their one number only; or one phrase without a number.
  struct Family {
    std::string before, behind;
    Dialect dialect{};
    std::array<PhraseIndex, 19> by_digits{};
    std::uint16_t next = 0;  // of its bucket; counted from 1, 0: none
  };
  static constexpr std::size_t kNumbered = 128, kLiteral = 512, kBuckets = 64;  // families at most; low message ids make many literal ones
  static constexpr std::size_t kSign = 24;  // the first bytes tell the bucket; shorter beginnings have no family
  static std::size_t bucket_of(const char* text);
  std::vector<Family> families_;
  std::array<std::uint16_t, kBuckets> buckets_{};  // those with a number first
  std::size_t literal_families_ = 0;
  void add_to_families(PhraseIndex index);
  std::vector<rules::Capture> captures_;
  std::int64_t number_ = -1;  // of the message packed last
  std::array<char, kMostHoles * 8 + 8> packed_{};  // numbers are written in eight bytes each, then overlapped
};

}  // namespace tunnelscope::diag
