// CloudFormation templates, in YAML with short forms (!Ref) and in JSON: what a function of CloudFormation gives is known only to AWS.
#include <algorithm>
#include <cctype>

#include "src/config/aws/connection.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config {
namespace aws {
namespace {

constexpr std::string_view kConnectionType = "AWS::EC2::VPNConnection";
constexpr std::string_view kGatewayType = "AWS::EC2::CustomerGateway";
constexpr std::string_view kRouteType = "AWS::EC2::VPNConnectionRoute";
constexpr std::size_t kMostItems = 2000;          // resources or parameters; CloudFormation takes 500 and 200
constexpr std::size_t kLongestShownDefault = 7;  // a pre-shared key has at least eight characters

bool is_logical_id(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == ':' || c == '.' || c == '_';
  });
}

// The function that a node is: {"Ref": ...}, {"Fn::Sub": ...}, !Ref ...; its name without "Fn::" or "!", and its argument.
struct Function {
  std::string name;
  const Node* argument = nullptr;
};

std::optional<Function> function_of(const Node& node) {
  if (node.tag.size() > 1 && node.tag[0] == '!') return Function{node.tag.substr(1), &node};
  if (!node.is(Node::Kind::Map) || node.entries.size() != 1) return std::nullopt;
  const Entry& only = node.entries.front();
  if (only.name == "Ref" || only.name == "Condition") return Function{only.name, &only.value};
  return only.name.starts_with("Fn::") ? std::optional(Function{only.name.substr(4), &only.value}) : std::nullopt;
}

// The logical id that a Ref or GetAtt is about; empty: another function, or no such word.
std::string referred(const Node& node) {
  const auto function = function_of(node);
  if (!function) return {};
  const Node& argument = *function->argument;
  const std::string& text = argument.is(Node::Kind::List) && !argument.items.empty() ? argument.items.front().text : argument.text;
  if (function->name == "Ref") return is_logical_id(text) ? text : std::string();
  if (function->name != "GetAtt") return {};
  const std::string id = text.substr(0, text.find('.'));
  return is_logical_id(id) ? id : std::string();
}

class Template {
 public:
  Template(const Node& root, const std::string& path, std::vector<model::Problem> problems)
      : root_(root), document_{path, Spelling::Api, std::move(problems)} {
    document_.not_plain = [this](const Node& node, bool secret) { return not_plain(node, secret); };
  }

  model::Configuration read() {
    configuration_ = {document_.path, "cloudformation", model::Side::Cloud, model::Moment::Now, {}, {}};
    if (is_too_long()) {
      configuration_.problems.push_back({{document_.path, 0, 0}, "more resources or parameters than CloudFormation takes", {}, true});
      return std::move(configuration_);
    }
    for (const Entry& resource : resources())
      if (has_type(resource.value, kConnectionType)) add(resource);
    configuration_.problems = std::move(document_.problems);
    if (configuration_.endpoints.empty())
      configuration_.problems.push_back({{document_.path, 0, 0}, "no AWS::EC2::VPNConnection is in this template",
                                         "give the template that makes the VPN connection", true});
    return std::move(configuration_);
  }

 private:
  const std::vector<Entry>& resources() const {
    static const std::vector<Entry> kNone;
    const Node* found = root_.find("Resources");
    return found ? found->entries : kNone;
  }

  bool is_too_long() const {
    const Node* parameters = root_.find("Parameters");
    return resources().size() > kMostItems || (parameters && parameters->entries.size() > kMostItems);
  }

  static bool has_type(const Node& resource, std::string_view type) {
    const Node* found = resource.find("Type");
    return found && found->text == type;
  }

  const Node* resource(const std::string& id, std::string_view type) const {
    const Node* found = id.empty() ? nullptr : root_.find({"Resources", id});
    return found && has_type(*found, type) ? found : nullptr;
  }

  std::string not_plain(const Node& node, bool secret) const {
    if (node.text.find("{{resolve:") != std::string::npos) return "a dynamic reference, resolved by CloudFormation alone";
    const auto function = function_of(node);
    if (!function) return {};
    const std::string id = referred(node);
    if (id.empty()) return "what Fn::" + (is_logical_id(function->name) ? function->name : "?") + " gives is known to CloudFormation alone";
    const Node* parameter = root_.find({"Parameters", id});
    if (!parameter) return "a reference to `" + id + "`, known to CloudFormation alone";
    return "the parameter `" + id + "`" + (secret ? std::string() : shown_default(*parameter));
  }

