// Which log group is meant. In: `cloudwatch:GROUP?region=...&stream-prefix=...&endpoint=...&profile=...` and the environment.
// Out: the group and where its service is to be found, or what is wrong with the name.
#pragma once
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "src/live/sources/source.hpp"
#include "src/terminal.hpp"

namespace tunnelscope::live {

struct LogGroup {
  std::string name;           // "/aws/vpn/prod"; or an ARN, for a group of another account
  std::string region;
  std::string endpoint;       // "https://logs.eu-central-1.amazonaws.com", without a slash at its end
  std::string stream_prefix;  // empty: all streams
  std::string profile;        // of the AWS CLI; empty: none was named
  bool is_arn() const { return name.starts_with("arn:"); }
};

bool names_log_group(std::string_view name);  // it begins with "cloudwatch:"
std::string path_of_log_group(std::string_view name);  // "cloudwatch:GROUP": how reports call it

// The region is the name's, else the ARN's, else AWS_REGION, else AWS_DEFAULT_REGION. The endpoint is the name's, else
// AWS_ENDPOINT_URL_CLOUDWATCH_LOGS, else AWS_ENDPOINT_URL, else the region's. Values of the name may be percent-encoded.
tl::expected<LogGroup, SourceError> log_group_of(std::string_view name, const app::Environment& environment);

}  // namespace tunnelscope::live
