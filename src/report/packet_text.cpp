#include "src/report/packet_text.hpp"

#include <fmt/format.h>

#include "src/escape.hpp"

namespace tunnelscope::report {
namespace {

constexpr int kWidth = 78;

}  // namespace

void Letter::item(std::string_view lead, std::string_view raw, int indent) {
  const int hanging = indent + app::columns_of(lead);
  std::string before = std::string(static_cast<std::size_t>(indent), ' ') + std::string(lead);
  for (const std::string& line : app::wrap(app::for_terminal(raw), kWidth - hanging)) {
    text_ += before + line;
    text_.erase(text_.find_last_not_of(' ') + 1);
    text_ += '\n';
    before.assign(static_cast<std::size_t>(hanging), ' ');
  }
}

void Letter::line(std::string_view raw) { item("", raw); }
void Letter::field(std::string_view name, std::string_view raw) { item(fmt::format("{}: ", name), raw); }
void Letter::verbatim(std::string_view raw, int indent) { text_ += std::string(static_cast<std::size_t>(indent), ' ') + app::for_terminal(raw) + "\n"; }
void Letter::blank() {
  if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
}
void Letter::heading(std::string_view raw) {
  blank();
  line(raw);
  text_ += std::string(std::min<std::size_t>(app::columns_of(app::for_terminal(raw)), kWidth), '-') + "\n";
}

}  // namespace tunnelscope::report
