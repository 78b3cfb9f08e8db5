// Credentials of AWS, from where its own tools take them: the environment, `aws configure export-credentials`, a container's or an instance's
// metadata. In: the environment and a profile's name. Out: a key that is valid now, renewed before it expires; or why there is none.
#pragma once
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "diag/time.hpp"
#include "src/live/http.hpp"
#include "src/live/secret.hpp"
#include "src/terminal.hpp"

namespace tunnelscope::live {

struct AwsCredentials {
  std::string key_id;
  Secret key, token;                    // token: empty for keys that last
  diag::Time expires = diag::kNoTime;   // kNoTime: not known, or never
  bool same_key(const AwsCredentials& other) const { return key_id == other.key_id && key == other.key && token == other.token; }
};

struct CredentialsFault {
  bool expired = false;      // there were some, and somebody must log in again
  std::string reason, hint;  // never a secret
};

class AwsCredentialsSource {
 public:
  using Clock = std::function<diag::Time()>;
  // `profile`: of the AWS CLI's configuration; empty: as AWS_PROFILE says. With one, the keys of the environment are not looked at, as the
  // AWS CLI does. `stop`, when set, ends a search soon; may be null.
  AwsCredentialsSource(app::Environment environment, std::string profile, Clock clock, const std::atomic<bool>* stop = nullptr);

  // The ones at hand while they are valid for some minutes more, else new ones. While new ones are not to be had, those at hand serve until
  // they expire. May take half a minute.
  tl::expected<AwsCredentials, CredentialsFault> get();
  // The service has refused the ones at hand: the next get() looks for others.
  void refuse() { held_.reset(); }

 private:
  using Found = tl::expected<AwsCredentials, CredentialsFault>;
  Found find();
  std::optional<AwsCredentials> from_environment() const;
  Found from_program() const;
  Found from_container();
  Found from_instance();
  Found fetch(const HttpRequest& request, std::string_view whose);
  std::optional<HttpRequest> container_request() const;

  app::Environment environment_;
  std::string profile_;
  Clock clock_;
  const std::atomic<bool>* stop_;
  HttpClient http_;
  std::optional<AwsCredentials> held_;
};

// The JSON that the CLI (`Version`: 1), containers and instances give; empty: it is none, or lacks a key. Wipes `text`.
std::optional<AwsCredentials> credentials_in(std::string& text);

// May this address be asked for a container's credentials: https, or http to this machine or one of the two fixed addresses of AWS.
bool is_container_address(std::string_view url);

}  // namespace tunnelscope::live
