// Asked in turn, the first that has some wins: the environment, the AWS CLI (which knows profiles, SSO, roles and web identities), the
// container's metadata, the instance's by IMDSv2. Only an answer that says "log in again" ends the search before its end.
#include "src/live/aws_credentials.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "src/input/timestamps.hpp"
#include "src/live/aws/program.hpp"

namespace tunnelscope::live {
namespace {

using json = nlohmann::json;
using std::chrono::milliseconds;

constexpr diag::Duration kRenewBefore = 5 * diag::kMinute;
constexpr milliseconds kProgramTimeout{20'000};
constexpr milliseconds kMetadataConnect{1'000}, kMetadataTimeout{2'000};
constexpr std::size_t kMostMetadata = std::size_t{64} << 10;
constexpr std::string_view kContainerHost = "http://169.254.170.2";
constexpr std::string_view kInstanceHost = "http://169.254.169.254";

// Takes a text out of the document, and leaves no copy there.
Secret taken(json& document, const char* name) {
  const auto found = document.find(name);
  if (found == document.end() || !found->is_string()) return {};
  std::string& text = found->get_ref<std::string&>();
  Secret secret(text);
  wipe(text);
  return secret;
}

diag::Time expiry_in(const json& document) {
  const auto found = document.find("Expiration");
  if (found == document.end() || !found->is_string()) return diag::kNoTime;
  const input::ParsedTime parsed = input::time_of(std::string_view(found->get_ref<const std::string&>()));
  return parsed.status == input::TimeStatus::Ok ? parsed.time : diag::kNoTime;
}

// A token of one line; what else stands in the file would end up as headers of its own.
std::optional<Secret> token_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  Secret token(line);
  wipe(line);
  return token;
}

HttpRequest metadata_request(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  request.connect_timeout = kMetadataConnect;
  request.timeout = kMetadataTimeout;
  request.most = kMostMetadata;
  request.direct = true;
  return request;
}

bool says_log_in(std::string_view reason) {
  constexpr std::array<std::string_view, 4> kWords{"expired", "Expired", "sso login", "refresh failed"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return reason.find(word) != std::string_view::npos; });
}

std::string as_program(const std::string& profile) { return profile.empty() ? "" : " --profile " + profile; }

}  // namespace

std::optional<AwsCredentials> credentials_in(std::string& text) {
  const auto too_deep = [](int depth, json::parse_event_t, const json&) { return depth < 4; };
  json document = json::parse(text, too_deep, false);
  wipe(text);
  if (!document.is_object()) return std::nullopt;
  AwsCredentials found;
  found.key_id = taken(document, "AccessKeyId").reveal();
  found.key = taken(document, "SecretAccessKey");
  found.token = taken(document, "SessionToken");
  if (Secret token = taken(document, "Token"); found.token.empty()) found.token = token;
  found.expires = expiry_in(document);
  if (found.key_id.empty() || found.key.empty()) return std::nullopt;
  return found;
}

bool is_container_address(std::string_view url) {
  if (url.starts_with("https://")) return true;
  constexpr std::string_view kHttp = "http://";
  if (!url.starts_with(kHttp)) return false;
  const std::string_view rest = url.substr(kHttp.size());
  constexpr std::array<std::string_view, 7> kHosts{"localhost",      "127.0.0.1",   "[::1]",       "169.254.170.2",
                                                   "169.254.170.23", "[fd00:ec2::23]", "[FD00:EC2::23]"};
  return std::any_of(kHosts.begin(), kHosts.end(), [&](std::string_view host) {
    return rest.starts_with(host) && (rest.size() == host.size() || rest[host.size()] == ':' || rest[host.size()] == '/');
  });
}

AwsCredentialsSource::AwsCredentialsSource(app::Environment environment, std::string profile, Clock clock, const std::atomic<bool>* stop)
    : environment_(std::move(environment)), profile_(std::move(profile)), clock_(std::move(clock)), stop_(stop) {}

tl::expected<AwsCredentials, CredentialsFault> AwsCredentialsSource::get() {
  const diag::Time now = clock_();
  const auto valid_for = [&](diag::Duration more) { return held_ && (held_->expires == diag::kNoTime || now + more < held_->expires); };
  if (valid_for(kRenewBefore)) return *held_;
  Found found = find();
  if (found) held_ = *found;
  else if (valid_for(0)) return *held_;
  else held_.reset();
  return found;
}

tl::expected<AwsCredentials, CredentialsFault> AwsCredentialsSource::find() {
  if (auto found = from_environment()) return *found;
  Found program = from_program();
  if (program || program.error().expired || !profile_.empty()) return program;
  Found container = from_container();
  if (container || container.error().expired) return container;
  Found instance = from_instance();
  if (instance) return instance;
  std::string tried = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set";
  for (const Found* one : {&program, &container, &instance}) tried += "; " + one->error().reason;
  return tl::unexpected(CredentialsFault{false, "no credentials of AWS were found: " + tried,
                                         "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, log the AWS CLI (2.9 or later) in, or add profile=NAME"});
}

