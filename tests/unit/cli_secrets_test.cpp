// Keys go, whatever announces them; prose about keys stays.
#include <gtest/gtest.h>

#include "diag/classify.hpp"
#include "kb/loader.hpp"
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
      "set protocols bgp group ebgp authentication-key \"hunter2secret\" ## SECRET-DATA",
      "set protocols bgp group ebgp authentication-key hunter2secret",
      " ip ospf authentication-key hunter2secret",
      "  key-string hunter2secret",
      "group ebgp md5 $9$hunter2secret.Zz9-qQ",
      "aes-key \"$8$hunter2secret\";",
      "detected a pre-shared key mismatch, PSK was hunter2secret",
      "preSharedKey=hunter2secret",
      "password: hunter2secret",
      "shared secret 'hunter2secret' refused",
      "wrong password (hunter2secret), 2026-11-02 09:00:00",
      "wrong password (4) hunter2secret",
      "password 2026-11-02 hunter2secret",
  };
  for (const char* const text : texts) {
    const std::string clean = without_keys(text);
    EXPECT_EQ(clean.find("hunter2"), std::string::npos) << clean;
    EXPECT_NE(clean.find("[key removed]"), std::string::npos) << clean;
  }
}

TEST(CliSecrets, TokensGoFromShapesToo) {
  EXPECT_EQ(without_keys("token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abcdefg"), "token=[key removed]");
  EXPECT_EQ(without_keys("token=eyJhbGciOiJIUzI<n>NiJ<n>.eyJzdWIiOiIx.abcdefg"), "token=[key removed]");
  EXPECT_EQ(without_keys("token-expired after <n> s"), "token-expired after <n> s");
}

TEST(CliSecrets, LettersAloneAreAKeyWhereAKeyStands) {
  const char* const texts[] = {
      "PSK MonkeyTiger",
      "peer uses PSK monkeytiger for this",
      "the secret is MonkeyTiger",
      "pre_shared_key MonkeyTiger",
      "stored pre-shared key MonkeyTiger was read",
      "<pre_shared_key>MonkeyTiger</pre_shared_key>",
      "<pre_shared_key>Monkey Tiger</pre_shared_key>",
      "PreSharedKey: MonkeyTiger",
      "psk1=MonkeyTiger",
      "pre-shared key (MonkeyTiger)",
      "psk=MonkeyTiger,Tiger",
      "PSK for 198.51.100.20 is MonkeyTiger",
      "PSK of peer gw1 is MonkeyTiger",
      "pre-shared key mismatch: got MonkeyTiger, expected TigerMonkey",
      "pre-shared key mismatch: expected 'MonkeyTiger' but received 'TigerMonkey'",
  };
  for (const char* const text : texts) {
    const std::string clean = without_keys(text);
    EXPECT_EQ(clean.find("onkey"), std::string::npos) << clean;
    EXPECT_EQ(clean.find("iger"), std::string::npos) << clean;
    EXPECT_NE(clean.find("[key removed]"), std::string::npos) << clean;
    EXPECT_EQ(without_keys(clean), clean);
  }
}

TEST(CliSecrets, MasksOfAShapeArePartOfTheKey) {
  const char* const keys[] = {"correct9horse7MonkeyTiger", "0123456789abcdef", "9MonkeyTiger", "Monkey1.2.3.4Tiger", "Monkey12",
                              "\"Monkey Tiger\"", "<Monkey1Tiger>", "Monkey1_x!Tiger"};
  const char* const places[] = {"new line psk={} done", "PSK {}", "secret is {}", "<pre_shared_key>{}</pre_shared_key>",
                                "PreSharedKey: {}", "pre-shared key: {}", "pre_shared_key {}", "\"psk\":{},\"x\":1"};
  for (const std::string key : keys) {
    for (std::string place : places) {
      const std::string clean = without_keys(diag::shape_of(place.replace(place.find("{}"), 2, key)));
      EXPECT_EQ(clean.find("onkey"), std::string::npos) << clean;
      EXPECT_EQ(clean.find("iger"), std::string::npos) << clean;
    }
  }
}

TEST(CliSecrets, EveryExampleOfTheKnowledgeBaseStaysAsItIs) {
  ASSERT_FALSE(kb::built_in().messages.empty());
  for (const kb::MessageRule& rule : kb::built_in().messages) {
    for (const kb::Example& example : rule.examples) EXPECT_EQ(without_keys(example.line), example.line);
    for (const std::string& line : rule.near_misses) EXPECT_EQ(without_keys(line), line);
  }
}

TEST(CliSecrets, ProseAboutKeysStays) {
  const char* const texts[] = {
      "AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20",
      "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key",
      "tried 2 shared keys but MAC mismatched",
      "PSK authentication failed 3 times",
      "connection-attempt failed: invalid-password (4), 2026-11-02 09:00:00 to 2026-11-02 09:04:12; users: 3",
      "Wrong Password (6), User Disconnected (2), 2026-11-02 10:00:02",
      "secrets were reloaded",
      "pre-shared key for cgw: 198.51.100.20 was read from the store",
      "pre-shared key mismatch with cgw: 2001:db8::20",
      "pre-shared key mismatch with cgw: <ip>",
      "psk mismatch for vpn-0123456789abcdef0",
      "the pre-shared key is wrong",
      "Aggressive Mode PSK disabled for security reasons",
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
