#include "src/config/juniper_view.hpp"

namespace tunnelscope::config {

JuniperPath below(JuniperPath path, std::initializer_list<std::string> more) {
  path.insert(path.end(), more.begin(), more.end());
  return path;
}

const Word* JuniperView::word(const JuniperPath& path) {
  const Statement* one = statements.last(path);
  return one ? &one->words[path.size()] : nullptr;
}

bool JuniperView::defined(const JuniperPath& path, const Word& name) {
  if (!statements.all(below(path, {name.text})).empty()) return true;
  std::vector<Word> names = statements.names(path);
  std::vector<std::string_view> known;
  for (const Word& one : names) known.push_back(one.text);
  report(problems, name.where, "there is no `" + path[1] + " " + path[2] + "` of this name", nearest_of(name.text, known));
  return false;
}

Value<Seconds> JuniperView::seconds(const JuniperPath& path, Seconds fallback, const Where& where) {
  const Word* one = word(path);
  if (!one) return Value<Seconds>::by_default(fallback, where, kJunosTable);
  const auto number = whole_number(one->text);
  if (number && *number < 10'000'000'000)
    return Value<Seconds>::stated(Seconds(static_cast<Seconds::rep>(*number)), one->where);
  report(problems, one->where, "a number of seconds cannot be read", "write a whole number");
  return Value<Seconds>::unknown("its value cannot be read", one->where);
}

}  // namespace tunnelscope::config
