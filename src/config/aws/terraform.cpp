// `terraform show -json`: of a plan, which is two configurations, before and after the apply, and of a state. Resources are found in every
// module; a customer gateway and static routes belong to a connection by id, and where that is known only after apply, by reference.
#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "src/config/aws/connection.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config {
namespace aws {
namespace {

constexpr std::string_view kConnectionType = "aws_vpn_connection";
constexpr std::string_view kGatewayType = "aws_customer_gateway";
constexpr std::string_view kRouteType = "aws_vpn_connection_route";
constexpr const char* kOmitted = "known only after apply, or not stated";

struct Resource {
  std::string address;  // "module.vpn[0].aws_vpn_connection.main[1]"
  std::string module;   // "module.vpn[0]"; empty: the root
  std::string name;     // "aws_vpn_connection.main"
  std::string index;    // of count or for_each, as text; empty: none
  std::string_view type;
  const Node* values = nullptr;
  const Node* unknown = nullptr;  // after_unknown
  bool replaced = false;
};

std::string text_of(const Node& map, std::string_view key) {
  const Node* found = map.find(key);
  return found && !found->broken ? found->text : std::string();
}

std::string_view known_type(const Node& resource) {
  const std::string type = text_of(resource, "type");
  for (const std::string_view one : {kConnectionType, kGatewayType, kRouteType})
    if (type == one && text_of(resource, "mode") != "data") return one;
  return {};
}

std::optional<Resource> identified(const Node& node, std::string module) {
  const std::string_view type = known_type(node);
  if (type.empty()) return std::nullopt;
  Resource resource;
  resource.address = text_of(node, "address");
  resource.module = std::move(module);
  resource.name = std::string(type) + "." + text_of(node, "name");
  resource.index = text_of(node, "index");
  resource.type = type;
  return resource;
}

bool is_replaced(const Node& change) {
  const Node* actions = change.find("actions");
  return actions && actions->items.size() == 2;  // delete and create, in either order
}

// It stays as it is, and Terraform's state knows it no more: then the plan says nothing of what it will be.
bool is_forgotten(const Node& change) {
  const Node* actions = change.find("actions");
  return actions && actions->items.size() == 1 && actions->items.front().text == "forget";
}

// `values` is "before" or "after".
std::vector<Resource> changed_resources(const Node& root, std::string_view values) {
  std::vector<Resource> all;
  const Node* changes = root.find("resource_changes");
  if (!changes) return all;
  for (const Node& node : changes->items) {
    const Node* change = node.find("change");
    const Node* found = change ? change->find(is_forgotten(*change) ? "before" : values) : nullptr;
    auto resource = found && found->is(Node::Kind::Map) ? identified(node, text_of(node, "module_address")) : std::nullopt;
    if (!resource) continue;
    resource->values = found;
    resource->unknown = values == "after" ? change->find("after_unknown") : nullptr;
    resource->replaced = is_replaced(*change);
    all.push_back(std::move(*resource));
  }
  return all;
}

// `module` is a root_module or one of the child_modules; the depth of the tree bounds this.
void add_resources(const Node& module, std::vector<Resource>& all) {
  if (const Node* resources = module.find("resources"))
    for (const Node& node : resources->items) {
      const Node* values = node.find("values");
      auto resource = values ? identified(node, text_of(module, "address")) : std::nullopt;
      if (!resource) continue;
      resource->values = values;
      all.push_back(std::move(*resource));
    }
  if (const Node* children = module.find("child_modules"))
    for (const Node& child : children->items) add_resources(child, all);
}

std::vector<Resource> resources_of(const Node* values) {
  std::vector<Resource> all;
  if (const Node* module = values ? values->find("root_module") : nullptr) add_resources(*module, all);
  return all;
}

// "module.vpn[0].module.site" is called as vpn, then as site.
const Node* configuration_of(const Node& root, std::string_view module) {
  const Node* at = root.find({"configuration", "root_module"});
  while (at && module.starts_with("module.")) {
    module.remove_prefix(7);
    const std::size_t end = std::min(module.find_first_of(".["), module.size());
    at = at->find({"module_calls", module.substr(0, end), "module"});
    module.remove_prefix(end);
    if (module.starts_with('[')) module.remove_prefix(std::min(module.find(']'), module.size() - 1) + 1);
    if (module.starts_with('.')) module.remove_prefix(1);
  }
  return module.empty() ? at : nullptr;
}

// Resources by what others name them by.
class Index {
 public:
  explicit Index(const std::vector<Resource>& resources) {
    for (const Resource& one : resources) {
      const std::string id = text_of(*one.values, "id");
      if (!id.empty()) by_id_.try_emplace(std::string(one.type) + " " + id, &one);
      by_name_[one.module + " " + one.name].push_back(&one);
    }
  }

