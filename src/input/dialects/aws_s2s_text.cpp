// The `text` output format: field values in a line, joined in a way that no document gives.
// Whatever stands before a known beginning of a message is time and identity; state words behind it are taken
// when they are labelled, or when exactly two of them end the line (the documented order of the fields).
#include <algorithm>
#include <array>

#include "src/input/dialects/dialects.hpp"

namespace tunnelscope::input {
namespace {

struct Anchor {
  std::string_view text;  // lower case
  diag::Dialect dialect;
  bool begins_message;    // false: only a hint that the line is about a tunnel
};

constexpr std::array kAnchors{
    Anchor{"aws tunnel", diag::Dialect::AwsS2sIke, true},
    Anchor{"aws: traffic selector", diag::Dialect::AwsS2sIke, true},
    Anchor{"no proposal match found", diag::Dialect::AwsS2sIke, true},
    Anchor{"peer is not responsive", diag::Dialect::AwsS2sIke, true},
    Anchor{"aws-side peer", diag::Dialect::AwsS2sBgp, true},
    Anchor{"denied due to", diag::Dialect::AwsS2sBgp, true},
    Anchor{"bgpstatus", diag::Dialect::AwsS2sBgp, false},
    Anchor{"routestatus", diag::Dialect::AwsS2sBgp, false},
    Anchor{"ike_phase", diag::Dialect::AwsS2sIke, false},
    Anchor{"ike_sa", diag::Dialect::AwsS2sIke, false},
    Anchor{"child_sa", diag::Dialect::AwsS2sIke, false},
    Anchor{"pre-shared key", diag::Dialect::AwsS2sIke, false},
    Anchor{"mac mismatched", diag::Dialect::AwsS2sIke, false},
    Anchor{"no_proposal_chosen", diag::Dialect::AwsS2sIke, false},
    Anchor{"no proposal", diag::Dialect::AwsS2sIke, false},
    Anchor{"dpd ", diag::Dialect::AwsS2sIke, false},
    Anchor{"declaring the peer dead", diag::Dialect::AwsS2sIke, false},
    Anchor{"could not decrypt payloads", diag::Dialect::AwsS2sIke, false},
};

constexpr std::string_view kBlanks = " \t,;|\"'=[]()";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::size_t find_word(std::string_view text, std::string_view lower_word) {
  const auto at = std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(),
                              [](char a, char b) { return lower(a) == b; });
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

struct Found {
  const Anchor* anchor = nullptr;
  std::size_t at = 0;
};

Found find_anchor(std::string_view line) {
  for (const Anchor& anchor : kAnchors)
    if (const auto at = find_word(line, anchor.text); at != std::string_view::npos) return {&anchor, at};
  return {};
}

// Takes the times at the front of `text` away; the last one is the record's own.
ParsedTime take_times(std::string_view& text) {
  ParsedTime own;
  for (;;) {
    const auto from = text.find_first_not_of(kBlanks);
    if (from == std::string_view::npos) return text = {}, own;
    const auto leading = leading_time(text.substr(from));
    if (leading.length == 0) return text.remove_prefix(from), own;
    own = leading.parsed;
    text.remove_prefix(from + leading.length);
  }
}

// The last time anywhere in what stands before the message.
ParsedTime last_time(std::string_view head) {
  ParsedTime own;
  while (!head.empty()) {
    const auto before = take_times(head);
    if (before.status != TimeStatus::Unreadable) own = before;
    const auto next = head.find_first_of(kBlanks);
    head.remove_prefix(next == std::string_view::npos ? head.size() : next);
  }
  return own;
}

bool set_labelled(std::string_view token, diag::TunnelRecord& record) {
  const auto mark = token.find_first_of("=:");
  if (mark == std::string_view::npos) return false;
  auto word = token.substr(mark + 1);
  while (!word.empty() && kBlanks.find(word.front()) != std::string_view::npos) word.remove_prefix(1);
  while (!word.empty() && kBlanks.find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  switch (key_named(token.substr(0, mark))) {
    case Key::Phase1State: record.phase1 = phase_named(word); return true;
    case Key::Phase2State: record.phase2 = phase_named(word); return true;
    case Key::DpdEnabled: record.dpd_enabled = answer_named(word); return true;
    case Key::NatTDetected: record.nat_t = answer_named(word); return true;
    default: return false;
  }
}

void set_labelled_anywhere(std::string_view line, diag::TunnelRecord& record) {
  constexpr std::string_view kBetweenTokens = " \t,;|";
  while (!line.empty()) {
    const auto from = line.find_first_not_of(kBetweenTokens);
    if (from == std::string_view::npos) return;
    line.remove_prefix(from);
    const auto end = std::min(line.find_first_of(kBetweenTokens), line.size());
    const auto token = line.substr(0, end);
    line.remove_prefix(end);
    if (token.back() != ':' && token.back() != '=') {
      set_labelled(token, record);
      continue;
    }
    const auto value = line.find_first_not_of(" \t");
    if (value == std::string_view::npos) return;
    const auto value_end = std::min(line.find_first_of(kBetweenTokens, value), line.size());
    set_labelled(std::string_view(token.data(), token.size() + value_end), record);
  }
}

// Words at the end of a line that are field values and not part of the message.
struct Tail {
  std::array<diag::PhaseState, 2> phases{};
  std::array<diag::Answer, 2> answers{};
  std::size_t phase_count = 0, answer_count = 0;
  bool labelled = false;
  std::string_view rest;  // the line without them
};

Tail read_tail(std::string_view line) {
  Tail tail;
  tail.rest = line;
  for (;;) {
    const auto last = tail.rest.find_last_not_of(" \t,;|\"'");
    if (last == std::string_view::npos) return tail;
    const auto trimmed = tail.rest.substr(0, last + 1);
    const auto before = trimmed.find_last_of(" \t,;|\"'");
    const auto token = before == std::string_view::npos ? trimmed : trimmed.substr(before + 1);
    const auto phase = phase_named(token);
    const bool answer = same_word(token, "true") || same_word(token, "false");
    if (phase != diag::PhaseState::Unknown && tail.phase_count < 2 && tail.answer_count == 0) {
      tail.phases[tail.phase_count++] = phase;
    } else if (answer && tail.answer_count < 2) {
      tail.answers[tail.answer_count++] = answer_named(token);
    } else {
      diag::TunnelRecord ignored;
      if (!set_labelled(token, ignored)) return tail.rest = trimmed, tail;
      tail.labelled = true;
    }
    tail.rest = before == std::string_view::npos ? std::string_view{} : trimmed.substr(0, before);
  }
}

// Reading from the end, the first word found belongs to the later field.
void use_tail(const Tail& tail, diag::TunnelRecord& record) {
  if (tail.phase_count == 2) record.phase1 = tail.phases[1], record.phase2 = tail.phases[0];
  if (tail.answer_count == 2) record.dpd_enabled = tail.answers[1], record.nat_t = tail.answers[0];
}

std::string_view message_part(std::string_view text, const Tail& tail) {
  const bool values_follow = tail.labelled || tail.phase_count + tail.answer_count >= 2;
  text = values_follow ? tail.rest : text;
  text = text.substr(0, text.find_first_of("|\t"));
  const auto last = text.find_last_not_of(" \t,;\r\n");
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

void set_bgp(std::string_view line, diag::TunnelRecord& record) {
  const auto type = find_word(line, "bgpstatus");
  if (type == std::string_view::npos) return;
  auto rest = line.substr(type + 9);
  const auto from = rest.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return;
  rest = rest.substr(from);
  const auto word = rest.substr(0, rest.find_first_of(kBlanks));
  if (same_word(word, "up")) record.bgp = diag::BgpState::Up;
  if (same_word(word, "down")) record.bgp = diag::BgpState::Down;
}

}  // namespace

bool begins_message(std::string_view text) {
  const Found found = find_anchor(text);
  return found.anchor != nullptr && found.anchor->begins_message;
}

bool read_text(std::string_view line, const Context& context, Recorder& out) {
  const Found found = find_anchor(line);
  if (found.anchor == nullptr && !out.names_tunnel(context)) return false;

  diag::TunnelRecord record;
  std::string_view body = line;
  ParsedTime own;
  if (found.anchor != nullptr && found.anchor->begins_message) {
    own = last_time(line.substr(0, found.at));
    body = line.substr(found.at);
  } else {
    own = take_times(body);
  }
  if (own.status == TimeStatus::Before1970) return out.skip("time before 1970", context), true;
  if (own.status == TimeStatus::After2100) return out.skip("time after 2100", context), true;
  record.time = own.status == TimeStatus::Ok ? own.time : context.time;
  if (record.time == diag::kNoTime) {
    if (found.anchor != nullptr) out.skip("no time", context);
    return found.anchor != nullptr;
  }
  const Tail tail = read_tail(body);
  record.dialect = found.anchor != nullptr ? found.anchor->dialect : diag::Dialect::AwsS2sIke;
  if (record.dialect == diag::Dialect::AwsS2sIke) {
    use_tail(tail, record);
    set_labelled_anywhere(line, record);
  } else {
    set_bgp(line, record);
  }
  record.message = message_part(body, tail);
  if (record.message.empty()) return out.skip("no message text", context), true;
  if (!simdjson::validate_utf8(line.data(), line.size())) out.note("invalid UTF-8", context);
  out.record(record, identity_in(line), context);
  return true;
}

}  // namespace tunnelscope::input
