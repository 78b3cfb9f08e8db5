// ipsec.conf and ipsec.secrets in both dialects.
#include "config_world.hpp"
#include "src/config/ipsec_conf_syntax.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config::test {
namespace {

using Secrets = std::vector<Source>;

constexpr const char* kOffice = R"(config setup
	uniqueids=no

conn %default
	ikelifetime=8h
	keyexchange=ikev2
	authby=secret

conn base
	left=%defaultroute   # whatever it is today
	leftid=@fw1.branch.example
	right=203.0.113.10
	ike=aes256-sha256-modp2048!
	esp=aes256-sha256

conn lan
	also=base
	leftsubnet=192.168.50.0/24
	rightsubnet=10.10.0.0/16,10.20.0.0/16
	rekeymargin=5m
	keylife=50m
	rekeyfuzz=50%
	dpdaction=restart
	auto=start

conn voice
	also=base
	leftsubnet=192.168.60.0/24[udp/5060]
	rightsubnet=10.30.0.0/16
	auto=route
)";

TEST(StrongSwanIpsecConf, InheritsAndJoinsTheConnectionsThatShareAnIkeSa) {
  const auto all = read(kStrongSwanIpsecConf, kOffice);
  EXPECT_EQ(problems_of(all), "");
  ASSERT_EQ(all.endpoints.size(), 1u);
  const auto& lan = all.endpoints.front();
  EXPECT_EQ(value_of(lan, "disabled"), "no at 24");
  EXPECT_EQ(value_of(lan, "local-addresses"), "%any at 10");
  EXPECT_EQ(value_of(lan, "local-identity"), "fqdn:fw1.branch.example at 11");
  EXPECT_EQ(value_of(lan, "remote-identity"), "address:203.0.113.10 by strongSwan 5.9 ipsec.conf, 2022-10");
  EXPECT_EQ(value_of(lan, "ike-proposals"), "aes256-sha256-modp2048 at 13");
  EXPECT_EQ(value_of(lan, "ike-hard"), "28800s at 5");
  EXPECT_EQ(value_of(lan, "ike-latest"), "28500s at 5");
  EXPECT_EQ(value_of(lan, "reauthenticates"), "yes by strongSwan 5.9 ipsec.conf, 2022-10");
  ASSERT_EQ(lan.children.size(), 2u);
  EXPECT_EQ(value_of(lan, "lan.proposals"), "aes256-sha256, aes128gcm16|aes192gcm16|aes256gcm16, "
                                            "aes128|aes192|aes256-sha256|sha384|sha512|sha1|aesxcbc at 14");
  EXPECT_EQ(value_of(lan, "lan.hard"), "3000s at 21");
  EXPECT_EQ(value_of(lan, "lan.earliest"), "2550s at 21");
  EXPECT_EQ(value_of(lan, "lan.start"), "start at 24");
  EXPECT_EQ(value_of(lan, "voice.local"), "192.168.60.0/24[17/5060] at 28");
  EXPECT_EQ(value_of(lan, "voice.start"), "on-traffic at 30");
  EXPECT_EQ(value_of(lan, "keys"), "unknown: no secrets were given");
}

