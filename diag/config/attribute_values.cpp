#include "diag/config/attribute_values.hpp"

#include <charconv>
#include <span>

#include "diag/config/attributes.hpp"

namespace tunnelscope::diag::config {
namespace {

constexpr std::string_view kDefaultMark = " (default)";
constexpr std::string_view kNatTraversals[] = {"auto", "forced", "off"};

// AWS takes a list that is not given for all that it has; the other lists of the same proposal may be stated.
constexpr std::size_t kAllAwsCiphers = 4, kAllAwsHashes = 4, kAllAwsGroups = 12;

struct Written {
  std::string text;
  std::optional<double> number;
  std::string_view unit;
};

Written written(bool value) { return {value ? "on" : "off", {}, {}}; }
Written written(Seconds value) { return {std::to_string(value.count()), static_cast<double>(value.count()), "s"}; }
Written written(double value) {
  std::string text = std::to_string(value);
  return {text.substr(0, text.find('.')), value, "%"};
}
Written written(std::uint64_t value) { return {std::to_string(value), static_cast<double>(value), {}}; }
Written written(std::uint32_t value) { return {std::to_string(value), static_cast<double>(value), {}}; }
Written written(const std::string& value) { return {value, {}, {}}; }
Written written(Versions value) { return {text(value), {}, {}}; }
Written written(Modes value) { return {text(value), {}, {}}; }
Written written(NatTraversal value) { return {std::string(kNatTraversals[static_cast<std::size_t>(value)]), {}, {}}; }
Written written(const Addresses& value) {
  const std::string all = text(value);
  return {all.empty() ? "none" : all, {}, {}};
}
template <class T>
  requires requires(const T& value) { std::string(name(value)); }
Written written(const T& value) {
  return {std::string(name(value)), {}, {}};
}
template <class T>
  requires requires(const T& value) { std::string(text(value)); }
Written written(const T& value) {
  return {text(value), {}, {}};
}
Written written(const std::vector<AddressRange>& value) {
  std::string all;
  for (const AddressRange& one : value) all += (all.empty() ? "" : ", ") + text(one);
  return {all, {}, {}};
}

class Lister {
 public:
  explicit Lister(const Endpoint& endpoint) : endpoint_(endpoint) {}

  template <class T>
  void operator()(const std::string& name, const Value<T>& value, const Value<T>&) {
    if (!value.known()) return;
    Written text = written(*value);
    if (name == "routing") text.text = text.text == "on" ? "bgp" : "static";
    values_.push_back({name, text.text, {}, text.number, text.unit, value.where(), value.origin()});
    values_.back().words = words_of(value, text.text);
  }
  void operator()(const std::string&, const Value<std::vector<Key>>&, const Value<std::vector<Key>>&) {}

  std::vector<AttributeValue> take() { return std::move(values_); }

 private:
  template <class T>
  std::vector<AttributeWord> words_of(const Value<T>& value, const std::string& text) const {
    return {{text, value.where(), value.origin()}};
  }
  std::vector<AttributeWord> words_of(const Value<Versions>& value, const std::string&) const {
    std::vector<AttributeWord> words;
    if (value->ikev1) words.push_back({"ikev1", value.where(), value.origin()});
    if (value->ikev2) words.push_back({"ikev2", value.where(), value.origin()});
    return words;
  }
  std::vector<AttributeWord> words_of(const Value<Proposals>& value, const std::string&) const {
    std::vector<AttributeWord> words;
    for (const Proposal& proposal : *value) {
      for (std::size_t type = 0; type < kTransformTypes; ++type) add_set(words, proposal[static_cast<TransformType>(type)], value);
      for (const std::string& word : proposal.unrecognised) words.push_back({word, proposal.where, value.origin()});
    }
    return words;
  }
  void add_set(std::vector<AttributeWord>& words, const TransformSet& set, const Value<Proposals>& value) const {
    const Origin origin = left_to_aws(set) ? Origin::Default : value.origin();
    const Where& where = set.where.known() ? set.where : value.where();
    for (const AlgorithmRef one : set.algorithms) words.push_back({std::string(one->id), where, origin});
  }
  bool left_to_aws(const TransformSet& set) const {
    if (endpoint_.vendor != Vendor::Aws || set.empty()) return false;
    const TransformType type = set.algorithms.front()->type;
    const std::size_t all = type == TransformType::Encryption  ? kAllAwsCiphers
                            : type == TransformType::Integrity ? kAllAwsHashes
                                                               : kAllAwsGroups;
    return set.algorithms.size() >= all;
  }

