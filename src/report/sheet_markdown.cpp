// Pages of the runbook as Markdown that any tracker or wiki renders.
#include <algorithm>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/sheet.hpp"

namespace tunnelscope::report {
namespace {

using app::for_markdown;
using app::markdown_code;

class MarkdownSheet : public Sheet {
 public:
  explicit MarkdownSheet(std::string_view path) : path_(path) {}

  void title(std::string_view text) override { out_ += fmt::format("# {}\n", for_markdown(text)); }
  void heading(std::string_view text) override { out_ += fmt::format("\n## {}\n", for_markdown(text)); }

  void prose(std::string_view text) override {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (end > 0) out_ += fmt::format("\n{}\n", for_markdown(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  void items(const std::vector<std::string>& texts) override {
    if (texts.empty()) return;
    out_ += '\n';
    for (const std::string& text : texts) out_ += fmt::format("- {}\n", for_markdown(text));
  }

  void lines(const std::vector<std::string>& texts) override {
    if (texts.empty()) return;
    std::string all;
    for (const std::string& text : texts) all += app::for_terminal(text) + "\n";
    out_ += "\n" + app::markdown_block(all);
  }

  void links(std::string_view lead, const std::vector<SheetLink>& links) override {
    if (links.empty()) return;
    out_ += fmt::format("\n{}{}", for_markdown(lead), lead.empty() ? "" : " ");
    for (std::size_t i = 0; i < links.size(); ++i) out_ += (i == 0 ? "" : ", ") + link(links[i]);
    out_ += "\n";
  }

  void steps(const std::vector<FoldedStep>& steps) override {
    out_ += '\n';
    int number = 0;
    for (const FoldedStep& step : steps) {
      out_ += fmt::format("{}. {}\n", ++number, for_markdown(actor(step.who) + step.text));
      for (const FoldedStep::Command& c : step.commands) {
        if (c.command.empty()) continue;
        const std::string_view vendor = vendor_name(c.vendor);
        out_ += fmt::format("   - {}{}\n", vendor.empty() ? "" : for_markdown(vendor) + ": ", markdown_code(c.command));
      }
    }
  }

  void references(const std::vector<kb::Reference>& references) override {
    out_ += '\n';
    for (const kb::Reference& r : references) {
      const std::string place = r.url.empty() ? "" : fmt::format(" ({})", r.url);
      const std::string name =
          is_web_address(r.url) ? fmt::format("[{}](<{}>)", for_markdown(r.title), r.url) : for_markdown(r.title + place);
      out_ += fmt::format("- {}{}\n", name, r.date.empty() ? "" : ", read " + for_markdown(r.date));
    }
  }

  void search() override {}

  void table(const std::vector<std::string_view>& titles, const std::vector<SheetRow>& rows) override {
    out_ += "\n|";
    for (const std::string_view title : titles) out_ += fmt::format(" {} |", for_markdown(title));
    out_ += "\n|";
    for (std::size_t i = 0; i < titles.size(); ++i) out_ += "---|";
    out_ += '\n';
    for (const SheetRow& row : rows) {
      out_ += fmt::format("| {} |", link(row.link));
      for (const std::string& cell : row.cells) out_ += fmt::format(" {} |", for_markdown(cell));
      out_ += '\n';
    }
  }

  std::string take() override { return std::move(out_); }

 private:
  std::string link(const SheetLink& to) const {
    if (path_.empty()) return markdown_code(to.text);
    return fmt::format("[{}](<{}>)", for_markdown(to.text), relative_path(path_, to.path, ".md"));
  }

  std::string path_, out_;
};

}  // namespace

std::unique_ptr<Sheet> markdown_sheet(std::string_view path) { return std::make_unique<MarkdownSheet>(path); }

}  // namespace tunnelscope::report
