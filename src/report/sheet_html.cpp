// Pages of the runbook for a browser: a static site that asks nobody but itself for anything. The index has a search.
#include <fmt/format.h>

#include "src/report/html_assets.hpp"
#include "src/report/html_parts.hpp"
#include "src/report/html_policy.hpp"
#include "src/report/markup.hpp"
#include "src/report/sheet.hpp"

namespace tunnelscope::report {
namespace {

constexpr std::string_view kSuffix = ".html";

class HtmlSheet : public Sheet {
 public:
  explicit HtmlSheet(std::string_view path) : path_(path) {}

  void title(std::string_view text) override { title_ = text; }

  void heading(std::string_view text) override {
    end_section();
    body_.open("section");
    in_section_ = true;
    body_.element("h2", text);
  }

  void prose(std::string_view text) override { html::prose(body_, text); }

  void items(const std::vector<std::string>& texts) override {
    if (texts.empty()) return;
    const Element list(body_, "ul");
    for (const std::string& text : texts) body_.element("li", text);
  }

  void lines(const std::vector<std::string>& texts) override {
    for (const std::string& text : texts) body_.element("pre", text);
  }

  void links(std::string_view lead, const std::vector<SheetLink>& links) override {
    if (links.empty()) return;
    const Element paragraph(body_, "p");
    if (!lead.empty()) body_.text(lead).text(" ");
    for (std::size_t i = 0; i < links.size(); ++i) {
      if (i > 0) body_.text(", ");
      link(links[i]);
    }
  }

  void steps(const std::vector<FoldedStep>& steps) override {
    const Element list(body_, "ol");
    for (const FoldedStep& step : steps) {
      const Element item(body_, "li");
      body_.text(actor(step.who) + step.text);
      const Element commands(body_, "ul");
      for (const FoldedStep::Command& c : step.commands) {
        if (c.command.empty()) continue;
        const Element one(body_, "li");
        if (!c.vendor.empty()) body_.text(fmt::format("{}: ", vendor_name(c.vendor)));
        body_.element("code", c.command);
      }
    }
  }

  void references(const std::vector<kb::Reference>& references) override {
    const Element list(body_, "ul");
    for (const kb::Reference& r : references) {
      const Element item(body_, "li");
      if (is_web_address(r.url)) body_.element("a", r.title, {{"href", r.url}, {"rel", "noreferrer"}});
      else body_.text(r.url.empty() ? r.title : fmt::format("{} ({})", r.title, r.url));
      if (!r.date.empty()) body_.text(", read " + r.date);
    }
  }

  void search() override {
    searched_ = true;
    body_.open("div", {{"class", "search"}, {"id", "search-box"}, {"hidden", ""}, {"role", "search"}});
    body_.open("label", {{"for", "search"}}).text("Search causes, messages and rules").close();
    body_.empty("input", {{"type", "search"}, {"id", "search"}, {"autocomplete", "off"}});
    body_.element("p", "", {{"id", "found"}, {"role", "status"}}).close();
  }

  void table(const std::vector<std::string_view>& titles, const std::vector<SheetRow>& rows) override {
    const Element table(body_, "table");
    {
      const Element head(body_, "thead");
      const Element line(body_, "tr");
      for (const std::string_view title : titles) body_.element("th", title, {{"scope", "col"}});
    }
    const Element body(body_, "tbody");
    for (const SheetRow& row : rows) {
      const Element line(body_, "tr", {{"data-words", row.words}});
      body_.open("th", {{"scope", "row"}});
      link(row.link);
      body_.close();
      for (const std::string& cell : row.cells) body_.element("td", cell);
    }
  }

  std::string take() override {
    end_section();
    Markup to;
    to.finished("<!doctype html>\n");
    {
      const Element html(to, "html", {{"lang", "en"}});
      head(to);
      const Element body(to, "body");
      {
        const Element main(to, "main");
        to.element("h1", title_).finished(body_.take());
      }
      if (searched_) to.element("script", "", {{"src", relative_path(path_, kSearchScriptFile, "")}});
    }
    return to.take() + "\n";
  }

 private:
  void head(Markup& to) const {
    if (path_.empty()) html::head(to, title_, html::policy(html::runbook_style(), ""), {html::runbook_style()}, html::Readers::Anybody);
    else html::head(to, title_, html::policy_of_site(), {"", relative_path(path_, kRunbookStyleFile, "")}, html::Readers::Anybody);
  }

  void link(const SheetLink& to) {
    if (path_.empty()) body_.text(to.text);
    else body_.element("a", to.text, {{"href", relative_path(path_, to.path, kSuffix)}});
  }

  void end_section() {
    if (in_section_) body_.close();
    in_section_ = false;
  }

  std::string path_, title_;
  Markup body_;
  bool in_section_ = false, searched_ = false;
};

}  // namespace

std::unique_ptr<Sheet> html_sheet(std::string_view path) { return std::make_unique<HtmlSheet>(path); }

}  // namespace tunnelscope::report