  const Endpoint& endpoint_;
  std::vector<AttributeValue> values_;
};

// ---- from text ----

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find(at), text.size());
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (!part.empty()) parts.push_back(part);
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

template <class Enum>
std::optional<Enum> one_of(std::string_view text, std::initializer_list<Enum> all) {
  for (const Enum one : all)
    if (name(one) == text) return one;
  return std::nullopt;
}

// The result's type is that of the second argument, which is not read.
std::optional<bool> parsed(std::string_view text, bool) {
  if (text == "on" || text == "bgp") return true;
  return text == "off" || text == "static" ? std::optional(false) : std::nullopt;
}
std::optional<Seconds> parsed(std::string_view text, Seconds) {
  const auto number = number_in<std::int64_t>(text);
  return number ? std::optional(Seconds(*number)) : std::nullopt;
}
std::optional<double> parsed(std::string_view text, double) { return number_in<double>(text); }
std::optional<std::uint64_t> parsed(std::string_view text, std::uint64_t) { return number_in<std::uint64_t>(text); }
std::optional<std::uint32_t> parsed(std::string_view text, std::uint32_t) { return number_in<std::uint32_t>(text); }
std::optional<std::string> parsed(std::string_view text, const std::string&) { return std::string(text); }
std::optional<IpAddress> parsed(std::string_view text, const IpAddress&) { return parse_address(text); }
std::optional<AddressRange> parsed(std::string_view text, const AddressRange&) { return parse_range(text); }
std::optional<Identity> parsed(std::string_view text, const Identity&) { return identity_of(text); }
std::optional<SecurityProtocol> parsed(std::string_view text, SecurityProtocol) {
  return one_of(text, {SecurityProtocol::Esp, SecurityProtocol::Ah});
}
std::optional<ChildMode> parsed(std::string_view text, ChildMode) {
  return one_of(text, {ChildMode::Tunnel, ChildMode::Transport, ChildMode::Beet});
}
std::optional<Authentication> parsed(std::string_view text, Authentication) {
  return one_of(text, {Authentication::PreSharedKey, Authentication::Certificate, Authentication::Eap, Authentication::Other});
}
std::optional<StartAction> parsed(std::string_view text, StartAction) {
  return one_of(text, {StartAction::Wait, StartAction::OnTraffic, StartAction::Start});
}
std::optional<DownAction> parsed(std::string_view text, DownAction) {
  return one_of(text, {DownAction::None, DownAction::Clear, DownAction::OnTraffic, DownAction::Restart});
}
std::optional<NatTraversal> parsed(std::string_view text, NatTraversal) {
  for (std::size_t i = 0; i < std::size(kNatTraversals); ++i)
    if (kNatTraversals[i] == text) return static_cast<NatTraversal>(i);
  return std::nullopt;
}
std::optional<Versions> parsed(std::string_view words, Versions) {
  Versions all;
  for (const std::string_view one : split(words, ',')) (one == "ikev1" ? all.ikev1 : all.ikev2) = true;
  return text(all) == words ? std::optional(all) : std::nullopt;
}
std::optional<Modes> parsed(std::string_view words, Modes) {
  Modes all;
  for (const std::string_view one : split(words, ',')) (one == "main" ? all.main : all.aggressive) = true;
  return text(all) == words ? std::optional(all) : std::nullopt;
}
std::optional<Proposals> parsed(std::string_view text, const Proposals&) {
  Proposals all;
  for (const std::string_view one : split(text, ',')) {
    Proposal& proposal = all.emplace_back();
    for (const std::string_view types : split(one, '-'))
      for (const std::string_view word : split(types, '|')) {
        const AlgorithmRef known = algorithm(word);
        if (known) proposal.add(known, {});
        else proposal.unrecognised.emplace_back(word);
      }
  }
  return all;
}
std::optional<std::vector<AddressRange>> parsed(std::string_view text, const std::vector<AddressRange>&) {
  std::vector<AddressRange> all;
  for (const std::string_view one : split(text, ',')) {
    const auto range = parse_range(one);
    if (!range) return std::nullopt;
    all.push_back(*range);
  }
  return all;
}
std::optional<Selectors> parsed(std::string_view text, const Selectors&) {
  const auto ranges = parsed(text, std::vector<AddressRange>{});
  if (!ranges) return std::nullopt;
  Selectors all;
  for (const AddressRange& one : *ranges) all.push_back({one, 0, 0, 65535});
  return all;
}
std::optional<Addresses> parsed(std::string_view text, const Addresses&) {
  Addresses all;
  if (text == "none") return all;
  for (const std::string_view one : split(text, ',')) {
    if (one == "%any") all.any = true;
    else if (const auto numbers = parse_range(one)) all.ranges.push_back(*numbers);
    else all.names.emplace_back(one);
  }
  return all;
}
std::optional<std::vector<Key>> parsed(std::string_view text, const std::vector<Key>&) {
  return std::vector{Key{Value<Secret>::stated(Secret(std::string(text)), {}), {}, {}}};
}

class Setter {
 public:
  Setter(std::string_view name, std::string_view text, const Where& where) : name_(name), text_(text), where_(where) {
    by_default_ = text_.ends_with(kDefaultMark);
    if (by_default_) text_.remove_suffix(kDefaultMark.size());
  }

