// Keys go, whatever announces them; prose about keys stays.
#include <gtest/gtest.h>

#include "src/secrets.hpp"

namespace tunnelscope::app {
namespace {

TEST(CliSecrets, KeysAreRemovedWhereKeysStand) {
  const char* const texts[] = {
      "psk=hunter2secret",
      "PSK: hunter2secret",
      "\"pre_shared_key\": \"hunter2secret\"",
      "{\\\"PreSharedKey\\\":\\\"hunter2secret\\\"}",
      "<pre_shared_key>hunter2secret</pre_shared_key>",
      "198.51.100.20 203.0.113.17 : PSK \"hunter2secret\"",
      "crypto isakmp key hunter2secret address 203.0.113.17",
      "pre-shared-key address 203.0.113.17 key hunter2secret",
      "pre-shared-key local 6 hunter2secret",
      "set psksecret ENC hunter2secret",
      "set pre-shared-key ascii-text \"hunter2secret\"",
      "detected a pre-shared key mismatch, PSK was hunter2secret",
      "preSharedKey=hunter2secret",
      "password: hunter2secret",
      "shared secret 'hunter2secret' refused",
  };
  for (const char* const text : texts) {
    const std::string clean = without_keys(text);
    EXPECT_EQ(clean.find("hunter2"), std::string::npos) << clean;
    EXPECT_NE(clean.find("[key removed]"), std::string::npos) << clean;
  }
}

TEST(CliSecrets, ProseAboutKeysStays) {
  const char* const texts[] = {
      "AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20",
      "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key",
      "tried 2 shared keys but MAC mismatched",
      "PSK authentication failed 3 times",
      "secrets were reloaded",
      "samples/psk-mismatch-ikev2/input/events.json:3",
      "upsk=1",
  };
  for (const char* const text : texts) EXPECT_EQ(without_keys(text), text);
}

TEST(CliSecrets, TheRestOfTheTextStays) {
  EXPECT_EQ(without_keys("a psk=\"x y\" b psk=z1 c"), "a psk=\"[key removed]\" b psk=[key removed] c");
}

TEST(CliSecrets, HostileTextsEnd) {
  EXPECT_EQ(without_keys("psk"), "psk");
  EXPECT_EQ(without_keys("psk:"), "psk:");
  EXPECT_EQ(without_keys("psk=\""), "psk=\"");
  EXPECT_EQ(without_keys("psk <,;"), "psk <,;");
  const std::string quotes(200000, '"');
  EXPECT_EQ(without_keys("psk " + quotes).size(), 200004U);
}

}  // namespace
}  // namespace tunnelscope::app