  const Resource* with_id(std::string_view type, const std::string& id) const {
    const auto found = by_id_.find(std::string(type) + " " + id);
    return found == by_id_.end() ? nullptr : found->second;
  }
  // All instances of "aws_customer_gateway.main" in a module.
  const std::vector<const Resource*>& named(const std::string& module, const std::string& name) const {
    static const std::vector<const Resource*> kNone;
    const auto found = by_name_.find(module + " " + name);
    return found == by_name_.end() ? kNone : found->second;
  }

 private:
  std::unordered_map<std::string, const Resource*> by_id_;
  std::unordered_map<std::string, std::vector<const Resource*>> by_name_;
};

class Reading {
 public:
  Reading(const Node& root, Document& document, std::vector<Resource> resources, std::string absent)
      : root_(root), document_(document), resources_(std::move(resources)), absent_(std::move(absent)), index_(resources_) {
    for (const Resource& one : resources_)
      if (one.type == kRouteType) file_route(one);
  }

  std::vector<model::Endpoint> endpoints() {
    std::vector<model::Endpoint> all;
    for (const Resource& resource : resources_)
      if (resource.type == kConnectionType) add(resource, all);
    return all;
  }

 private:
  Scope scope(const Resource& resource, std::string prefix = {}) {
    Scope made(document_, resource.values, resource.unknown, std::move(prefix));
    made.set_absent(absent_);
    return made;
  }

  // What `attribute` of `from` refers to; nullptr: it is not here, or which it is cannot be told.
  const Resource* related(const Resource& from, const Names& attribute, std::string_view type) {
    const Field field = scope(from).field(attribute);
    return field.node ? index_.with_id(type, field.node->text) : referred(from, attribute.terraform, type);
  }

  const Resource* referred(const Resource& from, std::string_view attribute, std::string_view type) {
    const std::string name = name_referred(from, attribute, type);
    const Resource* found = nullptr;
    if (name.empty()) return nullptr;
    for (const Resource* one : index_.named(from.module, name)) {
      if (!one->index.empty() && !from.index.empty() && one->index != from.index) continue;
      if (found) return nullptr;
      found = one;
    }
    return found;
  }

  // "aws_customer_gateway.main", where the configuration refers to one such resource and no other of its type.
  std::string name_referred(const Resource& from, std::string_view attribute, std::string_view type) {
    const Node* resource = configured(from);
    const Node* references = resource ? resource->find({"expressions", attribute, "references"}) : nullptr;
    std::string name;
    if (!references) return name;
    for (const Node& reference : references->items) {
      const std::size_t dot = reference.text.find('.');
      if (reference.text.substr(0, dot) != type || dot == std::string::npos) continue;
      const std::string found = reference.text.substr(0, reference.text.find_first_of(".[", dot + 1));
      if (!name.empty() && name != found) return {};
      name = found;
    }
    return name;
  }

  const Node* configured(const Resource& from) {
    const auto [module, is_new] = configured_.try_emplace(from.module);
    if (is_new)
      if (const Node* found = configuration_of(root_, from.module))
        if (const Node* resources = found->find("resources"))
          for (const Node& one : resources->items) module->second.try_emplace(text_of(one, "address"), &one);
    const auto found = module->second.find(from.name);
    return found == module->second.end() ? nullptr : found->second;
  }

  void file_route(const Resource& route) {
    constexpr Names kOfRoute{{}, {}, "vpn_connection_id"};
    const Resource* owner = related(route, kOfRoute, kConnectionType);
    if (owner) routes_[owner].push_back(&route);
    if (!owner && !scope(route).field(kOfRoute).node) orphan_ = &route;
  }

