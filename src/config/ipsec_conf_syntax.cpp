#include "src/config/ipsec_conf_syntax.hpp"

#include <algorithm>
#include <iterator>

namespace tunnelscope::config {
namespace {

constexpr std::size_t kMaxIncludes = 16, kMaxReferences = 64;
constexpr std::size_t kMostFiles = 1000, kMostSettings = 20'000;
constexpr std::size_t kMostConnections = 2000;

// Sections as they are written, before anything is inherited.
struct Written {
  Section setup, defaults;
  std::vector<Section> connections;
  std::string incomplete;
};

// A comment begins at "#" after white space.
std::string_view without_comment(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == '#' && !quoted && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) return line.substr(0, i);
  }
  return line;
}

class Lines {
 public:
  Lines(const Include& include, const std::vector<Synonym>& synonyms, Written& written, std::vector<Problem>& problems)
      : include_(include), synonyms_(synonyms), written_(written), problems_(problems) {}

  // `from`: the include that names it, if one does.
  void read(const Source& source, const Where& from) {
    if (std::find(open_.begin(), open_.end(), source.path) != open_.end()) {
      report_unread(problems_, from, "the file includes itself, by way of " + source.path, "remove one of the includes");
      written_.incomplete = "a file includes itself";
      return;
    }
    if (++files_ > kMostFiles || open_.size() > kMaxIncludes) return incomplete(from, "too many includes");
    open_.push_back(source.path);
    std::string_view text = source.text;
    for (std::size_t line = 1; !text.empty(); ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      cut_ = end == text.size();
      read_line(without_comment(text.substr(0, end)), {source.path, line, 1});
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    open_.pop_back();
  }

 private:
  void incomplete(const Where& where, std::string reason) {
    report_unread(problems_, where, std::move(reason), "give the file beside this one, or remove the include");
    written_.incomplete = "an include could not be read";
  }

  // What cannot be told from a setting may be one of the section that is open, or of any.
  void unread(const Where& where, std::string reason, std::string hint) {
    std::string& of_what = current_ ? current_->incomplete : written_.incomplete;
    of_what = reason;
    report_unread(problems_, where, std::move(reason), std::move(hint));
  }

  void end_within(const Where& where) {
    unread(where, "the file ends within the line or right behind it", "end its last line with a line break, if it is whole");
  }

  // The daemon reads none of a file with such a line. Told once a section.
  void not_indented(const Where& where) {
    constexpr const char* kReason = "a setting without white space before it is a syntax error: the daemon does not read the file";
    if (!unindented_told_) report_unread(problems_, where, kReason, "indent the settings of a section");
    unindented_told_ = true;
    if (written_.incomplete.empty()) written_.incomplete = where.text() + ": the setting is not indented, which the daemon does not read";
  }

  void read_line(std::string_view line, const Where& where) {
    const auto words = words_of(line, where);
    if (words.empty()) return;
    const std::string& first = words.front().text;
    if (first == "include" && words.size() > 1) return read_include(words[1]);
    if (first == "version" && words.size() == 2) return;
    if (first == "config" || first == "conn" || first == "ca") return open_section(words);
    read_setting(line, words.front().where);
  }

  void read_include(const Word& pattern) {
    std::string name = pattern.text;
    name.erase(std::remove(name.begin(), name.end(), '"'), name.end());
    auto files = include_(name, pattern.where.path);
    if (!files) return incomplete(pattern.where, "the included file cannot be read: " + files.error());
    Section* const before = current_;
    for (Source& file : *files) {
      current_ = nullptr;
      read(file, pattern.where);
      model::wipe(file.text);
    }
    current_ = before == &written_.setup || before == &written_.defaults ? before : nullptr;  // a vector of sections may have moved
  }

  void open_section(const std::vector<Word>& words) {
    current_ = nullptr;
    unindented_told_ = false;
    if (words.size() < 2) return unread(words.front().where, "a section without a name", "write `conn NAME`");
    current_ = &ignored_;
    const std::string& name = words[1].text;
    if (words.front().text == "config") current_ = &written_.setup;
    else if (words.front().text == "conn" && name == "%default") current_ = &written_.defaults;
    else if (words.front().text == "conn") current_ = &connection(name, words.front().where);
    if (!current_->where.known()) current_->where = words.front().where;
    if (cut_) end_within(words.front().where);
  }

  Section& connection(const std::string& name, const Where& where) {
    const auto old = std::find_if(written_.connections.begin(), written_.connections.end(),
        [&](const Section& one) { return one.name == name; });
    if (old != written_.connections.end()) return *old;
    if (written_.connections.size() >= kMostConnections) {
      if (written_.incomplete.empty()) problems_.push_back({where, "too many connections: the rest is not read", "split the file", true});
      written_.incomplete = "the file is too large to be read to its end";
      return ignored_ = Section();
    }
    written_.connections.push_back({name, where, {}, {}, {}, {}});
    return written_.connections.back();
  }

  void read_setting(std::string_view line, const Where& where) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return unread(where, "neither a setting nor a section", "write `name=value`, or `conn NAME`");
    if (cut_ && current_ != &written_.setup) return end_within(where);
    if (!current_) return unread(where, "a setting outside of a section", "put it below a line `conn NAME`");
    if (where.column == 1) not_indented(where);
    if (++settings_ > kMostSettings) {
      if (settings_ == kMostSettings + 1) problems_.push_back({where, "too many settings: the rest is not read", "split the file", true});
      written_.incomplete = "the file is too large to be read to its end";
      return;
    }
    std::string name = lower(trimmed(line.substr(0, equals)));
    const auto synonym = std::find_if(synonyms_.begin(), synonyms_.end(), [&](const Synonym& one) { return one.written == name; });
    if (synonym != synonyms_.end()) name = synonym->meant;
    Word value = value_of(line.substr(equals + 1), where, equals + 1 - (where.column - 1));
    if (name == "also" || name == "alsoflip") {
      current_->templates.push_back(std::move(value));
      return;
    }
    const auto old = std::find_if(current_->settings.begin(), current_->settings.end(),
        [&](const Setting& one) { return one.name == name; });
    if (old == current_->settings.end()) current_->settings.push_back({std::move(name), where, std::move(value)});
    else *old = {std::move(name), where, std::move(value)};
  }

