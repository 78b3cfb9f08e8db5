#include "src/report/background.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using app::Style;
using diag::Finding;
using diag::FindingChange;
using diag::SuppressionUse;

constexpr std::size_t kListed = 100;  // of one kind

FindingList suppressed_of(const FindingList& findings) {
  FindingList found;
  for (const Finding* f : findings)
    if (f->standing.suppressed) found.push_back(f);
  return found;
}

bool is_unseen(const Finding& f, const Background& background) { return background.unseen.contains(f.subject); }

std::string gone_in_words(const Finding& f, const Background& background) {
  const std::string text = fmt::format("{}: {} ({})", f.subject, f.title, f.cause);
  return is_unseen(f, background) ? text + "; nothing that was read is about it, so this proves nothing" : text;
}

std::string comparison_in_words(const Background& background, const FindingList& findings) {
  if (background.before.empty() && background.baseline.empty()) return {};
  std::array<std::size_t, 3> counts{};
  for (const Finding* f : findings)
    if (f->standing.change) ++counts[static_cast<std::size_t>(*f->standing.change)];
  const auto unseen = static_cast<std::size_t>(std::count_if(background.gone.begin(), background.gone.end(), [&](const Finding& f) {
    return is_unseen(f, background);
  }));
  counts[static_cast<std::size_t>(FindingChange::Fixed)] += background.gone.size() - unseen;
  const std::string both = background.before.empty() || background.baseline.empty() ? "" : " and ";
  return fmt::format("compared with {}{}{}: {} new, {} unchanged, {} fixed{}", background.before, both, background.baseline,
                     counts[static_cast<std::size_t>(FindingChange::New)], counts[static_cast<std::size_t>(FindingChange::Unchanged)],
                     counts[static_cast<std::size_t>(FindingChange::Fixed)],
                     unseen > 0 ? fmt::format(", {} not seen at all", unseen) : "");
}

std::string suppression_in_words(const Finding& f) {
  return fmt::format("{}, {} on {}, {}", kb::name_of(f.severity), f.cause, f.subject, in_words(*f.standing.suppressed));
}

// What it is about, as the file has it.
std::string pattern_in_words(const diag::Suppression& s) {
  std::string text = s.cause;
  if (!s.fingerprint.empty()) text += (text.empty() ? "" : " ") + s.fingerprint;
  return s.subject.empty() ? text : text + " on " + s.subject;
}

void suppression(JsonWriter& to, const SuppressionUse& use) {
  const diag::Suppression& s = use.what;
  json::Object(to)
      .text("at", s.at)
      .text_or_null("cause", s.cause)
      .text_or_null("fingerprint", s.fingerprint)
      .text_or_null("subject", s.subject)
      .text("reason", s.why.reason)
      .text_or_null("expires", s.why.expires)
      .text_or_null("owner", s.why.owner)
      .truth("expired", use.expired)
      .count("matched", use.matched);
}

void gone(JsonWriter& to, const Finding& f, bool seen) {
  json::Object(to)
      .text("cause", f.cause)
      .text("fingerprint", f.fingerprint)
      .text("severity", kb::name_of(f.severity))
      .text("subject", f.subject)
      .text("title", f.title)
      .truth("subject_seen", seen);
}

void compared(JsonWriter& to, const Background& background) {
  json::Object(to).text_or_null("before", background.before).text_or_null("baseline", background.baseline);
}

std::vector<std::string> remarks_on(const std::vector<SuppressionUse>& suppressions) {
  std::vector<std::string> remarks;
  for (const SuppressionUse& use : suppressions)
    if (std::string remark = remark_on(use); !remark.empty()) remarks.push_back(std::move(remark));
  return remarks;
}

// Calls `show` for the first of them; says how many more there are.
template <class Range, class Show, class More>
void first_of(const Range& range, Show show, More more) {
  std::size_t shown = 0;
  for (const auto& one : range)
    if (shown++ < kListed) show(one);
  if (shown > kListed) more(fmt::format("and {} more in the JSON report", shown - kListed));
}

}  // namespace

