// One loop over the structural characters; strings and scalars are passed over in inner loops.
#include "src/input/json_scan.hpp"

namespace tunnelscope::input {
namespace {

bool is_scalar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

}  // namespace

// True: the string ended. False: `event` says why not.
bool JsonScan::skip_string(std::string_view text, Event& event) {
  for (; at_ < text.size(); ++at_) {
    const char c = text[at_];
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
      ++at_;
      return true;
    }
    if (c == '\n' || c == '\r') return event = Event::CutOff, false;
  }
  return event = Event::NeedMore, false;
}

JsonScan::Event JsonScan::open(bool object) {
  ++at_;
  if (depth_ == kDeepest) return Event::TooDeep;
  ++depth_;
  const std::uint64_t bit = std::uint64_t{1} << (depth_ - 1);
  objects_ = object ? objects_ | bit : objects_ & ~bit;
  expect_ = object ? Expect::KeyOrEnd : Expect::ValueOrEnd;
  const bool outermost_array = !object && (depth_ == 1 || (depth_ == 2 && (objects_ & 1) != 0));
  return outermost_array && element_depth_ == 0 ? Event::ArrayBegin : Event::NeedMore;
}

JsonScan::Event JsonScan::close(bool object) {
  if (depth_ == 0 || in_object() != object) return Event::Damage;
  ++at_;
  if (depth_ == element_depth_) {
    element_depth_ = 0;
    --depth_;
    expect_ = Expect::CommaOrEnd;
    return Event::ArrayEnd;
  }
  --depth_;
  return value_ended();
}

// NeedMore stands for "nothing to tell" here and in open() and close().
JsonScan::Event JsonScan::value_ended() {
  expect_ = Expect::CommaOrEnd;
  if (depth_ == 0) return Event::Done;
  if (depth_ != element_depth_) return Event::NeedMore;
  element_told_ = false;
  return Event::ElementEnd;
}

JsonScan::Event JsonScan::next(std::string_view text) {
  // An entered outermost array tells ArrayEnd first and Done on the next call.
  if (depth_ == 0 && expect_ == Expect::CommaOrEnd) return Event::Done;
  Event event = Event::NeedMore;
  while (at_ < text.size()) {
    if (in_string_) {
      if (!skip_string(text, event)) return event;
      if (is_key_) {
        expect_ = Expect::Colon;
        key_to_ = at_ - 1;
        if (depth_ == 1) return Event::Key;
        continue;
      }
      if ((event = value_ended()) != Event::NeedMore) return event;
      continue;
    }
    const char c = text[at_];
    if (in_scalar_) {
      if (is_scalar(c)) {
        ++at_;
        continue;
      }
      in_scalar_ = false;
      if ((event = value_ended()) != Event::NeedMore) return event;
      continue;
    }
    if (c == '\n') ++newlines_;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
      continue;
    }
    switch (expect_) {
      case Expect::ValueOrEnd:
        if (c == ']') {
          if ((event = close(false)) != Event::NeedMore) return event;
          continue;
        }
        [[fallthrough]];
      case Expect::Value:
        if (depth_ == element_depth_ && depth_ > 0 && !element_told_) {
          element_told_ = true;
          return Event::ElementBegin;
        }
        if (c == '{' || c == '[') {
          if ((event = open(c == '{')) != Event::NeedMore) return event;
        } else if (c == '"') {
          in_string_ = true;
          is_key_ = false;
          ++at_;
        } else if (is_scalar(c)) {
          in_scalar_ = true;
        } else {
          return Event::Damage;
        }
        continue;
      case Expect::KeyOrEnd:
        if (c == '}') {
          if ((event = close(true)) != Event::NeedMore) return event;
          continue;
        }
        [[fallthrough]];
      case Expect::Key:
        if (c != '"') return c == '{' || c == '[' ? Event::CutOff : Event::Damage;
        in_string_ = is_key_ = true;
        key_from_ = ++at_;
        continue;
      case Expect::Colon:
        if (c != ':') return c == '{' ? Event::CutOff : Event::Damage;
        expect_ = Expect::Value;
        ++at_;
        continue;
      case Expect::CommaOrEnd:
        if (c == ',') {
          expect_ = in_object() ? Expect::Key : Expect::Value;
          ++at_;
        } else if (c == '}' || c == ']') {
          if ((event = close(c == '}')) != Event::NeedMore) return event;
        } else {
          return c == '{' || c == '[' ? Event::CutOff : Event::Damage;
        }
        continue;
    }
  }
  return Event::NeedMore;
}

}  // namespace tunnelscope::input
