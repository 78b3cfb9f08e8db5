#include "src/live/aws/log_group.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "kb/loader.hpp"
#include "src/escape.hpp"

namespace tunnelscope::live {
namespace {

constexpr std::string_view kScheme = "cloudwatch:";
constexpr std::size_t kLongestGroup = 512;

struct Parameter {
  std::string_view name;
  std::string LogGroup::* value;
};
constexpr std::array kParameters{Parameter{"region", &LogGroup::region}, Parameter{"stream-prefix", &LogGroup::stream_prefix},
                                 Parameter{"endpoint", &LogGroup::endpoint}, Parameter{"profile", &LogGroup::profile}};

SourceError unknown(std::string_view name) {
  std::vector<std::string> names;
  for (const Parameter& one : kParameters) names.emplace_back(one.name);
  const std::string near = kb::nearest(std::string(name), names);
  return {fmt::format("{} is no parameter of a log group", app::for_terminal(name)),
          near.empty() ? "region, stream-prefix, endpoint and profile are" : fmt::format("did you mean {}?", near)};
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

tl::expected<void, SourceError> read_parameters(std::string_view text, LogGroup& group) {
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    const auto equals = one.find('=');
    const std::string_view name = one.substr(0, equals);
    const auto known = std::find_if(kParameters.begin(), kParameters.end(), [&](const Parameter& p) { return p.name == name; });
    if (known == kParameters.end()) return tl::unexpected(unknown(name));
    group.*known->value = equals == std::string_view::npos ? "" : decoded(one.substr(equals + 1));
    if ((group.*known->value).empty())
      return tl::unexpected(SourceError{fmt::format("{} has no value", name), fmt::format("cloudwatch:GROUP?{}=VALUE", name)});
  }
  return {};
}

bool all_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || others.find(c) != std::string_view::npos;
  });
}

// "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vpn:*"
std::string region_of_arn(std::string_view arn) {
  for (int field = 0; field < 3; ++field) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    arn.remove_prefix(colon + 1);
  }
  return std::string(arn.substr(0, arn.find(':')));
}

std::string first_set(const app::Environment& environment, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (std::string value = environment(name); !value.empty()) return value;
  return {};
}

std::string usual_endpoint(const std::string& region) {
  return fmt::format("https://logs.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
}

bool is_endpoint(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view rest = url.substr(scheme.size());
    return !rest.empty() && rest[0] != '/' && rest[0] != ':' && all_of(rest, "-._:[]/");
  }
  return false;
}

}  // namespace

bool names_log_group(std::string_view name) { return name.starts_with(kScheme); }

std::string path_of_log_group(std::string_view name) { return std::string(name.substr(0, name.find('?'))); }

tl::expected<LogGroup, SourceError> log_group_of(std::string_view name, const app::Environment& environment) {
  const auto fault = [](std::string reason, std::string hint) { return tl::unexpected(SourceError{std::move(reason), std::move(hint)}); };
  const std::string path = path_of_log_group(name);
  LogGroup group;
  group.name = path.substr(std::min(path.size(), kScheme.size()));
  if (auto read = read_parameters(name.substr(std::min(name.size(), path.size() + 1)), group); !read) return tl::unexpected(read.error());
  if (group.name.empty()) return fault("no log group is named", "cloudwatch:GROUP, for example cloudwatch:/aws/vpn/prod?region=eu-central-1");
  if (group.is_arn() && group.name.ends_with(":*")) group.name.resize(group.name.size() - 2);
  if (group.name.size() > kLongestGroup || !all_of(group.name, group.is_arn() ? "_/.#-:" : "_/.#-"))
    return fault(fmt::format("{} is no name of a log group", app::for_terminal(group.name)), "letters, digits, and _ / . # -");

  if (group.region.empty() && group.is_arn()) group.region = region_of_arn(group.name);
  if (group.region.empty()) group.region = first_set(environment, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (group.region.empty()) return fault("no region is named", fmt::format("{}?region=eu-central-1, or set AWS_REGION", path));
  if (group.region.size() > 32 || !all_of(group.region, "-"))
    return fault(fmt::format("{} is no region", app::for_terminal(group.region)), "for example eu-central-1");

  if (group.endpoint.empty()) group.endpoint = first_set(environment, {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL"});
  if (group.endpoint.empty()) group.endpoint = usual_endpoint(group.region);
  while (group.endpoint.ends_with('/')) group.endpoint.pop_back();
  if (!is_endpoint(group.endpoint))
    return fault(fmt::format("{} is no address of http or https", app::for_terminal(group.endpoint)), "for example https://logs.eu-central-1.amazonaws.com");
  return group;
}

}  // namespace tunnelscope::live
