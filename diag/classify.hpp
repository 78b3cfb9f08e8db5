// Text to meaning: which message rule a record's text matches, and which signal that gives.
// In: Knowledge, a dialect and a text. Out: rule, signal, captures. Used by Intake and by `explain`. All const
// methods may be called from several threads at once.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "diag/event.hpp"
#include "diag/record.hpp"
#include "kb/knowledge.hpp"
#include "rules/pattern.hpp"

namespace tunnelscope::diag {

struct Classified {
  rules::Outcome outcome = rules::Outcome::NoMatch;
  RuleIndex rule = kNoRule;
  SignalIndex signal = kNoSignal;
};

class Classifier {
 public:
  // `knowledge` must outlive the Classifier. Patterns compile when their dialect is first seen; lint has proved
  // that they do (a user's folder is checked when it is loaded).
  explicit Classifier(const kb::Knowledge& knowledge);
  ~Classifier();

  Classified classify(Dialect dialect, std::string_view text,
                      std::vector<rules::Capture>* captures = nullptr) const;

  // True: other digits in the long numbers of a text (rules/digits.hpp) change neither rule nor places of captures.
  bool blind_to_digits(Dialect dialect) const;
  bool blind_to_hex(Dialect dialect) const;  // the same of its hexadecimal numbers

  const kb::Knowledge& knowledge() const;
  const std::vector<std::string>& signals() const;        // names, known ones first
  SignalIndex signal(std::string_view name) const;        // kNoSignal: nobody gives it
  bool is_asked_for(SignalIndex signal) const;            // by some cause. Precondition: not kNoSignal

  // The rule that has an example of which `text` is a part; else the one of which the longest beginning matches somewhere in `text`, and
  // where that ends. Slow.
  struct Nearest {
    RuleIndex rule = kNoRule;
    std::size_t bytes = 0;
  };
  Nearest nearest(std::string_view text) const;  // over all dialects

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The shape of an unknown text: numbers, addresses, ids and quoted parts masked as <n>, <ip>, <hex>, <text>. A longer one is cut and ends
// in "...".
inline constexpr std::size_t kLongestShape = 240;  // bytes, without these
std::string shape_of(std::string_view text);

}  // namespace tunnelscope::diag