  CustomerGateway gateway_of(const Resource& connection) {
    const Resource* gateway = related(connection, kCustomerGatewayId, kGatewayType);
    if (gateway) return read_customer_gateway(scope(*gateway));
    return unknown_gateway("its aws_customer_gateway is not in this document", document_.at(*connection.values));
  }

  Value<std::vector<model::AddressRange>> routes_of(const Resource& connection) {
    using Routes = std::vector<model::AddressRange>;
    if (orphan_) return Value<Routes>::unknown("which connection a route belongs to is not known", document_.at(*orphan_->values));
    std::set<model::AddressRange> routes;
    std::vector<Scope> all;
    for (const Resource* one : routes_[&connection]) all.push_back(scope(*one));
    if (const Field computed = scope(connection).field({{}, {}, "routes"}); computed.node)
      for (const Node& item : computed.node->items) all.emplace_back(document_, &item);
    for (const Scope& route : all) {
      const auto range = read_range(route, kDestination);
      if (!range.known()) return Value<Routes>::unknown("a route is not known: " + range.note(), range.where());
      routes.insert(*range);
    }
    return Value<Routes>::stated({routes.begin(), routes.end()}, document_.at(*connection.values));
  }

  std::vector<XmlTunnel> embedded_xml(const Resource& connection) {
    const Field field = scope(connection).field({{}, {}, "customer_gateway_configuration"}, true);
    if (!field.node || !field.node->is(Node::Kind::Text)) return {};
    XmlConnection xml = read_customer_gateway_xml(field.node->text, document_.path, field.where);
    document_.problems.insert(document_.problems.end(), xml.problems.begin(), xml.problems.end());
    return std::move(xml.tunnels);
  }

  void add(const Resource& resource, std::vector<model::Endpoint>& all) {
    const Scope properties = scope(resource);
    const Connection connection{resource.address, read_word(properties, kVpnConnectionId), properties, properties, gateway_of(resource),
                                routes_of(resource), embedded_xml(resource), {}, resource.replaced};
    for (std::uint32_t number = 1; number <= 2; ++number)
      all.push_back(make_endpoint(connection, scope(resource, "tunnel" + std::to_string(number) + "_"), number));
  }