  // `distance`: from the name to the first character behind "=".
  static Word value_of(std::string_view text, const Where& where, std::size_t distance) {
    const std::size_t space = std::min(text.find_first_not_of(" \t"), text.size());
    text = trimmed(text);
    const bool quoted = text.size() > 1 && text.front() == '"' && text.back() == '"';
    if (quoted) text = trimmed(text.substr(1, text.size() - 2));
    return {std::string(text), {where.path, where.line, where.column + distance + space + (quoted ? 1 : 0)}};
  }

  const Include& include_;
  const std::vector<Synonym>& synonyms_;
  Written& written_;
  std::vector<Problem>& problems_;
  std::vector<std::string> open_;
  std::size_t files_ = 0, settings_ = 0;
  Section ignored_;  // takes what a section holds that nobody reads
  Section* current_ = nullptr;
  bool unindented_told_ = false;  // of the section that is open
  bool cut_ = false;  // the file ends with the line that is read, without a line break
};

class References {
 public:
  References(const Written& written, std::vector<Problem>& problems) : written_(written), problems_(problems) {}

  Section resolved(const Section& connection) {
    Section whole = with_references(connection);
    add(whole, written_.defaults, false);
    for (const Word& name : written_.defaults.templates)
      if (const Section* other = find(name)) add(whole, with_references(*other), false);
    if (whole.incomplete.empty()) whole.incomplete = written_.incomplete;
    return whole;
  }

 private:
  Section with_references(const Section& connection) {
    Section whole = connection, inherited;
    open_.push_back(&connection);
    for (const Word& name : connection.templates) {
      const Section* other = find(name);
      if (other) add(inherited, with_references(*other), true);
      else whole.incomplete = "a connection that it refers to could not be read";
    }
    open_.pop_back();
    if (whole.incomplete.empty()) whole.incomplete = inherited.incomplete;
    add(whole, inherited, false);
    return whole;
  }

  const Section* find(const Word& name) {
    const auto found = std::find_if(written_.connections.begin(), written_.connections.end(),
        [&](const Section& one) { return one.name == name.text; });
    const bool there = found != written_.connections.end();
    const bool loop = there && std::find(open_.begin(), open_.end(), &*found) != open_.end();
    if (there && !loop && open_.size() <= kMaxReferences && copied_ <= kMostSettings) return &*found;
    std::vector<std::string_view> names;
    for (const Section& one : written_.connections) names.push_back(one.name);
    if (!there) report(problems_, name.where, "there is no connection of this name", nearest_of(name.text, names));
    else report(problems_, name.where, loop ? "the connection refers to itself" : "connections refer too much to each other",
        "remove one of the references");
    return nullptr;
  }

