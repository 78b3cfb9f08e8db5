// The parts of the vendor-neutral model: addresses and selectors, identities, algorithms, secrets, lifetimes.
#include <gmock/gmock.h>

#include <set>
#include <tuple>
#include <type_traits>

#include "diag_config_ends.hpp"

namespace tunnelscope::diag::config::test {
namespace {

struct AddressRow {
  const char* written;
  const char* canonical;  // "": not an address
};

TEST(ConfigAddress, IsReadAndWrittenCanonically) {
  const AddressRow rows[] = {
      {"203.0.113.10", "203.0.113.10"}, {"0.0.0.0", "0.0.0.0"},      {"256.0.0.1", ""},          {"1.2.3", ""},
      {"1.2.3.4.5", ""},                {"1.2.3.4 ", ""},            {"", ""},                   {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"::", "::"},                     {"::1", "::1"},              {"fe80::1:0:0:1", "fe80::1:0:0:1"},
      {"::ffff:192.0.2.1", "::ffff:c000:201"}, {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"}, {"1::2::3", ""}, {"1:2:3:4:5:6:7", ""},
      {"1:2:3:4:5:6:7:8:9", ""},        {"12345::", ""},             {"1:", ""},                 {":1", ""},
      {"fd00:0:0:1:0:0:0:2", "fd00:0:0:1::2"},
  };
  for (const AddressRow& row : rows) {
    const auto address = parse_address(row.written);
    EXPECT_EQ(address ? text(*address) : "", row.canonical) << row.written;
  }
}

TEST(ConfigRange, IsReadAndWrittenAsCidrWhereItIsOne) {
  const AddressRow rows[] = {
      {"10.0.0.0/16", "10.0.0.0/16"}, {"10.0.3.7/16", "10.0.0.0/16"}, {"10.0.0.1", "10.0.0.1"}, {"10.0.0.1/32", "10.0.0.1"},
      {"10.0.0.0-10.0.0.255", "10.0.0.0/24"}, {"10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9"}, {"0.0.0.0/0", "0.0.0.0/0"},
      {"10.0.0.9-10.0.0.1", ""}, {"10.0.0.0/33", ""}, {"10.0.0.0/", ""}, {"10.0.0.0/-1", ""}, {"::/0", "::/0"},
      {"2001:db8::/126", "2001:db8::/126"}, {"10.0.0.1-::1", ""}, {"x/8", ""},
  };
  for (const AddressRow& row : rows) {
    const auto range = parse_range(row.written);
    EXPECT_EQ(range ? text(*range) : "", row.canonical) << row.written;
  }
}

TEST(ConfigRange, HasADottedOrAnInvertedMask) {
  EXPECT_EQ(text(*range_of_mask(address("10.1.2.3"), address("255.255.0.0"))), "10.1.0.0/16");
  EXPECT_EQ(text(*range_of_mask(address("10.1.2.3"), address("0.0.255.255"))), "10.1.0.0/16");
  EXPECT_EQ(range_of_mask(address("10.1.2.3"), address("255.0.255.0")), std::nullopt);
}

struct PairRow {
  const char* a;
  const char* b;
  const char* both;
};

TEST(ConfigSelectors, LeaveWhatBothHave) {
  const PairRow rows[] = {
      {"10.0.0.0/8", "10.10.0.0/16", "10.10.0.0/16"},
      {"10.10.0.0/16", "10.20.0.0/16", ""},
      {"0.0.0.0/0", "192.168.50.0/24, 192.168.60.0/24", "192.168.50.0/24, 192.168.60.0/24"},
      {"0.0.0.0/0, 10.0.0.0/8", "10.10.0.0/16", "10.10.0.0/16"},
      {"0.0.0.0/0", "::/0", ""},
      {"10.0.0.1-10.0.0.20", "10.0.0.10-10.0.0.30", "10.0.0.10-10.0.0.20"},
      {"", "10.0.0.0/8", ""},
  };
  for (const PairRow& row : rows) {
    EXPECT_EQ(text(intersection(selectors(row.a), selectors(row.b))), row.both) << row.a << " and " << row.b;
    EXPECT_EQ(text(intersection(selectors(row.b), selectors(row.a))), row.both) << row.b << " and " << row.a;
  }
}

TEST(ConfigSelectors, KnowProtocolsAndPorts) {
  const Selector all{range("10.0.0.0/8"), 0, 0, 65535}, https{range("10.1.0.0/16"), 6, 443, 443}, dns{range("10.1.0.0/16"), 17, 53, 53};
  EXPECT_EQ(text(*intersection(all, https)), "10.1.0.0/16[6/443]");
  EXPECT_EQ(intersection(https, dns), std::nullopt);
  EXPECT_TRUE(all.contains(https));
  EXPECT_FALSE(https.contains(all));
}

struct IdentityRow {
  const char* written;
  const char* kind;
  const char* value;
};

TEST(ConfigIdentity, IsReadAsMostDaemonsDo) {
  const IdentityRow rows[] = {
      {"198.51.100.20", "address", "198.51.100.20"}, {"2001:DB8::1", "address", "2001:db8::1"}, {"fw1.example", "fqdn", "fw1.example"},
      {"@fw1.example", "fqdn", "fw1.example"},       {"admin@example", "user-fqdn", "admin@example"},
      {"@#0a1b", "key-id", "0a1b"},                  {"C=CH, CN=fw1", "dn", "C=CH, CN=fw1"}, {"%any", "any", "%any"}, {"", "any", "%any"},
  };
  for (const IdentityRow& row : rows) {
    const Identity identity = identity_of(row.written);
    EXPECT_EQ(name(identity.kind), row.kind) << row.written;
    EXPECT_EQ(text(identity), row.value) << row.written;
  }
}

TEST(ConfigIdentity, OfANameIsComparedWithoutCaseAndOfAKeyIdWithIt) {
  EXPECT_EQ(identity_of("FW1.example"), identity_of("fw1.EXAMPLE"));
  EXPECT_NE(identity_of("@#0A"), identity_of("@#0a"));
  EXPECT_NE(identity_of("198.51.100.20"), (Identity{IdentityKind::Fqdn, "198.51.100.20"}));
  EXPECT_TRUE(Identity{}.accepts(identity_of("fw1.example")));
  EXPECT_FALSE(identity_of("fw1.example").accepts(Identity{}));
}

TEST(ConfigAlgorithms, HaveOneNameAndOneNumberEach) {
  std::set<std::string_view> names;
  std::set<std::tuple<TransformType, int, int>> numbers;
  for (const Algorithm& one : all_algorithms()) {
    EXPECT_TRUE(names.insert(one.id).second) << one.id;
    EXPECT_TRUE(numbers.insert({one.type, one.number, one.key_bits}).second) << one.id;
    EXPECT_EQ(algorithm(one.id), &one);
    EXPECT_EQ(one.reference.empty(), one.strength == Strength::Good) << one.id;
    EXPECT_TRUE(one.type != TransformType::Group || group(one.number) == &one) << one.id;
    EXPECT_TRUE(one.type != TransformType::Integrity || prf_of(&one)) << one.id;
  }
  EXPECT_EQ(group(14)->id, "modp2048");
  EXPECT_EQ(group(3), nullptr);
  EXPECT_EQ(algorithm("AES128"), nullptr);
}

struct TextRow {
  const char* written;
  Protocol protocol;
  const char* completed;
};

TEST(ConfigProposals, AreCompletedAsDaemonsDo) {
  const TextRow rows[] = {
      {"aes256-sha256-modp2048", Protocol::Ike, "aes256-sha256-modp2048"},
      {"aes256-sha256-prfsha384-modp2048", Protocol::Ike, "aes256-sha256-prfsha384-modp2048"},
      {"aes256gcm16-sha384-modp2048", Protocol::Ike, "aes256gcm16-prfsha384-modp2048"},
      {"aes256gcm16-sha384-modp2048", Protocol::Esp, "aes256gcm16-modp2048"},
      {"aes128|aes128gcm16|aes256|aes256gcm16-sha1|sha256-modp2048", Protocol::Esp,
       "aes128|aes256-sha1|sha256-modp2048, aes128gcm16|aes256gcm16-modp2048"},
      {"aes256-sha256", Protocol::Esp, "aes256-sha256"},
      {"aes256-sha256-modp2048|none-esn", Protocol::Esp, "aes256-sha256-modp2048|none-esn"},
      {"aes256-sha256-kyber", Protocol::Ike, "aes256-sha256-kyber"},
  };
  for (const TextRow& row : rows) EXPECT_EQ(text(completed(proposals(row.written), row.protocol)), row.completed) << row.written;
}

TEST(ConfigSecret, CanBeComparedAndCheckedAndHasNoTextForm) {
  std::string given = "abc.DEF_1";
  const Secret secret(std::move(given));
  EXPECT_TRUE(given.empty());  // NOLINT(bugprone-use-after-move): the constructor wipes it
  EXPECT_EQ(secret, Secret("abc.DEF_1"));
  EXPECT_FALSE(secret == Secret("abc.DEF_2"));
  EXPECT_EQ(secret.size(), 9u);
  EXPECT_TRUE(secret.starts_with('a'));
  EXPECT_TRUE(secret.every_character([](char c) { return c != ' '; }));
  EXPECT_TRUE(secret.same_but_for_trailing_space(Secret("abc.DEF_1\r\n")));
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
}

TEST(ConfigSecret, IsNotInWhatGoogleTestPrints) {
  EXPECT_EQ(::testing::PrintToString(Secret("hidden-key")).find("hidden"), std::string::npos);
  EXPECT_EQ(::testing::PrintToString(key("hidden-key").secret).find("hidden"), std::string::npos);
}

TEST(ConfigLifetime, RekeysWithinTheMarginAndItsFuzz) {
  const auto window = [](int lifetime, int margin, double fuzz) {
    const RekeyWindow made = rekey_window(Seconds(lifetime), Seconds(margin), fuzz);
    return std::pair(made.earliest.count(), made.latest.count());
  };
  EXPECT_EQ(window(3600, 270, 100), std::pair(3060l, 3330l));
  EXPECT_EQ(window(28800, 270, 100), std::pair(28260l, 28530l));
  EXPECT_EQ(window(3600, 1080, 0), std::pair(2520l, 2520l));
  EXPECT_EQ(window(100, 200, 100), std::pair(0l, 0l));
  EXPECT_EQ(window(100, 60, 100), std::pair(0l, 40l));
  const RekeyWindow endless = rekey_window(Seconds::max(), Seconds::max(), 1e300);
  EXPECT_EQ(endless.earliest, Seconds(0));
}

TEST(ConfigValue, SaysHowItIsKnown) {
  const auto by_table = Value<int>::by_default(40, {"vpn.json", 3, 1}, "AWS tunnel options, 2025-11");
  EXPECT_TRUE(by_table.is(40));
  EXPECT_FALSE(by_table.stated());
  EXPECT_EQ(by_table.note(), "AWS tunnel options, 2025-11");
  EXPECT_EQ(by_table.where().text(), "vpn.json:3");
  const auto nothing = Value<int>();
  EXPECT_FALSE(nothing.known());
  EXPECT_EQ(nothing.note(), "not stated");
  EXPECT_FALSE(nothing.is(0));
}

}  // namespace
}  // namespace tunnelscope::diag::config::test