  const Node& root_;
  Document& document_;
  std::vector<Resource> resources_;
  std::string absent_;
  Index index_;
  std::unordered_map<std::string, std::unordered_map<std::string, const Node*>> configured_;  // by module, by address in it
  std::unordered_map<const Resource*, std::vector<const Resource*>> routes_;                  // by connection
  const Resource* orphan_ = nullptr;                                                          // a route of nobody knows which
};

model::Configuration configuration(Document& document, const Node& root, std::string_view kind, model::Moment moment,
                                   std::vector<Resource> resources, std::string absent = {}) {
  model::Configuration made{document.path, std::string(kind), model::Side::Cloud, moment, {}, {}};
  made.endpoints = Reading(root, document, std::move(resources), std::move(absent)).endpoints();
  made.problems = std::exchange(document.problems, {});
  return made;
}

model::Problem nothing(const std::string& path) {
  return {{path, 0, 0}, "no aws_vpn_connection is in this document", "give the plan or state that holds the VPN connection", true};
}

// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpn_connection
constexpr const char* kProvider = "Terraform's provider";
constexpr model::Seconds kProvidersMargin{540}, kProvidersDpdTimeout{30};

// Whether only the other side of the change states a value, and that is the provider's own default: then nothing changes.
bool leaves_to_provider(const model::Value<model::Seconds>& value, const model::Value<model::Seconds>& other, model::Seconds standard) {
  return !value.known() && value.note().starts_with("not stated;") && other.is(standard);
}

void take_providers_margin(model::Lifetime& lifetime, const model::Lifetime& other) {
  if (!leaves_to_provider(lifetime.margin, other.margin, kProvidersMargin)) return;
  const model::Where where = lifetime.margin.where();
  lifetime.margin = model::Value<model::Seconds>::by_default(kProvidersMargin, where, kProvider);
  if (!lifetime.hard.known() || !lifetime.fuzz_percent.known()) return;
  const model::Seconds earliest = model::rekey_window(*lifetime.hard, kProvidersMargin, *lifetime.fuzz_percent).earliest;
  lifetime.earliest_rekey = model::Value<model::Seconds>::by_default(earliest, where, kProvider);
}

void take_providers_defaults(model::Endpoint& endpoint, const model::Endpoint& other) {
  if (leaves_to_provider(endpoint.dpd.timeout, other.dpd.timeout, kProvidersDpdTimeout))
    endpoint.dpd.timeout = model::Value<model::Seconds>::by_default(kProvidersDpdTimeout, endpoint.dpd.timeout.where(), kProvider);
  take_providers_margin(endpoint.lifetime, other.lifetime);
  for (std::size_t i = 0; i < std::min(endpoint.children.size(), other.children.size()); ++i)
    take_providers_margin(endpoint.children[i].lifetime, other.children[i].lifetime);
}

// What is stated on one side of the plan alone.
void compare_with_providers_defaults(std::vector<model::Endpoint>& before, std::vector<model::Endpoint>& after) {
  std::unordered_map<std::string, model::Endpoint*> by_name;
  for (model::Endpoint& one : before) by_name.emplace(one.name, &one);
  for (model::Endpoint& one : after) {
    const auto old = by_name.find(one.name);
    if (old == by_name.end()) continue;
    take_providers_defaults(*old->second, one);
    take_providers_defaults(one, *old->second);
  }
}

std::vector<model::Configuration> read_plan(const Content& content, const Surroundings&) {
  const Node& root = content.tree().root;
  Document document{content.path(), Spelling::Terraform, content.tree().problems};
  const Node* changes = root.find("resource_changes");
  const bool complete = changes && !changes->broken;
  const Node *prior = root.find({"prior_state", "values"}), *planned = root.find("planned_values");
  model::Configuration before = configuration(document, root, "terraform-plan", model::Moment::Before,
                                              complete ? changed_resources(root, "before") : resources_of(prior));
  // Planned values leave out what is known only after apply.
  model::Configuration after = configuration(document, root, "terraform-plan", model::Moment::After,
                                             complete ? changed_resources(root, "after") : resources_of(planned), complete ? "" : kOmitted);
  compare_with_providers_defaults(before.endpoints, after.endpoints);
  if (before.endpoints.empty() && after.endpoints.empty() && before.problems.empty()) before.problems.push_back(nothing(content.path()));
  return {std::move(before), std::move(after)};
}

std::vector<model::Configuration> read_state(const Content& content, const Surroundings&) {
  const Node& root = content.tree().root;
  Document document{content.path(), Spelling::Terraform, content.tree().problems};
  model::Configuration state = configuration(document, root, "terraform-state", model::Moment::Now, resources_of(root.find("values")));
  if (root.find("lineage"))
    state.problems.push_back(
        {{content.path(), 1, 1}, "a state file as Terraform keeps it", "give the output of `terraform show -json`", true});
  if (state.endpoints.empty() && state.problems.empty()) state.problems.push_back(nothing(content.path()));
  return {std::move(state)};
}

bool is_terraform(const Content& content) {
  return content.form() == Content::Form::Json && content.text().find("\"terraform_version\"") != std::string_view::npos &&
         content.tree().root.find("terraform_version");
}

bool recognises_plan(const Content& content) {
  const auto has = [&](std::string_view key) { return content.tree().root.find(key) != nullptr; };
  return is_terraform(content) && (has("resource_changes") || has("planned_values"));
}

bool recognises_state(const Content& content) {
  const auto has = [&](std::string_view key) { return content.tree().root.find(key) != nullptr; };
  return is_terraform(content) && !recognises_plan(content) && (has("values") || has("lineage") || has("format_version"));
}

}  // namespace
}  // namespace aws

const Kind kTerraformPlan{"terraform-plan", "`terraform show -json` of a plan", model::Side::Cloud, false, aws::recognises_plan,
                          aws::read_plan};
const Kind kTerraformState{"terraform-state", "`terraform show -json` of a state", model::Side::Cloud, false, aws::recognises_state,
                           aws::read_state};

}  // namespace tunnelscope::config
