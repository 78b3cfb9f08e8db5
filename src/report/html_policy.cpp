#include "src/report/html_policy.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace tunnelscope::report::html {
namespace {

// "'sha256-...'" as a Content-Security-Policy names an element's text.
std::string source_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 4 * EVP_MAX_MD_SIZE / 3 + 4> base64{};
  const int length = EVP_EncodeBlock(base64.data(), hash.data(), static_cast<int>(size));
  return fmt::format("'sha256-{}'", std::string_view(reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(length)));
}

std::string policy_of(std::string_view styles, std::string_view scripts) {
  return fmt::format("default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'", styles, scripts);
}

}  // namespace

std::string policy(std::string_view style, std::string_view script) {
  return policy_of(source_of(style), script.empty() ? "'none'" : source_of(script));
}

std::string policy_of_site() { return policy_of("'self'", "'self'"); }

void head(Markup& to, std::string_view title, std::string_view style, std::string_view script) {
  head(to, title, policy(style, script), {style}, Readers::Insiders);
}

void head(Markup& to, std::string_view title, const std::string& policy, const Look& look, Readers readers) {
  const Element head(to, "head");
  to.empty("meta", {{"charset", "utf-8"}});
  to.empty("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", policy}});
  to.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  to.empty("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  if (readers == Readers::Insiders) {
    to.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    to.empty("meta", {{"name", "robots"}, {"content", "noindex"}});
  }
  to.empty("link", {{"rel", "icon"}, {"href", "data:,"}});
  to.element("title", title);
  if (!look.embedded.empty()) to.open("style").finished(look.embedded).close();
  else to.empty("link", {{"rel", "stylesheet"}, {"href", look.file}});
}

}  // namespace tunnelscope::report::html