std::optional<AwsCredentials> AwsCredentialsSource::from_environment() const {
  if (!profile_.empty()) return std::nullopt;
  AwsCredentials found{environment_("AWS_ACCESS_KEY_ID"), Secret(environment_("AWS_SECRET_ACCESS_KEY")),
                       Secret(environment_("AWS_SESSION_TOKEN")), diag::kNoTime};
  if (found.key_id.empty() || found.key.empty()) return std::nullopt;
  return found;
}

AwsCredentialsSource::Found AwsCredentialsSource::from_program() const {
  std::vector<std::string> words{"aws", "configure", "export-credentials", "--format", "process"};
  if (!profile_.empty()) words.insert(words.end(), {"--profile", profile_});
  const auto output = output_of(words, kProgramTimeout, stop_);
  if (output) {
    std::string text = output->reveal();
    if (auto found = credentials_in(text)) return *found;
    return tl::unexpected(CredentialsFault{false, "aws configure export-credentials gave no credentials", ""});
  }
  if (output.error().missing) {
    return tl::unexpected(CredentialsFault{false, "the AWS CLI is not installed",
                                           profile_.empty() ? "" : "profile= needs the AWS CLI 2.9 or later on the PATH"});
  }
  if (output.error().knows_not) {
    return tl::unexpected(CredentialsFault{false, "the AWS CLI on the PATH is too old to give credentials: 2.9 or later does, no version 1",
                                           profile_.empty() ? "" : "install it, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY and leave profile= out"});
  }
  return tl::unexpected(CredentialsFault{says_log_in(output.error().reason), "aws configure export-credentials: " + output.error().reason,
                                         "aws sso login" + as_program(profile_) + ", or renew that profile's keys as usual"});
}

std::optional<HttpRequest> AwsCredentialsSource::container_request() const {
  const std::string relative = environment_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::string full = environment_("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative.empty() && full.empty()) return std::nullopt;
  return metadata_request(relative.empty() ? full : std::string(kContainerHost) + relative);
}

AwsCredentialsSource::Found AwsCredentialsSource::from_container() {
  auto request = container_request();
  if (!request) return tl::unexpected(CredentialsFault{false, "this is no container of ECS or EKS", ""});
  if (!is_container_address(request->url)) {
    return tl::unexpected(CredentialsFault{false, "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this machine", ""});
  }
  if (const std::string path = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !path.empty()) {
    auto token = token_of_file(path);
    if (!token) return tl::unexpected(CredentialsFault{false, path + ", which should hold the container's token, cannot be read", ""});
    request->headers.emplace_back("Authorization", std::move(*token));
  } else if (Secret token(environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN")); !token.empty()) {
    if (token.reveal().find_first_of("\r\n") != std::string::npos)
      return tl::unexpected(CredentialsFault{false, "AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line break", ""});
    request->headers.emplace_back("Authorization", std::move(token));
  }
  return fetch(*request, "the container's credentials");
}

// IMDSv2: a token first, then the role's name, then its credentials.
AwsCredentialsSource::Found AwsCredentialsSource::from_instance() {
  const auto fault = [](std::string reason) { return tl::unexpected(CredentialsFault{false, std::move(reason), ""}); };
  std::string disabled = environment_("AWS_EC2_METADATA_DISABLED");
  std::transform(disabled.begin(), disabled.end(), disabled.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (disabled == "true") return fault("AWS_EC2_METADATA_DISABLED is set");
  std::string host = environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (host.empty()) host = kInstanceHost;
  while (host.ends_with('/')) host.pop_back();

  HttpRequest request = metadata_request(host + "/latest/api/token");
  request.method = "PUT";
  request.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", Secret("21600")}};
  const auto token = http_.send(request, stop_);
  if (!token || token->status != 200) return fault("this is no instance of EC2 that answers");
  request = metadata_request(host + "/latest/meta-data/iam/security-credentials/");
  request.headers = {{"X-aws-ec2-metadata-token", Secret(token->body)}};
  const auto role = http_.send(request, stop_);
  const std::string name = role && role->status == 200 ? role->body.substr(0, role->body.find_first_of("\r\n")) : "";
  if (name.empty() || name.find_first_of("/?#% ") != std::string::npos) return fault("this instance of EC2 has no role");
  request.url += name;
  return fetch(request, "the credentials of the instance's role");
}

AwsCredentialsSource::Found AwsCredentialsSource::fetch(const HttpRequest& request, std::string_view whose) {
  auto response = http_.send(request, stop_);
  if (!response) return tl::unexpected(CredentialsFault{false, fmt::format("{}: {}", whose, response.error().reason), ""});
  if (response->status != 200) return tl::unexpected(CredentialsFault{false, fmt::format("{}: HTTP status {}", whose, response->status), ""});
  if (auto found = credentials_in(response->body)) return *found;
  return tl::unexpected(CredentialsFault{false, fmt::format("{} cannot be read", whose), ""});
}

}  // namespace tunnelscope::live