  // Short enough to be no key.
  static std::string shown_default(const Node& parameter) {
    const Node *standard = parameter.find("Default"), *hidden = parameter.find("NoEcho");
    const bool shown = standard && !hidden && !standard->text.empty() && standard->text.size() <= kLongestShownDefault;
    return shown ? ", whose default is " + standard->text : "";
  }

  Scope properties_of(const Node& resource) {
    const Node* properties = resource.find("Properties");
    if (properties) return Scope(document_, properties);
    if (resource.broken) return Scope::unknown(document_, document_.at(resource), kBrokenOff);
    Scope scope(document_, nullptr);
    scope.set_where(document_.at(resource));
    return scope;
  }

  CustomerGateway gateway_of(const Scope& properties) {
    const Node* id = properties.map() ? properties.map()->find(kCustomerGatewayId.request) : nullptr;
    const Node* gateway = id ? resource(referred(*id), kGatewayType) : nullptr;
    if (gateway) return read_customer_gateway(properties_of(*gateway));
    return unknown_gateway("its customer gateway is not in this template", id ? document_.at(*id) : properties.where());
  }

  Value<std::vector<model::AddressRange>> routes_of(const std::string& id, const Where& where) {
    using Routes = std::vector<model::AddressRange>;
    Routes routes;
    for (const Entry& one : resources()) {
      if (!has_type(one.value, kRouteType)) continue;
      const Scope properties = properties_of(one.value);
      const Node* connection = properties.map() ? properties.map()->find(kVpnConnectionId.request) : nullptr;
      if (!connection || referred(*connection) != id) continue;
      const auto range = read_range(properties, kDestination);
      if (!range.known()) return Value<Routes>::unknown("a route is not known: " + range.note(), range.where());
      routes.push_back(*range);
    }
    if (root_.broken) return Value<Routes>::unknown(kBrokenOff, where);
    return Value<Routes>::stated(std::move(routes), where);
  }

  // Always two: a tunnel that the template does not describe has AWS's defaults.
  std::vector<Scope> tunnels_of(const Scope& properties) {
    const Field field = properties.field({"VpnTunnelOptionsSpecifications", "VpnTunnelOptionsSpecifications", {}});
    std::vector<Scope> scopes;
    if (field.node)
      for (const Node& item : field.node->items) {
        const std::string reason = not_plain(item, false);
        scopes.push_back(reason.empty() ? Scope(document_, &item) : Scope::unknown(document_, document_.at(item), reason));
      }
    while (scopes.size() < 2) {
      Scope missing = field.unknown.empty() ? Scope(document_, nullptr) : Scope::unknown(document_, field.where, field.unknown);
      missing.set_where(field.where);
      scopes.push_back(missing);
    }
    if (scopes.size() > 2) document_.problem(field.where, "more than two tunnels", "a VPN connection has two: the first two are read");
    return scopes;
  }

  void add(const Entry& resource) {
    const Where where{document_.path, resource.line, resource.column};
    Scope properties = properties_of(resource.value);
    const Connection connection{resource.name, Value<std::string>::unknown("a template has no ids yet", where), properties, properties,
                                gateway_of(properties), routes_of(resource.name, where), {}, "a template has no outside addresses", false};
    const std::vector<Scope> tunnels = tunnels_of(properties);
    for (std::uint32_t number = 1; number <= 2; ++number) {
      model::Endpoint endpoint = make_endpoint(connection, tunnels[number - 1], number);
      if (resource.value.find("Condition")) endpoint.disabled = Value<bool>::unknown("it is made under a condition", where);
      configuration_.endpoints.push_back(std::move(endpoint));
    }
  }

  const Node& root_;
  Document document_;
  model::Configuration configuration_;
};

bool has_resource_types(const Node& root) {
  const Node* resources = root.find("Resources");
  return resources && std::any_of(resources->entries.begin(), resources->entries.end(), [](const Entry& entry) {
    const Node* type = entry.value.find("Type");
    return type && type->text.find("::") != std::string::npos;
  });
}

bool recognises_template(const Content& content) {
  if (content.form() == Content::Form::Xml) return false;
  const auto says = [&](std::string_view word) { return content.text().find(word) != std::string_view::npos; };
  return (says("AWSTemplateFormatVersion") || says("AWS::")) &&
         (content.tree().root.find("AWSTemplateFormatVersion") || has_resource_types(content.tree().root));
}

std::vector<model::Configuration> read_template(const Content& content, const Surroundings&) {
  return {Template(content.tree().root, content.path(), content.tree().problems).read()};
}

}  // namespace
}  // namespace aws

const Kind kCloudFormation{"cloudformation", "a CloudFormation template", model::Side::Cloud, false, aws::recognises_template,
                           aws::read_template};

}  // namespace tunnelscope::config
