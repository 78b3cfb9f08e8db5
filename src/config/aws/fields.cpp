#include "src/config/aws/fields.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "src/config/key_text.hpp"

namespace tunnelscope::config::aws {
namespace {

constexpr const char* kTwoSpellings = "it stands there twice, under two names";
constexpr const char* kAfterApply = "known only after apply";
constexpr std::size_t kLongestWord = 256;
constexpr std::uint64_t kMostSeconds = 10u * 365 * 86400;

bool zero(std::string_view number) { return number.find_first_not_of("0.+-eE") == std::string_view::npos; }

// Whether Terraform says `true` for all of it, or for a part of it.
bool after_apply(const Node& node) { return node.is(Node::Kind::Boolean) && node.text == "true"; }
bool partly_after_apply(const Node& node) {
  for (const Node& item : node.items)
    if (partly_after_apply(item)) return true;
  for (const Entry& entry : node.entries)
    if (partly_after_apply(entry.value)) return true;
  return after_apply(node);
}

const Node* first_of_list(const Node* node) {
  return node && node->is(Node::Kind::List) ? node->items.empty() ? nullptr : &node->items.front() : node;
}

}  // namespace

bool stands_for_default(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Null: return true;
    case Node::Kind::Number: return zero(node.text);
    case Node::Kind::Text: return node.text.empty();
    case Node::Kind::List: return node.items.empty();
    case Node::Kind::Map: return node.entries.empty();
    case Node::Kind::Boolean: break;
  }
  return false;
}

bool is_masked(const Node& key) {
  if (!key.is(Node::Kind::Text) || key.text.empty()) return false;
  return config::is_masked(key.text);
}

Scope::Scope(Document& document, const Node* map, const Node* unknown, std::string prefix)
    : document_(&document), map_(map), unknown_(unknown), prefix_(std::move(prefix)),
      where_(map ? document.at(*map) : Where{document.path, 0, 0}) {}

Scope Scope::unknown(Document& document, const Where& where, std::string reason) {
  Scope scope(document, nullptr);
  scope.where_ = where;
  scope.all_unknown_ = std::move(reason);
  return scope;
}

Field Scope::field(const Names& names, bool secret) const { return look_up(names, secret, partly_after_apply); }

Field Scope::look_up(const Names& names, bool secret, bool (*is_later)(const Node& later)) const {
  const bool terraform = document_->spelling == Spelling::Terraform;
  Field field{terraform ? prefix_ + std::string(names.terraform) : std::string(names.request), nullptr, where_, all_unknown_};
  if (!field.unknown.empty()) return field;
  const Entry* entry = map_ ? map_->entry(field.name) : nullptr;
  const Entry* other = map_ && !terraform && names.response != names.request ? map_->entry(names.response) : nullptr;
  if (entry && other) field.unknown = kTwoSpellings;
  if (!entry && other) entry = other, field.name = names.response;
  const Node* later = unknown_ ? unknown_->find(field.name) : nullptr;
  if (entry) field.where = {document_->path, entry->line, entry->column};
  if (later && is_later(*later)) {
    field.unknown = kAfterApply;
  } else if (!field.unknown.empty()) {
    return field;
  } else if (entry ? entry->value.broken : map_ && map_->broken) {
    field.unknown = kBrokenOff;
  } else if (!entry) {
    field.unknown = absent_;
    for (const auto& [option, reason] : doubtful_)
      if (option == names.request) field.unknown = reason;
  } else if (!stands_for_default(entry->value)) {
    field.unknown = document_->not_plain(entry->value, secret);
    if (field.unknown.empty()) field.node = &entry->value;
  }
  return field;
}

Scope Scope::inside(const Names& names) const {
  const Field field = look_up(names, false, after_apply);
  if (!field.unknown.empty()) return unknown(*document_, field.where, field.unknown);
  Scope scope(*document_, first_of_list(field.node), first_of_list(unknown_ ? unknown_->find(field.name) : nullptr));
  if (!scope.map_) scope.where_ = field.where;
  return scope;
}

std::optional<std::uint64_t> whole_number(const Node& node) {
  if (!node.is(Node::Kind::Number) && !node.is(Node::Kind::Text)) return std::nullopt;
  std::uint64_t value = 0;
  const char* last = node.text.data() + node.text.size();
  const auto [end, error] = std::from_chars(node.text.data(), last, value);
  return error == std::errc{} && end == last ? std::optional(value) : std::nullopt;
}

std::optional<std::string> word(const Node& node) {
  const bool plain = node.is(Node::Kind::Text) || node.is(Node::Kind::Number);
  return plain && node.text.size() <= kLongestWord ? std::optional(node.text) : std::nullopt;
}

std::optional<bool> yes_or_no(const Node& node) {
  if (!node.is(Node::Kind::Boolean) && !node.is(Node::Kind::Text)) return std::nullopt;
  if (node.text == "true" || node.text == "True") return true;
  return node.text == "false" || node.text == "False" ? std::optional(false) : std::nullopt;
}

Value<model::Seconds> read_seconds(const Scope& scope, const Names& names, std::optional<model::Seconds> standard) {
  const auto parse = [](const Node& node) -> std::optional<model::Seconds> {
    const auto number = whole_number(node);
    return number && *number <= kMostSeconds ? std::optional(model::Seconds(*number)) : std::nullopt;
  };
  return read(scope, names, parse, "a number of seconds", standard);
}

Value<std::string> read_word(const Scope& scope, const Names& names, std::optional<std::string> standard) {
  return read(scope, names, word, "a text", std::move(standard));
}

Value<bool> read_bool(const Scope& scope, const Names& names, std::optional<bool> standard) {
  return read(scope, names, yes_or_no, "true or false", standard);
}

Value<model::IpAddress> read_ip(const Scope& scope, const Names& names) {
  return read(scope, names, [](const Node& node) { return model::parse_address(node.text); }, "an IP address");
}

Value<model::Addresses> read_address(const Scope& scope, const Names& names) {
  const auto parse = [](const Node& node) -> std::optional<model::Addresses> {
    const auto one = model::parse_address(node.text);
    return one ? std::optional(model::Addresses{false, {{*one, *one}}, {}}) : std::nullopt;
  };
  return read(scope, names, parse, "an IP address");
}

Value<model::AddressRange> read_range(const Scope& scope, const Names& names, const char* standard) {
  const auto parse = [](const Node& node) { return model::parse_range(node.text); };
  return read(scope, names, parse, "a network", standard ? model::parse_range(standard) : std::nullopt);
}

Value<std::uint32_t> read_asn(const Scope& scope, const Names& names) {
  const auto parse = [](const Node& node) -> std::optional<std::uint32_t> {
    const auto number = whole_number(node);
    const bool fits = number && *number <= std::numeric_limits<std::uint32_t>::max();
    return fits ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
  };
  return read(scope, names, parse, "an AS number");
}

}  // namespace tunnelscope::config::aws
