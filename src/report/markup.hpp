// HTML and SVG as they go: elements are appended in the order of the calls. In: names of ours, values from anywhere.
// Out: markup in which every value is text: whatever a log holds, it cannot end an element, an attribute or a line of sight.
// Control, bidirectional and invisible characters are shown as \n, \x1b or \u{202e}.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnelscope::report {

struct Attribute {
  std::string_view name;  // ours, in lower case
  std::string value;      // raw
};
using Attributes = std::initializer_list<Attribute>;

class Markup {
 public:
  // `tag` must be a literal, and outlive the Markup.
  Markup& open(std::string_view tag, Attributes attributes = {});
  Markup& close();
  Markup& text(std::string_view raw);
  Markup& element(std::string_view tag, std::string_view raw, Attributes attributes = {});
  Markup& empty(std::string_view tag, Attributes attributes = {});  // <br>, <meta>, <path/>
  // Markup that is finished already, such as a script whose hash is known.
  Markup& finished(std::string_view markup);

  std::string take();  // precondition: all elements are closed

 private:
  void begin(std::string_view tag, Attributes attributes);

  std::string out_;
  std::vector<std::string_view> tags_;
};

// An element that is closed at the end of the block.
class Element {
 public:
  Element(Markup& to, std::string_view tag, Attributes attributes = {}) : to_(to) { to_.open(tag, attributes); }
  ~Element() { to_.close(); }
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;

 private:
  Markup& to_;
};

// A finished JSON document as the text of a script element: no `<`, `>` or `&` is left in it.
std::string json_in_html(std::string_view document);

// At most so many bytes, and how much more there is: "start... (9.9 MB more)". Raw.
std::string shortened(std::string_view raw, std::size_t bytes);

}  // namespace tunnelscope::report
