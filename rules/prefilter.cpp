// Builds a trie of the literals, then turns it into an automaton breadth first; scanning is the loop at the end.
#include "rules/prefilter.hpp"

#include <algorithm>
#include <cstring>
#include <queue>

namespace tunnelscope::rules {
namespace {

bool is_ascii(std::string_view line) {
  std::uint64_t seen = 0, word = 0;
  for (; line.size() >= sizeof word; line.remove_prefix(sizeof word)) {
    std::memcpy(&word, line.data(), sizeof word);
    seen |= word;
  }
  for (const char c : line) seen |= static_cast<unsigned char>(c);
  return (seen & 0x8080'8080'8080'8080U) == 0;
}

void set_bit(Prefilter::Candidates& bits, std::uint32_t index) { bits[index / 64] |= std::uint64_t{1} << (index % 64); }

}  // namespace

Prefilter::Prefilter(const std::vector<std::vector<std::string>>& needed) {
  const std::size_t words = (needed.size() + 63) / 64;
  always_.assign(words, 0);
  all_.assign(words, 0);

  for (const auto& literals : needed) {
    for (const auto& literal : literals) {
      for (const char c : literal) {
        auto& byte_class = class_of_[static_cast<unsigned char>(c)];
        if (byte_class == 0) byte_class = static_cast<std::uint8_t>(classes_++);
      }
    }
  }
  for (const char c : std::string_view("\t\n\v\f\r")) class_of_[static_cast<unsigned char>(c)] = class_of_[' '];
  for (unsigned char c = 'A'; c <= 'Z'; ++c) class_of_[c] = class_of_[static_cast<unsigned char>(c - 'A' + 'a')];

  next_.assign(classes_, 0);
  outputs_.resize(1);
  ends_in_blank_.assign(1, false);
  for (std::uint32_t pattern = 0; pattern < needed.size(); ++pattern) {
    set_bit(all_, pattern);
    const auto& literals = needed[pattern];
    if (std::any_of(literals.begin(), literals.end(), [](const auto& l) { return l.empty(); })) {
      set_bit(always_, pattern);
    } else {
      for (const auto& literal : literals) add(literal, pattern);
    }
  }
  link();
}

Prefilter::State Prefilter::grow(State state, char c) {
  const std::size_t slot = state * classes_ + class_of_[static_cast<unsigned char>(c)];
  if (next_[slot] == 0) {
    next_[slot] = static_cast<State>(outputs_.size());
    next_.insert(next_.end(), classes_, 0);
    outputs_.emplace_back();
    ends_in_blank_.push_back(c == ' ');
  }
  return next_[slot];
}

void Prefilter::add(std::string_view literal, std::uint32_t pattern) {
  State state = 0;
  for (const char c : literal) state = grow(state, c);
  outputs_[state].push_back(pattern);
}

void Prefilter::link() {
  std::vector<State> fallback(outputs_.size(), 0);
  std::queue<State> todo;
  for (std::size_t c = 0; c < classes_; ++c) {
    if (next_[c] != 0) todo.push(next_[c]);
  }
  while (!todo.empty()) {
    const State state = todo.front();
    todo.pop();
    const auto& inherited = outputs_[fallback[state]];
    outputs_[state].insert(outputs_[state].end(), inherited.begin(), inherited.end());
    for (std::size_t c = 0; c < classes_; ++c) {
      State& child = next_[state * classes_ + c];
      const State shorter = next_[fallback[state] * classes_ + c];
      if (child == 0) {
        child = shorter;
      } else {
        fallback[child] = shorter;
        todo.push(child);
      }
    }
  }
  // A second blank of a run changes nothing; no literal holds two.
  const std::size_t blank = class_of_[' '];
  for (State state = 0; state < outputs_.size(); ++state) {
    if (blank != 0 && ends_in_blank_[state]) next_[state * classes_ + blank] = state;
  }
  const State row = static_cast<State>(classes_);
  for (State& target : next_) target = target * row | (outputs_[target].empty() ? 0 : kHasOutput);
}

void Prefilter::scan(std::string_view line, Candidates& candidates) const {
  if (!is_ascii(line)) {
    candidates.assign(all_.begin(), all_.end());
    return;
  }
  candidates.assign(always_.begin(), always_.end());
  State row = 0;
  for (const char c : line) {
    row = next_[row + class_of_[static_cast<unsigned char>(c)]];
    if ((row & kHasOutput) != 0) {
      row &= ~kHasOutput;
      for (const std::uint32_t pattern : outputs_[row / classes_]) set_bit(candidates, pattern);
    }
  }
}

}  // namespace tunnelscope::rules