  template <class T>
  void operator()(const std::string& name, Value<T>& value, Value<T>&) {
    if (name != name_) return;
    done = true;
    if (text_ == "unknown") {
      value = Value<T>::unknown("not stated", where_);
    } else if (auto read = parsed(text_, T{})) {
      value = by_default_ ? Value<T>::by_default(std::move(*read), where_, "an example") : Value<T>::stated(std::move(*read), where_);
    } else {
      done = false;
    }
  }
  bool done = false;

 private:
  std::string_view name_, text_;
  const Where& where_;
  bool by_default_ = false;
};

bool set_vendor(Endpoint& endpoint, std::string_view text) {
  for (const Vendor one : {Vendor::Neutral, Vendor::Aws, Vendor::StrongSwan, Vendor::Libreswan, Vendor::CiscoIos, Vendor::Juniper})
    if (name(one) == text) return endpoint.vendor = one, true;
  return false;
}

}  // namespace

std::vector<AttributeValue> attribute_values(const Endpoint& endpoint) {
  Lister lister(endpoint);
  for_each_value(endpoint, endpoint, [&](const std::string& name, const auto& a, const auto& b) { lister(name, a, b); });
  for (const Child& child : endpoint.children) {
    if (child.start) lister("start-action", *child.start, *child.start);
    if (child.dpd) lister("dpd-action", *child.dpd, *child.dpd);
    if (child.close) lister("close-action", *child.close, *child.close);
  }
  return lister.take();
}

bool set_attribute(Endpoint& endpoint, std::string_view name, std::string_view text, const Where& where) {
  if (name == "vendor") return set_vendor(endpoint, text);
  if (name == "side") return endpoint.side = text == "gateway" ? Side::Gateway : Side::Cloud, text == tunnelscope::diag::config::name(endpoint.side);
  if (name == "replaced") return endpoint.replaced = true, text == "on";
  if (endpoint.children.empty()) endpoint.children.emplace_back();
  Setter setter(name, text, where);
  for_each_value(endpoint, endpoint, [&](const std::string& each, auto& a, auto& b) { setter(each, a, b); });
  return setter.done;
}

}  // namespace tunnelscope::diag::config
