#include "src/config/readers.hpp"

#include <algorithm>
#include <array>

#include "src/config/byte_order_mark.hpp"
#include "src/config/rows.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config {
namespace {

std::string_view form_name(Content::Form form) {
  switch (form) {
    case Content::Form::Json: return "a JSON document";
    case Content::Form::Xml: return "an XML document";
    case Content::Form::Other: break;
  }
  return "a text";
}

std::string list_of_kinds() {
  std::string all;
  for (const Kind& kind : kinds()) all += (all.empty() ? "" : ", ") + std::string(kind.title);
  return all;
}

// Input is hostile, and lists of an endpoint are compared item by item.
std::vector<model::Configuration> bounded(std::vector<model::Configuration> all) {
  for (model::Configuration& one : all)
    for (model::Endpoint& endpoint : one.endpoints)
      if (model::bound(endpoint))
        one.problems.push_back({endpoint.where, "longer lists than any peer takes: they are not judged", {}, false});
  return all;
}

}  // namespace

Source::Source(std::string given, std::string read) : path(std::move(given)), text(std::move(read)) { remove_byte_order_mark(text); }

Content::~Content() {
  if (tree_) wipe(tree_->root);
}

Content::Form Content::form() const {
  const std::string_view all = text();
  const std::size_t at = all.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos) return Form::Other;
  return all[at] == '{' || all[at] == '[' ? Form::Json : all[at] == '<' ? Form::Xml : Form::Other;
}

const Tree& Content::tree() const {
  if (!tree_) {
    const Form kind = form();
    tree_ = kind == Form::Json ? read_json(text(), path()) : kind == Form::Xml ? read_xml(text(), path()) : read_yaml(text(), path());
  }
  return *tree_;
}

std::span<const Kind> kinds() {
  static const std::array kAll = {
      kAwsDescribe,
      kTerraformPlan,
      kTerraformState,
      kCustomerGatewayXml,
      kCloudFormation,
      kStrongSwanSwanctl,
      kStrongSwanIpsecConf,
      kLibreswanIpsecConf,
      kIpsecSecrets,
      kCiscoIos,
      kJuniper,
      kNeutralYaml,
  };
  return kAll;
}

const Kind* kind_of(const Content& content) {
  const auto all = kinds();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Kind& kind) { return kind.recognises(content); });
  return found == all.end() ? nullptr : &*found;
}

namespace {

// What stood behind the place at which a document breaks off may have said anything.
std::vector<model::Configuration> doubted(const Content& content, std::vector<model::Configuration> all) {
  if (content.form() == Content::Form::Other) return all;
  const std::string doubt = doubt_since(content.tree().problems, 0);
  for (model::Configuration& one : all)
    for (model::Endpoint& endpoint : one.endpoints)
      if (endpoint.doubt.empty()) endpoint.doubt = doubt;
  return all;
}

// What is no text in UTF-8, by its first bytes; nullptr: nothing tells.
const char* encoding_of(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return "in UTF-16, as PowerShell's `>` writes it";
  if (text.starts_with("\x1F\x8B")) return "compressed by gzip";
  if (text.starts_with("PK\x03\x04")) return "a zip archive";
  return text.substr(0, 4096).find('\0') != std::string_view::npos ? "binary" : nullptr;
}

}  // namespace

Problem unrecognised(const Content& content) {
  const model::Where whole{content.path(), 0, 0};
  if (content.text().find_first_not_of(" \t\r\n") == std::string_view::npos)
    return {whole, "the file is empty", "give the configuration of a VPN connection or of a gateway", true};
  if (const char* encoding = encoding_of(content.text()))
    return {whole, std::string("the file is ") + encoding, "save it as plain text in UTF-8", true};
  const auto form = content.form();
  if (form != Content::Form::Other)
    for (const Problem& problem : content.tree().problems)
      if (problem.fatal) return problem;
  return {whole, std::string(form_name(form)) + " that is neither a VPN configuration of AWS nor of a gateway",
          "what can be read: " + list_of_kinds(), true};
}

std::vector<model::Configuration> read_configuration(const Content& content, const Surroundings& around) {
  const Kind* kind = kind_of(content);
  if (kind && kind->read) return doubted(content, bounded(kind->read(content, around)));
  model::Configuration none;
  none.path = content.path();
  if (kind) {
    none.kind = kind->name;
    none.side = kind->side;
  } else {
    none.problems.push_back(unrecognised(content));
  }
  return {none};
}

}  // namespace tunnelscope::config
