#include "src/report/markup.hpp"

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {

void Markup::begin(std::string_view tag, Attributes attributes) {
  out_.append("<").append(tag);
  for (const Attribute& a : attributes) {
    out_.append(" ").append(a.name);
    if (!a.value.empty()) out_.append("=\"").append(app::for_xml(a.value)).append("\"");
  }
  out_ += '>';
}

Markup& Markup::open(std::string_view tag, Attributes attributes) {
  begin(tag, attributes);
  tags_.push_back(tag);
  return *this;
}

Markup& Markup::close() {
  out_.append("</").append(tags_.back()).append(">");
  tags_.pop_back();
  return *this;
}

Markup& Markup::text(std::string_view raw) {
  out_ += app::for_xml(raw);
  return *this;
}

Markup& Markup::element(std::string_view tag, std::string_view raw, Attributes attributes) {
  return open(tag, attributes).text(raw).close();
}

Markup& Markup::empty(std::string_view tag, Attributes attributes) {
  begin(tag, attributes);
  return *this;
}

Markup& Markup::finished(std::string_view markup) {
  out_ += markup;
  return *this;
}

std::string Markup::take() { return std::move(out_); }

std::string json_in_html(std::string_view document) {
  std::string out;
  out.reserve(document.size());
  for (const char c : document) {
    switch (c) {
      case '<': out += "\\u003c"; break;
      case '>': out += "\\u003e"; break;
      case '&': out += "\\u0026"; break;
      default: out += c;
    }
  }
  return out;
}

std::string shortened(std::string_view raw, std::size_t bytes) {
  const std::string_view start = app::first_bytes(raw, bytes);
  if (start.size() == raw.size()) return std::string(raw);
  return fmt::format("{}... ({} more)", start, bytes_in_words(static_cast<std::int64_t>(raw.size() - start.size())));
}

}  // namespace tunnelscope::report
