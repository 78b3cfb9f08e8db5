#include "kb/map_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "kb/text.hpp"

namespace tunnelscope::kb {
namespace {

std::string_view kind_name(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::Null: return "nothing";
    case YamlNode::Kind::Scalar: return "a text";
    case YamlNode::Kind::List: return "a list";
    case YamlNode::Kind::Map: return "a map";
  }
  return {};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string scalar_text(const YamlNode& node) {
  std::string_view text = node.text;
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text);
}

MapReader::MapReader(ReadContext& context, const YamlNode& node, std::string what, bool partial)
    : context_(context), node_(node), what_(std::move(what)), partial_(partial) {
  if (node.kind != YamlNode::Kind::Map) report(node, what_ + " must be a map of keys, not " + std::string(kind_name(node.kind)));
}

void MapReader::report(const YamlNode& at, std::string reason, std::string hint) {
  context_.errors.push_back(context_.file.error(at, std::move(reason), std::move(hint)));
}

bool MapReader::has(std::string_view key) const { return node_.find(key) != nullptr; }

const YamlNode* MapReader::take(std::string_view key, YamlNode::Kind kind, Need need) {
  asked_.emplace_back(key);
  if (node_.kind != YamlNode::Kind::Map) return nullptr;
  const YamlNode* value = node_.find(key);
  if (value == nullptr) {
    if (need == Need::Required && !partial_) missing_.emplace_back(key);
    return nullptr;
  }
  if (value->kind == kind) return value;
  const std::string name = "`" + std::string(key) + "`";
  if (value->kind == YamlNode::Kind::Null) {
    report(*value, name + " has no value", "give it one or remove the key");
  } else {
    report(*value, name + " must be " + std::string(kind_name(kind)) + ", not " + std::string(kind_name(value->kind)));
  }
  return nullptr;
}

void MapReader::text(std::string_view key, std::string& field, Need need) {
  const YamlNode* value = take(key, YamlNode::Kind::Scalar, need);
  if (value == nullptr) return;
  field = scalar_text(*value);
  if (field.empty() && need == Need::Required) report(*value, "`" + std::string(key) + "` is empty");
}

void MapReader::flag(std::string_view key, bool& field) {
  const YamlNode* value = take(key, YamlNode::Kind::Scalar);
  if (value == nullptr) return;
  if (value->quoted || (value->text != "true" && value->text != "false")) {
    return report(*value, "`" + std::string(key) + "` must be true or false");
  }
  field = value->text == "true";
}

void MapReader::whole(std::string_view key, int& field, int least) {
  const YamlNode* value = take(key, YamlNode::Kind::Scalar);
  if (value == nullptr) return;
  const auto parsed = value->quoted ? std::nullopt : parse_number<int>(value->text);
  if (!parsed || *parsed < least) {
    return report(*value, "`" + std::string(key) + "` must be a whole number, at least " + std::to_string(least));
  }
  field = *parsed;
}

void MapReader::number(std::string_view key, double& field, Need need) {
  const YamlNode* value = take(key, YamlNode::Kind::Scalar, need);
  if (value == nullptr) return;
  const auto parsed = value->quoted ? std::nullopt : parse_number<double>(value->text);
  if (!parsed || !std::isfinite(*parsed) || *parsed < 0) {
    return report(*value, "`" + std::string(key) + "` must be a number, at least 0");
  }
  field = *parsed;
}

void MapReader::iso_date(std::string_view key, std::string& field) {
  text(key, field, Need::Required);
  const YamlNode* value = node_.find(key);
  if (value != nullptr && value->kind == YamlNode::Kind::Scalar && !field.empty() && !is_iso_date(field)) {
    report(*value, "`" + std::string(key) + "` must be a date such as 2026-11-21");
  }
}

void MapReader::word(std::string_view key, std::string& field, const Words& allowed, Need need) {
  const YamlNode* value = take(key, YamlNode::Kind::Scalar, need);
  if (value == nullptr) return;
  if (std::find(allowed.begin(), allowed.end(), value->text) == allowed.end()) {
    std::string hint = did_you_mean(value->text, allowed);
    return report(*value, "`" + std::string(key) + "` is `" + value->text + "`, but can be " + any_of_words(allowed), hint);
  }
  field = value->text;
}

void MapReader::words(std::string_view key, std::vector<std::string>& field, const Words* allowed, Need need) {
  list(key, field, need, [&](const YamlNode& item, std::string& word) {
    if (item.kind != YamlNode::Kind::Scalar || item.text.empty()) {
      return report(item, "each item of `" + std::string(key) + "` must be a text");
    }
    word = scalar_text(item);
    if (allowed != nullptr && std::find(allowed->begin(), allowed->end(), word) == allowed->end()) {
      report(item, "`" + word + "` is not one of " + any_of_words(*allowed), did_you_mean(word, *allowed));
    }
  });
}

void MapReader::finish() {
  for (const YamlEntry& entry : node_.entries) {
    const std::string& key = entry.key.text;
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    report(entry.key, "unknown key `" + key + "` in " + what_, did_you_mean(key, asked_));
    std::erase(missing_, nearest(key, asked_));
  }
  for (const std::string& key : missing_) report(node_, what_ + " needs the key `" + key + "`");
}

}  // namespace tunnelscope::kb
