// swanctl.conf: what stands there, what follows from defaults, what cannot be read.
#include "config_world.hpp"
#include "diag/config/negotiation.hpp"
#include "src/config/key_text.hpp"
#include "src/config/rows.hpp"
#include "src/config/strongswan_proposals.hpp"

namespace tunnelscope::config::test {
namespace {

model::Configuration swanctl(const std::string& text) { return read(kStrongSwanSwanctl, text); }

TEST(Swanctl, AnEmptyConnectionHasTheDefaultsOfTheTable) {
  const auto all = swanctl("connections {\n  aws {\n    children {\n      net {\n      }\n    }\n  }\n}\n");
  EXPECT_EQ(problems_of(all), "");
  ASSERT_EQ(all.endpoints.size(), 1u);
  const auto& aws = all.endpoints.front();
  const std::string table = " by strongSwan 5.9 swanctl.conf, 2022-10";
  EXPECT_EQ(value_of(aws, "accepts"), "ikev1, ikev2" + table);
  EXPECT_EQ(value_of(aws, "initiates"), "ikev2" + table);
  EXPECT_EQ(value_of(aws, "remote-addresses"), "%any" + table);
  EXPECT_EQ(value_of(aws, "local-authentication"), "certificate" + table);
  EXPECT_EQ(value_of(aws, "ike-latest"), "14400s" + table);
  EXPECT_EQ(value_of(aws, "ike-hard"), "15840s" + table);
  EXPECT_EQ(value_of(aws, "ike-earliest"), "12960s" + table);
  EXPECT_EQ(value_of(aws, "net.latest"), "3600s" + table);
  EXPECT_EQ(value_of(aws, "net.hard"), "3960s" + table);
  EXPECT_EQ(value_of(aws, "net.earliest"), "3240s" + table);
  EXPECT_EQ(value_of(aws, "net.proposals"), "aes128gcm16|aes192gcm16|aes256gcm16, aes128|aes192|aes256-sha256|sha384|sha512|sha1|aesxcbc" + table);
  EXPECT_EQ(value_of(aws, "net.local"), "unknown: it follows the outside address, which is not fixed in the configuration");
  EXPECT_EQ(value_of(aws, "dpd"), "no" + table);
  EXPECT_EQ(value_of(aws, "keys"), "unknown: no secrets were given");
}

TEST(Swanctl, WhatIsStatedIsWhereItStands) {
  const auto all = swanctl(R"(# a gateway of a branch
connections {
  aws-1 {   # the first tunnel
    version = 2
    local_addrs  = 198.51.100.20
    remote_addrs = 203.0.113.10, 203.0.113.0/28
    proposals = aes256gcm16-prfsha384-ecp384, aes128-aes256-sha256-modp2048-x25519
    rekey_time = 8h
    dpd_delay = 10s
    encap = yes
    local { auth = psk
      id = fw1.branch.example }
    remote {
      auth = psk
      id = "203.0.113.10"
    }
    children {
      lan {
        local_ts = 192.168.50.0/24[tcp/443], dynamic
        remote_ts = 10.0.0.0/8
        esp_proposals = aes256-sha2_256-modp2048
        life_time = 1h
        rekey_time = 54m
        dpd_action = restart
        start_action = trap
        close_action = start
      }
      voice {
        mode = transport
      }
      open {
        mode = pass
      }
    }
  }
}
secrets {
  ike-aws {
    id-1 = 203.0.113.10
    id-2 = fw1.branch.example
    secret = 0sTGFiUHNr
  }
  eap-user { secret = "not for IKE" }
}
charon {
  threads = 16
}
)");
  EXPECT_EQ(problems_of(all), "");
  ASSERT_EQ(all.endpoints.size(), 1u);
  const auto& aws = all.endpoints.front();
  EXPECT_EQ(aws.name, "aws-1");
  EXPECT_EQ(value_of(aws, "remote-addresses"), "203.0.113.10, 203.0.113.0/28 at 6");
  EXPECT_EQ(value_of(aws, "ike-proposals"), "aes256gcm16-prfsha384-ecp384, aes128|aes256-sha256-modp2048|curve25519 at 7");
  EXPECT_EQ(value_of(aws, "ike-hard"), "31680s at 8");
  EXPECT_EQ(value_of(aws, "dpd"), "yes at 9");
  EXPECT_EQ(value_of(aws, "dpd-timeout"), "165s by strongSwan 5.9 charon, 2022-10");
  EXPECT_EQ(value_of(aws, "nat-traversal"), "forced at 10");
  EXPECT_EQ(value_of(aws, "local-identity"), "fqdn:fw1.branch.example at 12");
  EXPECT_EQ(value_of(aws, "remote-identity"), "address:203.0.113.10 at 15");
  EXPECT_EQ(value_of(aws, "keys"), "[address:203.0.113.10 fqdn:fw1.branch.example 6 bytes] at 37");
  ASSERT_EQ(aws.children.size(), 2u);
  EXPECT_EQ(value_of(aws, "lan.local"), "192.168.50.0/24[6/443], 198.51.100.20 at 19");
  EXPECT_EQ(value_of(aws, "lan.hard"), "3600s at 22");
  EXPECT_EQ(value_of(aws, "lan.earliest"), "2880s at 23");
  EXPECT_EQ(value_of(aws, "lan.dpd"), "restart at 24");
  EXPECT_EQ(value_of(aws, "lan.start"), "on-traffic at 25");
  EXPECT_EQ(value_of(aws, "voice.mode"), "transport at 29");
}

TEST(Swanctl, InheritsFromTemplatesAndOwnSettingsOutweighThem) {
  const auto all = swanctl(R"(conn-defaults {
  version = 2
  rekey_time = 8h
  local {
    auth = psk
  }
}
dpd {
  dpd_delay = 10s
  rekey_time = 7h
}
connections {
  a : conn-defaults, dpd {
    version = 1
  }
  b : conn-default {
  }
}
)");
  EXPECT_EQ(problems_of(all), "gateway.conf:16:7: there is no section of this name to inherit from (did you mean `conn-defaults`?)\n");
  ASSERT_EQ(all.endpoints.size(), 2u);
  EXPECT_EQ(value_of(all.endpoints[0], "accepts"), "ikev1 at 14");
  EXPECT_EQ(value_of(all.endpoints[0], "dpd-delay"), "10s at 9");
  EXPECT_EQ(value_of(all.endpoints[0], "local-authentication"), "psk at 5");
  EXPECT_EQ(value_of(all.endpoints[0], "ike-hard"), "unknown: two templates give it different values");
  EXPECT_EQ(value_of(all.endpoints[1], "accepts"), "unknown: its template could not be read");
}

TEST(Swanctl, ReadsIncludesWhereTheyStand) {
  const auto all = read(kStrongSwanSwanctl, "swanctl.conf",
                        {{"swanctl.conf", "connections {\n  include conf.d/*.conf\n}\nsecrets {\n include keys\n}\ninclude none.d/*\n"},
                         {"conf.d/a.conf", "a {\n  version = 1\n}\n"},
                         {"conf.d/b.conf", "b {\n  version = 2\n}\n"},
                         {"keys", "ike { secret = abc }\n"}});
  EXPECT_EQ(problems_of(all), "");
  ASSERT_EQ(all.endpoints.size(), 2u);
  EXPECT_EQ(all.endpoints[1].accepts.where().text(), "conf.d/b.conf:2");
  EXPECT_EQ(value_of(all.endpoints[0], "keys"), "[3 bytes] at 4");
}

TEST(Swanctl, AMissingIncludeMakesWhatItMayHoldUnknown) {
  const auto all = swanctl("connections {\n  a {\n    version = 2\n    include more.conf\n  }\n  b {\n    version = 1\n  }\n}\n");
  EXPECT_EQ(problems_of(all), "gateway.conf:4:5: the included file cannot be read: there is no such file "
                              "(give the file beside this one, or remove the include) FATAL\n");
  EXPECT_EQ(value_of(all.endpoints[0], "accepts"), "ikev2 at 3");
  EXPECT_EQ(value_of(all.endpoints[0], "mobike"), "unknown: an include could not be read");
  EXPECT_EQ(value_of(all.endpoints[0], "ike-proposals"), "unknown: an include could not be read");
  EXPECT_EQ(value_of(all.endpoints[0], "local-identity"), "unknown: an include could not be read");
  EXPECT_EQ(value_of(all.endpoints[1], "mobike"), "yes by strongSwan 5.9 swanctl.conf, 2022-10");
}

TEST(Swanctl, IncludesAndTemplatesThatGoInCirclesEnd) {
  const auto includes = read(kStrongSwanSwanctl, "a.conf", {{"a.conf", "include b.conf\nconnections { x { } }\n"}, {"b.conf",
      "include a.conf\n"}});
  EXPECT_EQ(problems_of(includes), "b.conf:1:1: the file includes itself, by way of a.conf (remove one of the includes) FATAL\n");
  ASSERT_EQ(includes.endpoints.size(), 1u);
  EXPECT_NE(includes.endpoints[0].doubt, "");
  const auto templates = swanctl("t : u { }\nu : t { }\nconnections { x : t { } }\n");
  EXPECT_EQ(problems_of(templates), "gateway.conf:2:5: the section inherits from itself (remove one of the references)\n");
}

struct Fault {
  const char *name, *text, *problems;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class SwanctlFaults : public ::testing::TestWithParam<Fault> {};

TEST_P(SwanctlFaults, AreToldWithTheirPlaceAndNeverQuoteAKey) {
  const auto all = swanctl(GetParam().text);
  EXPECT_EQ(problems_of(all), GetParam().problems);
  EXPECT_EQ(problems_of(all).find("Zk3x9QmT7r"), std::string::npos);
}

const Fault kFaults[] = {
    {"AnUnknownKeyword", "connections { a {\n  proposal = aes256-sha256-modp2048\n} }\n",
     "gateway.conf:2:3: unknown keyword `proposal` (did you mean `proposals`?) FATAL\n"},
    {"AnUnknownAlgorithm", "connections { a {\n  proposals = aes256-sha257-modp2048\n} }\n",
     "gateway.conf:2:22: this is no algorithm of a proposal (did you mean `sha256`?) FATAL\n"},
    {"AProposalForIkeWithoutAGroup", "connections { a {\n  proposals = aes256-sha256\n} }\n",
     "gateway.conf:2:15: a proposal for IKE without a key exchange group (name one of each kind, as in `aes256-sha256-modp2048`) FATAL\n"},
    {"ABadTime", "connections { a {\n  rekey_time = 4 hours\n} }\n",
     "gateway.conf:2:16: `rekey_time` has a value that cannot be read (write a number of seconds, or one with `s`, `m`, `h` or `d`) FATAL\n"},
    {"ABadSelector", "connections { a { children { n {\n  local_ts = 10.0.0.0/33\n} } } }\n",
     "gateway.conf:2:14: this is no traffic selector (write a network, as in `10.0.0.0/16` or `10.0.0.0/16[tcp/443]`) FATAL\n"},
    {"ALineThatIsNoSetting", "secrets {\n ike {\n  secret \"Zk3x9QmT7r\"\n }\n}\n",
     "gateway.conf:3:3: neither a setting nor a section (write `name = value`, or `name {` and `}`) FATAL\n"
     "gateway.conf:2:2: a key without a `secret` (add `secret = ...`, or remove the section) FATAL\n"},
    {"AKeyOverTwoLines", "secrets {\n ike {\n  secret =\n  Zk3x9QmT7r\n }\n}\n",
     "gateway.conf:4:3: neither a setting nor a section (write `name = value`, or `name {` and `}`) FATAL\n"
     "gateway.conf:2:2: a key without a `secret` (add `secret = ...`, or remove the section) FATAL\n"},
    {"AKeyThatIsNotHexadecimal", "secrets { ike { secret = 0xZk3x9QmT7r\n } }\n",
     "gateway.conf:1:26: the key is not what its beginning says (after `0x` come hexadecimal digits, after `0s` Base64) FATAL\n"},
    {"AMisspeltKeyword", "secrets { ike { secrett = Zk3x9QmT7r\n } }\n",
     "gateway.conf:1:11: a key without a `secret` (add `secret = ...`, or remove the section) FATAL\n"},
    {"AMissingBrace", "connections {\n  a {\n    version = 2\n  }\n",
     "gateway.conf:1:1: the section is not closed: the file ends before (add the missing `}`) FATAL\n"},
    {"ABraceTooMany", "connections {\n}\n}\n",
     "gateway.conf:3:1: this brace closes nothing (remove it, or open the section that it should close) FATAL\n"},
    {"AnOpenQuotationMark", "secrets { ike { secret = \"Zk3x9QmT7r } }\n",
     "gateway.conf:1:26: the quotation mark is not closed: the file ends before (add the missing `\"`) FATAL\n"
     "gateway.conf:1:11: the section is not closed: the file ends before (add the missing `}`) FATAL\n"
     "gateway.conf:1:1: the section is not closed: the file ends before (add the missing `}`) FATAL\n"},
    {"AMisspeltSection", "conections {\n}\n", "gateway.conf:1:1: unknown section (did you mean `connections`?)\n"},
};

INSTANTIATE_TEST_SUITE_P(All, SwanctlFaults, ::testing::ValuesIn(kFaults), [](const auto& one) { return one.param.name; });

TEST(Swanctl, AnUnknownKeywordLeavesNoDefaultInItsSectionAndPutsItsEndInDoubt) {
  const auto all = swanctl("connections {\n  a {\n    version = 2\n    children {\n      n {\n        esp_proposal = aes256-sha256-modp2048\n"
                           "        mode = tunnel\n      }\n    }\n  }\n  b {\n  }\n}\n");
  const std::string why = "gateway.conf:6:9: unknown keyword `esp_proposal`, did you mean `esp_proposals`?";
  EXPECT_EQ(all.endpoints[0].doubt, why);
  EXPECT_EQ(value_of(all.endpoints[0], "n.proposals"), "unknown: " + why);
  EXPECT_EQ(value_of(all.endpoints[0], "n.mode"), "tunnel at 7");
  EXPECT_EQ(value_of(all.endpoints[0], "mobike"), "yes by strongSwan 5.9 swanctl.conf, 2022-10");
  EXPECT_EQ(all.endpoints[1].doubt, "");
}

TEST(Keys, AreNotWhatStandsInTheirPlaceInAFileThatIsShared) {
  for (const char* mask : {"********", "*", "<removed>", "REDACTED", "[redacted]", "(sensitive value)", "/* SECRET-DATA */", "${PSK}", "{{ psk }}", "<psk>", "xxxxxxxx", "..."})
    EXPECT_TRUE(is_masked(mask)) << mask;
  for (const char* key : {"lab.key_Zk3x9QmT7r", "x", "0x1234", "redacted1", "a*b*c", "hidden.treasure", ""}) EXPECT_FALSE(is_masked(key)) << key;
  const auto all = swanctl("connections {\n  a {\n    remote_addrs = 203.0.113.10\n  }\n}\nsecrets {\n  ike-1 {\n    secret = \"REDACTED\"\n  }\n}\n");
  EXPECT_EQ(problems_of(all), "");
  EXPECT_FALSE(all.endpoints.front().keys->front().secret.known());
}

TEST(Selectors, OfAListWithoutANetworkAreNotKnown) {
  const auto all = swanctl("connections {\n  a {\n    children {\n      net {\n        local_ts = ,\n      }\n    }\n  }\n}\n");
  EXPECT_FALSE(all.endpoints.front().children.front().local.known());
  EXPECT_THAT(problems_of(all), ::testing::HasSubstr("it names no network"));
}

TEST(Swanctl, WhatTheFileEndsWithinIsNotTakenForItsDefault) {
  const auto all = swanctl("connections {\n  a {\n    version = 2\n    rekey_time = 4");
  EXPECT_EQ(value_of(all.endpoints[0], "accepts"), "ikev2 at 3");
  EXPECT_EQ(value_of(all.endpoints[0], "ike-hard"), "unknown: the file ends within it");
  EXPECT_EQ(value_of(all.endpoints[0], "ike-proposals"), "unknown: the file ends within it");
  EXPECT_NE(all.endpoints[0].doubt, "");
}

TEST(Swanctl, WhatNoStageJudgesPutsItsStageInDoubt) {
  const auto doubt_of = [](const std::string& setting) -> std::string {
    const auto all = swanctl("connections {\n a {\n" + setting + "\n }\n}\n");
    const auto& reservations = all.endpoints[0].reservations;
    return reservations.empty() ? "" : reservations.front().reason;
  };
  EXPECT_EQ(doubt_of("remote_port = 4501"), "gateway.conf:3: remote_port is neither 500 nor 4500, where AWS is");
  EXPECT_EQ(doubt_of("ppk_required = yes"), "gateway.conf:3: ppk_required: whether the peer has the PPK is not known");
  EXPECT_EQ(doubt_of("childless = force"), "gateway.conf:3: childless: whether the peer begins without a CHILD SA is not known");
  EXPECT_EQ(doubt_of("remote_port = 4500"), "");
  EXPECT_EQ(doubt_of("ppk_required = no"), "");
}

TEST(Swanctl, ATimeIsAWholeNumber) {
  EXPECT_EQ(value_of(swanctl("connections {\n a {\n rekey_time = 1.5h\n }\n}\n").endpoints[0], "ike-hard"), "unknown: its value cannot be read");
}

TEST(StrongSwanProposals, PfsIsOffInTheDefaultForEspAndTheDefaultForIkeIsNotKnownToItsEnd) {
  const auto esp = strongswan_default(model::Protocol::Esp, {}), ike = strongswan_default(model::Protocol::Ike, {});
  for (const auto& one : esp) EXPECT_TRUE(one.groups.empty() && one.unrecognised.empty());
  for (const auto& one : ike) EXPECT_TRUE(!one.groups.empty() && !one.unrecognised.empty());
}

TEST(KeyText, EncodingsOfOneKeyAreEqual) {
  const auto key = [](const char* text) { return decoded_key(text); };
  EXPECT_EQ(key("0x4c616250736b"), key("0sTGFiUHNr"));
  EXPECT_EQ(key("0x4c61:6250_736B"), key("LabPsk"));
  EXPECT_EQ(key("0sTGFiUHNrMQ=="), key("LabPsk1"));
  EXPECT_FALSE(key("0x").has_value());
  EXPECT_FALSE(key("0s?").has_value());
  EXPECT_FALSE(literal_key("0x4c616250736b") == *key("LabPsk"));
}

}  // namespace
}  // namespace tunnelscope::config::test
