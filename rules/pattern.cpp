// PCRE2 behind Pattern: compiled once with JIT, matched with scratch memory that each thread keeps for itself.
// A line may hold any bytes: invalid UTF-8 matches nothing but spoils nothing around it.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <charconv>

#include "rules/expansion.hpp"
#include "rules/pattern.hpp"

namespace tunnelscope::rules {
namespace {

struct Deleter {
  void operator()(pcre2_code* p) const { pcre2_code_free(p); }
  void operator()(pcre2_match_context* p) const { pcre2_match_context_free(p); }
  void operator()(pcre2_compile_context* p) const { pcre2_compile_context_free(p); }
  void operator()(pcre2_match_data* p) const { pcre2_match_data_free(p); }
};
using Code = std::unique_ptr<pcre2_code, Deleter>;
using MatchContext = std::unique_ptr<pcre2_match_context, Deleter>;
using CompileContext = std::unique_ptr<pcre2_compile_context, Deleter>;
using MatchData = std::unique_ptr<pcre2_match_data, Deleter>;

// No numbered groups besides the captures; `.` may cross a line end, `$` ignores a final one of any kind.
constexpr std::uint32_t kOptions = PCRE2_CASELESS | PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF |
                                   PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_BACKSLASH_C | PCRE2_DUPNAMES | PCRE2_DOTALL;

PCRE2_SPTR bytes(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

CompileContext compile_context() {
  CompileContext context(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANYCRLF);
  pcre2_set_parens_nest_limit(context.get(), 64);
  return context;
}

std::string pcre2_reason(int code) {
  unsigned char buffer[160];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

// Room for the largest pattern that this thread has matched so far.
pcre2_match_data* thread_match_data(std::uint32_t pairs) {
  thread_local MatchData data;
  thread_local std::uint32_t room = 0;
  if (pairs > room) {
    room = std::max<std::uint32_t>(pairs, 16);
    data.reset(pcre2_match_data_create(room, nullptr));
  }
  return data.get();
}

std::optional<std::int64_t> number_of(CaptureType type, std::string_view text) {
  if (type != CaptureType::Int && type != CaptureType::Hex) return std::nullopt;
  const int base = type == CaptureType::Int ? 10 : 16;
  if (base == 16 && text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) text.remove_prefix(2);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

struct Pattern::Impl {
  std::string source;
  Parsed parsed;
  Code code;
  MatchContext limits;
  std::uint32_t pairs = 1;

  void fill(const pcre2_match_data* data, std::string_view line, std::vector<Capture>& captures) const {
    const PCRE2_SIZE* ovector = pcre2_get_ovector_pointer(const_cast<pcre2_match_data*>(data));
    for (std::size_t group = 1; group < pairs; ++group) {
      const PCRE2_SIZE begin = ovector[2 * group];
      if (begin == PCRE2_UNSET) continue;
      const CaptureField& field = parsed.fields[parsed.groups[group - 1]];
      const std::string_view text = line.substr(begin, ovector[2 * group + 1] - begin);
      captures.push_back({field.name, field.type, text, number_of(field.type, text)});
    }
  }
};

Pattern::Pattern(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

const std::string& Pattern::source() const { return impl_->source; }
const std::string& Pattern::body() const { return impl_->parsed.body; }
const std::vector<CaptureField>& Pattern::fields() const { return impl_->parsed.fields; }

tl::expected<Pattern, PatternError> Pattern::compile(std::string_view source, Limits limits) {
  auto parsed = parse(source);
  if (!parsed) return tl::unexpected(parsed.error());
  auto impl = std::make_unique<Impl>();
  impl->source = source;
  impl->parsed = std::move(*parsed);

  const std::string text = std::string(kGuardBefore) + impl->parsed.body + std::string(kGuardAfter);
  int error = 0;
  PCRE2_SIZE offset = 0;
  const CompileContext context = compile_context();
  impl->code.reset(pcre2_compile(bytes(text), text.size(), kOptions, &error, &offset, context.get()));
  if (!impl->code) {
    const auto& source_at = impl->parsed.source_at;
    const std::size_t in_body = offset - std::min<std::size_t>(offset, kGuardBefore.size());
    return tl::unexpected(PatternError{pcre2_reason(error), in_body < source_at.size() ? source_at[in_body] : source.size()});
  }
  std::uint32_t matches_empty = 0;
  pcre2_pattern_info(impl->code.get(), PCRE2_INFO_MATCHEMPTY, &matches_empty);
  if (matches_empty != 0) return tl::unexpected(PatternError{"the pattern matches an empty text", 0});

  // Where JIT is not to be had (hardened kernels) PCRE2 interprets the same code.
  pcre2_jit_compile(impl->code.get(), PCRE2_JIT_COMPLETE);
  impl->limits.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(impl->limits.get(), limits.match);
  pcre2_set_depth_limit(impl->limits.get(), limits.depth);
  pcre2_set_heap_limit(impl->limits.get(), limits.heap_kib);
  impl->pairs = static_cast<std::uint32_t>(impl->parsed.groups.size()) + 1;
  return Pattern(std::move(impl));
}

Outcome Pattern::match(std::string_view line, std::vector<Capture>* captures) const {
  pcre2_match_data* data = thread_match_data(impl_->pairs);
  const int result = pcre2_match(impl_->code.get(), bytes(line), line.size(), 0, 0, data, impl_->limits.get());
  if (result == PCRE2_ERROR_NOMATCH) return Outcome::NoMatch;
  if (result < 0) return Outcome::LimitHit;
  if (captures != nullptr) {
    captures->clear();
    impl_->fill(data, line, *captures);
  }
  return Outcome::Match;
}

namespace {

// Where this beginning of a branch matches in `line`.
std::optional<Reach> match_part(std::string_view part, std::string_view line, pcre2_match_context* limits) {
  const std::string text = std::string(kGuardBefore) + std::string(part) + ")";
  int error = 0;
  PCRE2_SIZE offset = 0;
  const CompileContext context = compile_context();
  const Code code(pcre2_compile(bytes(text), text.size(), kOptions, &error, &offset, context.get()));
  if (!code) return std::nullopt;
  pcre2_match_data* data = thread_match_data(1);
  if (pcre2_match(code.get(), bytes(line), line.size(), 0, 0, data, limits) < 0) return std::nullopt;
  const PCRE2_SIZE* ovector = pcre2_get_ovector_pointer(data);
  return Reach{ovector[0], ovector[1]};
}

}  // namespace

Reach Pattern::reach(std::string_view line) const {
  Reach best;
  for (const Branch& branch : impl_->parsed.branches) {
    const std::string_view body = std::string_view(impl_->parsed.body);
    // A longer part matches only where a shorter one does, so the longest that matches is found by halving.
    std::size_t matching = 0, failing = branch.cuts.size() + 1;
    while (failing - matching > 1) {
      const std::size_t middle = matching + (failing - matching) / 2;
      const auto part = body.substr(branch.begin, branch.cuts[middle - 1] - branch.begin);
      const std::optional<Reach> reach = match_part(part, line, impl_->limits.get());
      (reach ? matching : failing) = middle;
      if (reach && reach->length() > best.length()) best = *reach;
    }
  }
  return best.length() >= kLeastReach ? best : Reach{};
}

std::size_t Pattern::matched_up_to(std::string_view line) const { return reach(line).end; }

}  // namespace tunnelscope::rules
