// What several sections of the page share.
#include "src/report/html_parts.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/verdict.hpp"

namespace tunnelscope::report::html {

std::vector<Family> families(const diag::Report& report) {
  std::map<std::string_view, const diag::ConnectionReport*> connections;
  for (const auto& c : report.connections) connections[c.id] = &c;
  std::map<std::string_view, std::size_t> place_of;
  std::vector<Family> all;
  for (const diag::TunnelReport& t : report.tunnels) {
    const auto [place, is_new] = t.connection.empty() ? std::pair{place_of.end(), true} : place_of.try_emplace(t.connection, all.size());
    if (is_new) {
      const auto known = connections.find(t.connection);
      all.push_back({known == connections.end() ? nullptr : known->second, {}});
    }
    all[place == place_of.end() ? all.size() - 1 : place->second].tunnels.push_back(&t);
  }
  const auto worst = [](const Family& f) {
    const auto badness = [](const diag::TunnelReport& t) { return std::pair(rank_of(t), t.status == "up" ? 1 : t.availability.ratio.value_or(1)); };
    const auto worse = [&](const diag::TunnelReport* a, const diag::TunnelReport* b) { return badness(*a) < badness(*b); };
    return badness(**std::min_element(f.tunnels.begin(), f.tunnels.end(), worse));
  };
  std::stable_sort(all.begin(), all.end(), [&](const Family& a, const Family& b) { return worst(a) < worst(b); });
  return all;
}

std::string short_name(const diag::TunnelReport& t) { return t.connection.empty() || t.outside_ip.empty() ? t.id : t.outside_ip; }

std::string id_of(const diag::Finding& f) { return "f-" + f.fingerprint; }
std::string evidence_id(const diag::Finding& f, std::size_t index) { return fmt::format("e-{}-{}", f.fingerprint, index); }

void badge(Markup& to, std::string_view word) { to.element("span", word, {{"class", fmt::format("badge is-{}", word)}}); }

void commands(Markup& to, const FoldedStep& step) {
  const bool any = std::any_of(step.commands.begin(), step.commands.end(), [](const auto& c) { return !c.command.empty(); });
  if (!any) return;
  const Element list(to, "ul", {{"class", "commands"}});
  for (const auto& c : step.commands) {
    if (c.command.empty()) continue;
    const Element item(to, "li");
    if (!c.vendor.empty()) to.element("span", vendor_name(c.vendor), {{"class", "vendor"}});
    to.element("code", c.command, {{"class", "command"}});
    to.element("button", "Copy", {{"type", "button"}, {"class", "copy"}, {"aria-label", "Copy: " + std::string(app::first_bytes(c.command, 60))}});
  }
}

void prose(Markup& to, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) to.element("p", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Table::Table(Markup& to, std::string_view caption, std::vector<std::string_view> titles) : to_(to), titles_(std::move(titles)) {
  to_.open("table", {{"class", "cards"}}).element("caption", caption).open("thead").open("tr");
  for (const std::string_view title : titles_) to_.element("th", title, {{"scope", "col"}});
  to_.close().close().open("tbody");
}
Table::~Table() { to_.close().close(); }

void Table::begin_row() {
  to_.open("tr");
  column_ = 0;
}
void Table::end_row() { to_.close(); }

Markup& Table::cell() {
  const std::string title(titles_[column_]);
  if (column_++ == 0) return to_.open("th", {{"scope", "row"}, {"data-label", title}});
  return to_.open("td", {{"data-label", title}});
}
void Table::end_cell() { to_.close(); }

void Table::row(const std::vector<std::string>& raw) {
  begin_row();
  for (const std::string& value : raw) {
    cell().text(value);
    end_cell();
  }
  end_row();
}

}  // namespace tunnelscope::report::html