  // `equals`: two sections of which neither outweighs the other.
  void add(Section& heir, const Section& base, bool equals) {
    if (heir.incomplete.empty()) heir.incomplete = base.incomplete;
    copied_ += base.settings.size();
    for (const Setting& setting : base.settings) {
      const auto own = std::find_if(heir.settings.begin(), heir.settings.end(),
          [&](const Setting& one) { return one.name == setting.name; });
      if (own == heir.settings.end()) heir.settings.push_back(setting);
      else if (equals && own->value.text != setting.value.text) own->contested = true;
    }
  }

  const Written& written_;
  std::vector<Problem>& problems_;
  std::vector<const Section*> open_;
  std::size_t copied_ = 0;
};

bool is_referred_to(const Written& written, const std::string& name) {
  const auto refers = [&](const Section& section) {
    return std::any_of(section.templates.begin(), section.templates.end(), [&](const Word& one) { return one.text == name; });
  };
  return refers(written.defaults) || std::any_of(written.connections.begin(), written.connections.end(), refers);
}

constexpr std::string_view kLibreswanOnly[] = {"ikev2", "salifetime", "ipsec-lifetime", "phase2alg", "phase2", "retransmit-interval",
    "retransmit-timeout",
                                               "ikev1-policy", "protostack", "virtual_private", "virtual-private", "logfile", "dumpdir",
                                                   "leftsubnets",
                                               "rightsubnets", "encapsulation", "ipsec-interface", "vti-interface", "vti-routing",
                                                   "narrowing", "plutodebug",
                                               "logtime", "nat-ikev1-method", "aggrmode", "sha2-truncbug", "intermediate", "nssdir",
                                                   "leftinterface-ip"};
constexpr std::string_view kStrongSwanOnly[] = {"charondebug", "strictcrlpolicy", "cachecrls", "leftauth", "rightauth", "margintime",
    "closeaction",
                                                "leftfirewall", "rightfirewall", "inactivity", "installpolicy", "leftdns", "xauth",
                                                    "eap_identity",
                                                "leftallowany", "rightallowany", "leftgroups", "keylife"};

}  // namespace

IpsecConf read_ipsec_conf(const Source& source, const Include& include, const std::vector<Synonym>& synonyms,
    std::vector<Problem>& problems) {
  Written written;
  Lines(include, synonyms, written, problems).read(source, {});
  IpsecConf all{written.setup, {}};
  References references(written, problems);
  for (const Section& connection : written.connections) {
    Section whole = references.resolved(connection);
    const Setting* automatic = whole.find("auto");
    const bool loaded = automatic && automatic->value.text != "ignore";
    if (loaded || !is_referred_to(written, connection.name)) all.connections.push_back(std::move(whole));
  }
  return all;
}

IpsecDialect dialect_of(std::string_view text) {
  std::size_t connections = 0, libreswan = 0, strongswan = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trimmed(without_comment(text.substr(at, end - at)));
    at = end + 1;
    const std::size_t equals = line.find('=');
    if (line.starts_with("conn ") || line.starts_with("conn\t") || line.starts_with("config setup")) ++connections;
    if (equals == std::string_view::npos) continue;
    const std::string name = lower(trimmed(line.substr(0, equals)));
    const std::string_view value = trimmed(line.substr(equals + 1));
    const auto is = [&](std::string_view one) { return one == name; };
    const bool algorithms = name == "ike" || name == "esp" || name == "phase2alg";
    if (std::any_of(std::begin(kLibreswanOnly), std::end(kLibreswanOnly), is)) ++libreswan;
    if (std::any_of(std::begin(kStrongSwanOnly), std::end(kStrongSwanOnly), is)) ++strongswan;
    if (algorithms && value.ends_with('!')) ++strongswan;
    if (algorithms && value.find_first_of(";+") != std::string_view::npos) ++libreswan;
  }
  if (connections == 0) return IpsecDialect::None;
  if (libreswan == strongswan) return IpsecDialect::Either;
  return libreswan > strongswan ? IpsecDialect::Libreswan : IpsecDialect::StrongSwan;
}

}  // namespace tunnelscope::config