std::string background_in_short(const Background& background, const FindingList& findings) {
  std::string text = comparison_in_words(background, findings);
  const std::size_t suppressed = suppressed_of(findings).size();
  if (suppressed > 0) text += (text.empty() ? "" : "; ") + counted(suppressed, "finding is suppressed", "findings are suppressed");
  return text;
}

std::string change_in_words(const diag::Standing& standing) {
  if (standing.in_baseline) return "unchanged: it is in the baseline";
  return standing.change ? std::string(diag::name_of(*standing.change)) : "";
}

std::string in_words(const diag::Suppressed& suppressed) {
  const std::string owner = suppressed.owner.empty() ? "" : fmt::format(" ({})", suppressed.owner);
  return fmt::format("{}: {}{}", suppressed.expires.empty() ? "for ever" : "until " + suppressed.expires, suppressed.reason, owner);
}

std::string remark_on(const SuppressionUse& use) {
  const std::string what = fmt::format("{}: the suppression of {}", use.what.at, pattern_in_words(use.what));
  if (use.expired)
    return fmt::format("{} expired after {} and works no longer; {}", what, use.what.why.expires,
                       use.matched > 0 ? "it would hide " + counted(use.matched, "finding") : "nothing would match it");
  if (use.matched > 0) return {};
  return fmt::format("{} matched nothing{}", what, use.hint.empty() ? "" : ": " + use.hint);
}

void background_sections(Page& page, const Background& background, const FindingList& findings) {
  const auto more = [&](const std::string& text) { page.paragraph(2, text, Style::Dim); };
  if (const FindingList hidden = suppressed_of(findings); !hidden.empty()) {
    page.heading(fmt::format("Suppressed: {}", counted(hidden.size(), "finding")));
    first_of(hidden, [&](const Finding* f) { page.item(4, "- ", suppression_in_words(*f)); }, more);
  }
  if (!background.gone.empty()) {
    page.heading(fmt::format("Not found any more: {} of before", counted(background.gone.size(), "finding")));
    first_of(background.gone, [&](const Finding& f) {
      page.item(4, "- ", gone_in_words(f, background), Style::Plain, is_unseen(f, background) ? Style::Warn : Style::Good);
    }, more);
  }
  if (const auto remarks = remarks_on(background.suppressions); !remarks.empty()) {
    page.heading("Suppressions to look at");
    first_of(remarks, [&](const std::string& text) { page.item(4, "! ", text, Style::Plain, Style::Warn); }, more);
  }
}

std::string background_markdown(const Background& background, const FindingList& findings) {
  std::string to;
  const auto more = [&](const std::string& text) { to += "- " + text + "\n"; };
  const auto line = [&](const std::string& text) { to += "- " + app::for_markdown(text) + "\n"; };
  if (const FindingList hidden = suppressed_of(findings); !hidden.empty()) {
    to += fmt::format("\n## Suppressed: {}\n\n", counted(hidden.size(), "finding"));
    first_of(hidden, [&](const Finding* f) { line(suppression_in_words(*f)); }, more);
  }
  if (!background.gone.empty()) {
    to += fmt::format("\n## Not found any more: {} of before\n\n", counted(background.gone.size(), "finding"));
    first_of(background.gone, [&](const Finding& f) { line(gone_in_words(f, background)); }, more);
  }
  if (const auto remarks = remarks_on(background.suppressions); !remarks.empty()) {
    to += "\n## Suppressions to look at\n\n";
    first_of(remarks, line, more);
  }
  return to;
}

void background_members(json::Object& to, const Background& background) {
  to.list("suppressions", background.suppressions, suppression)
      .list("fixed", background.gone, [&](JsonWriter& inner, const Finding& f) { gone(inner, f, !is_unseen(f, background)); })
      .member("compared_with", background, compared);
}

}  // namespace tunnelscope::report
