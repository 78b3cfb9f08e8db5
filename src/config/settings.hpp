// Sections of named settings, the form of swanctl.conf and of ipsec.conf, and what a reader asks of one: a value that is stated, or the
// default of a dated table, or unknown because a part of the section could not be read.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "src/config/words.hpp"

namespace tunnelscope::config {

struct Setting {
  std::string name;
  Where where;      // of the name
  Word value;       // may be empty: as if it were not there
  bool contested = false;  // two templates give it different values
};

struct Section {
  std::string name;
  Where where;
  std::vector<Setting> settings;  // each name once
  std::vector<Section> sections;  // each name once
  std::vector<Word> templates;    // inherited from, own settings outweigh theirs
  std::string incomplete;         // why settings may be missing; empty: they are all here

  // nullptr: not there, or without a value.
  const Setting* find(std::string_view setting) const;
  const Section* section(std::string_view wanted) const;
  // What it and the sections in it do not state may stand in what could not be read; an empty reason is none.
  void doubt(const std::string& reason);
  // Its reason, or that of the first section in it that has one.
  std::string first_doubt() const;
};

// Overwrites all values, for some are keys.
void wipe(Section& section);

// Problems for settings whose name is none of these. Any of them may be meant by it, so none is left to its default.
void refuse_unknown(Section& section, const std::vector<std::string_view>& known, std::vector<Problem>& problems);

// A section, the table of defaults that holds for it, and where problems go.
struct Reading {
  const Section& section;
  std::string table;  // "strongSwan 5.9 swanctl.conf, 2022-10"
  std::vector<Problem>& problems;

  template <class T>
  Value<T> absent(T fallback) const {
    if (section.incomplete.empty()) return Value<T>::by_default(std::move(fallback), section.where, table);
    return Value<T>::unknown(section.incomplete, section.where);
  }

  // `parse` makes std::optional<T> of a text; `hint` says what it should be.
  template <class T, class Parse>
  Value<T> stated(const Setting& setting, Parse parse, std::string_view hint) const {
    if (setting.contested) return Value<T>::unknown("two templates give it different values", setting.value.where);
    if (auto parsed = parse(std::string_view(setting.value.text))) return Value<T>::stated(std::move(*parsed), setting.value.where);
    report_unread(problems, setting.value.where, "`" + setting.name + "` has a value that cannot be read", std::string(hint));
    return Value<T>::unknown("its value cannot be read", setting.value.where);
  }

  template <class T, class Parse>
  Value<T> value(std::string_view name, Parse parse, T fallback, std::string_view hint) const {
    const Setting* setting = section.find(name);
    return setting ? stated<T>(*setting, parse, hint) : absent(std::move(fallback));
  }
};

}  // namespace tunnelscope::config