TEST(StrongSwanIpsecConf, TheLocalEndMayStandOnTheRight) {
  const auto all = read(kStrongSwanIpsecConf, "conn a\n left=203.0.113.10\n right=%defaultroute\n rightsubnet=10.0.0.0/8\n leftsubnet=0.0.0.0/0\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "remote-addresses"), "203.0.113.10 at 2");
  EXPECT_EQ(value_of(all.endpoints.front(), "a.local"), "10.0.0.0/8 at 4");
}

TEST(StrongSwanIpsecConf, FaultsAreToldWithTheirPlace) {
  const auto all = read(kStrongSwanIpsecConf, "conn a\n right=203.0.113.10\n kylife=1h\n auto=begin\n also=b\n leftauth=psk\nconn a b\n lost\n");
  EXPECT_EQ(problems_of(all),
            "gateway.conf:8:2: neither a setting nor a section (write `name=value`, or `conn NAME`) FATAL\n"
            "gateway.conf:5:7: there is no connection of this name\n"
            "gateway.conf:3:2: unknown keyword `kylife` (did you mean `keylife`?) FATAL\n"
            "gateway.conf:4:7: `auto` has a value that cannot be read (write `ignore`, `add`, `route` or `start`) FATAL\n");
  EXPECT_EQ(all.endpoints.front().doubt, "gateway.conf:3:2: unknown keyword `kylife`, did you mean `keylife`?");
  EXPECT_EQ(value_of(all.endpoints.front(), "mobike"), "unknown: a connection that it refers to could not be read");
}

TEST(StrongSwanIpsecConf, AMissingIncludeMakesDefaultsUnknown) {
  const auto all = read(kStrongSwanIpsecConf, "include site.conf\nconn a\n right=203.0.113.10\n leftauth=psk\n");
  EXPECT_EQ(problems_of(all), "gateway.conf:1:9: the included file cannot be read: there is no such file "
                              "(give the file beside this one, or remove the include) FATAL\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "mobike"), "unknown: an include could not be read");
}

TEST(StrongSwanIpsecConf, AFileThatIncludesItselfIsToldWhereItDoesAndPutsItsEndsInDoubt) {
  const auto all = read(kStrongSwanIpsecConf, "conn a\n right=203.0.113.10\n leftauth=psk\ninclude gateway.conf\n");
  EXPECT_EQ(problems_of(all), "gateway.conf:4:9: the file includes itself, by way of gateway.conf (remove one of the includes) FATAL\n");
  EXPECT_EQ(all.endpoints.front().doubt, "a file includes itself");
}

TEST(StrongSwanIpsecConf, WhatTheFileEndsWithinIsNotTakenForItsDefault) {
  const auto all = read(kStrongSwanIpsecConf, "conn a\n leftauth=psk\n right=203.0.113.10\n ikelifetime=2");
  const std::string why = "the file ends within the line or right behind it";
  EXPECT_EQ(problems_of(all), "gateway.conf:4:2: " + why + " (end its last line with a line break, if it is whole) FATAL\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "ike-hard"), "unknown: " + why);
  EXPECT_EQ(value_of(all.endpoints.front(), "mobike"), "unknown: " + why);
  EXPECT_EQ(all.endpoints.front().doubt, why);
}

constexpr const char* kLibreswan = R"(version 2.0
config setup
    logfile=/var/log/pluto.log

conn aws1
    authby=secret
    auto=ondemand
    left=%defaultroute
    leftid=198.51.100.20
    right=203.0.113.10
    type=tunnel
    ikelifetime=8h
    salifetime=1h
    phase2alg=aes128-sha1;modp2048,aes_gcm256
    ike=aes256-sha2_256;dh14
    leftsubnets={192.168.50.0/24 192.168.60.0/24}
    rightsubnet=10.0.0.0/16
    ikev2=insist
    dpddelay=10
    dpdaction=restart
)";

TEST(LibreswanIpsecConf, ReadsItsOwnWordsAndDefaults) {
  const auto all = read(kLibreswanIpsecConf, kLibreswan);
  EXPECT_EQ(problems_of(all), "");
  const auto& aws = all.endpoints.front();
  EXPECT_EQ(aws.vendor, model::Vendor::Libreswan);
  EXPECT_EQ(value_of(aws, "accepts"), "ikev2 at 18");
  EXPECT_EQ(value_of(aws, "ike-proposals"), "aes256-sha256-modp2048 at 15");
  EXPECT_EQ(value_of(aws, "mobike"), "no by Libreswan 4.10 ipsec.conf, 2023-02");
  EXPECT_EQ(value_of(aws, "dpd-timeout"), "60s by Libreswan 4.10 ipsec.conf, 2023-02");
  ASSERT_EQ(aws.children.size(), 2u);
  // pfs=yes is the default: without a group of its own the proposal takes that of the IKE SA.
  EXPECT_EQ(value_of(aws, "aws1/1x1.proposals"), "aes128-sha1-modp2048, aes256gcm16-modp2048 at 14");
  EXPECT_EQ(value_of(aws, "aws1/2x1.local"), "192.168.60.0/24 at 16");
  EXPECT_EQ(value_of(aws, "aws1/1x1.earliest"), "2520s at 13");
}

TEST(LibreswanIpsecConf, Ikev1SendsEveryCombination) {
  const auto all = read(kLibreswanIpsecConf, "conn a\n ikev2=no\n right=203.0.113.10\n ike=aes128+aes256-sha1+sha2;modp2048\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "ike-proposals"),
            "aes128-sha1-modp2048, aes128-sha256-modp2048, aes256-sha1-modp2048, aes256-sha256-modp2048 at 4");
}

TEST(LibreswanIpsecConf, ItsTruncationOfSha256IsAnAlgorithmOfItsOwn) {
  const auto all = read(kLibreswanIpsecConf, "conn a\n right=203.0.113.10\n esp=aes256-sha2_256;modp2048\n sha2-truncbug=yes\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "a.proposals"), "aes256-sha256_96-modp2048 at 3");
}

TEST(LibreswanIpsecConf, ANameWithoutAnAtSignIsNotKnown) {
  const auto all = read(kLibreswanIpsecConf, "conn a\n left=198.51.100.20\n leftid=fw1.branch.example\n right=203.0.113.10\n");
  EXPECT_EQ(problems_of(all), "gateway.conf:3:9: an identity without `@` is looked up in the DNS: which address it stands for is not known "
                              "(write `@` before a name that is meant as it stands)\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "local-identity"), "unknown: it is looked up in the DNS");
}

TEST(LibreswanIpsecConf, PfsOfSeveralIkeGroupsIsNotKnown) {
  const auto all = read(kLibreswanIpsecConf, "conn a\n right=203.0.113.10\n ike=aes256-sha2;dh14+dh20\n esp=aes256-sha2\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "a.proposals"), "unknown: PFS takes the group of the IKE SA, which may be one of several");
}

TEST(IpsecConf, TheDialectIsToldByWhatOnlyOneOfThemHas) {
  EXPECT_EQ(dialect_of(kOffice), IpsecDialect::StrongSwan);
  EXPECT_EQ(dialect_of(kLibreswan), IpsecDialect::Libreswan);
  EXPECT_EQ(dialect_of("config setup\n  uniqueids=yes\nconn a\n  ikev2=insist\n"), IpsecDialect::Libreswan);
  EXPECT_EQ(dialect_of("conn a\n  authby=secret\n"), IpsecDialect::Either);
  EXPECT_EQ(dialect_of("left=1\n"), IpsecDialect::None);
}

std::string keys_of(const Kind& kind, const std::string& secrets, std::string* problems = nullptr) {
  const Files files{{"ipsec.conf", std::string("conn a\n left=198.51.100.20\n right=203.0.113.10\n") + (&kind == &kStrongSwanIpsecConf ? " leftauth=psk\n" : "")},
                    {"more.secrets", "@more : PSK \"x\"\n"}};
  const auto all = read(kind, "ipsec.conf", files, {{"ipsec.secrets", secrets}});
  if (problems) *problems = problems_of(all);
  return value_of(all.endpoints.front(), "keys");
}

TEST(IpsecSecrets, OwnersKindsQuotesAndEncodings) {
  EXPECT_EQ(keys_of(kStrongSwanIpsecConf, R"(# keys
198.51.100.20 203.0.113.10 : PSK "lab key # 1"
%any: PSK 0x616263   # in hexadecimal
@fw1 : PSK 0sYWJj
: RSA host.pem "passphrase"
carol : EAP "no"
'C=CH, O=Lab' : PSK abc
: PSK '0x616263'
include more.secrets
)"),
            "[address:198.51.100.20 address:203.0.113.10 11 bytes] [any:%any 3 bytes] [fqdn:fw1 3 bytes] [dn:C=CH, O=Lab 3 bytes] [8 bytes] "
            "[fqdn:more 1 bytes] at 1");
}

TEST(IpsecSecrets, ALibreswanKeyNeedsQuotesOrAnEncoding) {
  std::string problems;
  EXPECT_EQ(keys_of(kLibreswanIpsecConf, ": PSK Zk3x9QmT7r\n", &problems), "[unknown: it cannot be decoded] at 1");
  EXPECT_EQ(problems, "ipsec.secrets:1:7: a key without quotation marks and without an encoding "
                      "(put it into quotation marks; after `0x` come hexadecimal digits, after `0s` Base64) FATAL\n");
}

TEST(IpsecSecrets, WhatIsBrokenIsToldWithoutTheKeyAndTheRestIsRead) {
  std::string problems;
  EXPECT_EQ(keys_of(kStrongSwanIpsecConf, ": PKS Zk3x9QmT7r\n: PSK \"Zk3x9QmT7r\n: PSK abc\ninclude gone\n", &problems),
            "unknown: an include of the secrets could not be read");
  EXPECT_EQ(problems,
            "ipsec.secrets:1:2: unknown kind of secret (did you mean `PSK`?) FATAL\n"
            "ipsec.secrets:2:7: the quotation mark is not closed in its line (close it, or put the whole key into one line) FATAL\n"
            "ipsec.secrets:4:9: the included file cannot be read: there is no such file (give the file beside this one, or remove the include)"
            " FATAL\n");
}

}  // namespace
}  // namespace tunnelscope::config::test
