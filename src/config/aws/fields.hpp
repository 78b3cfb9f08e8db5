// One option of a VPN connection, however its document spells it. In: a map of a document, the names of an option. Out: a Value that is
// stated, AWS's default, or unknown with its reason. Absent, null, 0, "" and [] all mean the default. Internal to aws/.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diag/config/model.hpp"
#include "src/config/tree.hpp"

namespace tunnelscope::config::aws {

namespace model = diag::config;
using model::Value;
using model::Where;

inline constexpr const char* kDefaults = "AWS tunnel options, 2025-11";
inline constexpr const char* kBrokenOff = "the document breaks off before its value";
inline constexpr const char* kNotStated = "not stated";
inline constexpr const char* kMasked = "masked in this document";

enum class Spelling : std::uint8_t { Api, Terraform };  // CloudFormation's names are those of the API

// "DPDTimeoutSeconds" as requests and templates say, "DpdTimeoutSeconds" as responses do, "dpd_timeout_seconds" in Terraform.
struct Names {
  std::string_view request, response, terraform;
};

// What a whole document is read with.
struct Document {
  std::string path;
  Spelling spelling = Spelling::Api;
  std::vector<model::Problem> problems;
  // Why a value is known only to AWS ("a reference to `X`"); empty: it is a plain value. `secret`: the answer must not hold any value.
  std::function<std::string(const Node& value, bool secret)> not_plain = [](const Node&, bool) { return std::string(); };

  Where at(const Node& node) const { return {path, node.line, node.column}; }
  void problem(const Where& where, std::string reason, std::string hint = {}) {
    problems.push_back({where, std::move(reason), std::move(hint), false});
  }
};

// What a map says of one option.
struct Field {
  std::string name;            // as it is spelt here
  const Node* node = nullptr;  // nullptr: the default; also when it is unknown
  Where where;                 // of the key, or of the map
  std::string unknown;         // not empty: the reason
};

// The options of one connection or tunnel in a document.
class Scope {
 public:
  // `map` nullptr: nothing is stated. `unknown` is Terraform's after_unknown; `prefix` "tunnel1_". All must outlive it.
  Scope(Document& document, const Node* map, const Node* unknown = nullptr, std::string prefix = {});

  Field field(const Names& names, bool secret = false) const;
  // Of a map or list inside, such as LogOptions: a scope without prefix. Terraform's block is a list of one.
  Scope inside(const Names& names) const;
  // From now on a key that is not there at all is unknown for this reason, not the default.
  void set_absent(std::string reason) { absent_ = std::move(reason); }
  // An option that is not there is unknown for this reason: a name that nobody knows may have been meant for it.
  void set_doubtful(std::string_view option, std::string reason) { doubtful_.emplace_back(option, std::move(reason)); }
  // Every option in it is unknown for this reason.
  static Scope unknown(Document& document, const Where& where, std::string reason);

  Document& document() const { return *document_; }
  const Where& where() const { return where_; }
  void set_where(Where where) { where_ = std::move(where); }
  const Node* map() const { return map_; }
  const std::string& prefix() const { return prefix_; }

 private:
  // `is_later` tells by what after_unknown says of it whether all of it is known only after apply: how is the caller's to say.
  Field look_up(const Names& names, bool secret, bool (*is_later)(const Node& later)) const;

  Document* document_;
  const Node* map_;
  const Node* unknown_;
  std::string prefix_;
  Where where_;
  std::string all_unknown_, absent_;
  std::vector<std::pair<std::string, std::string>> doubtful_;  // names as in requests, and why
};

// Plain values of a node; empty: it is something else.
std::optional<std::uint64_t> whole_number(const Node& node);
std::optional<std::string> word(const Node& node);  // at most 256 bytes
std::optional<bool> yes_or_no(const Node& node);
bool stands_for_default(const Node& node);
// What stands in a key's place: asterisks alone, or AWS's word "redacted".
bool is_masked(const Node& key);

// `wanted` completes "is not": "a number of seconds". What is neither is a problem and unknown.
template <class Parse, class T = typename std::invoke_result_t<Parse, const Node&>::value_type>
Value<T> read(Document& document, const Field& field, Parse parse, const char* wanted, std::optional<T> standard = std::nullopt) {
  if (!field.unknown.empty()) return Value<T>::unknown(field.unknown, field.where);
  if (!field.node) return standard ? Value<T>::by_default(*standard, field.where, kDefaults) : Value<T>::unknown(kNotStated, field.where);
  if (auto value = parse(*field.node)) return Value<T>::stated(std::move(*value), field.where);
  document.problem(field.where, "`" + field.name + "` is not " + wanted);
  return Value<T>::unknown(std::string("not ") + wanted, field.where);
}

template <class Parse, class T = typename std::invoke_result_t<Parse, const Node&>::value_type>
Value<T> read(const Scope& scope, const Names& names, Parse parse, const char* wanted, std::optional<T> standard = std::nullopt) {
  return read(scope.document(), scope.field(names), parse, wanted, std::move(standard));
}

Value<model::Seconds> read_seconds(const Scope& scope, const Names& names, std::optional<model::Seconds> standard = std::nullopt);
Value<std::string> read_word(const Scope& scope, const Names& names, std::optional<std::string> standard = std::nullopt);
Value<bool> read_bool(const Scope& scope, const Names& names, std::optional<bool> standard = std::nullopt);
Value<model::Addresses> read_address(const Scope& scope, const Names& names);
Value<model::IpAddress> read_ip(const Scope& scope, const Names& names);
Value<model::AddressRange> read_range(const Scope& scope, const Names& names, const char* standard = nullptr);
Value<std::uint32_t> read_asn(const Scope& scope, const Names& names);

}  // namespace tunnelscope::config::aws
