// Proposals against each other. The property: what select() says of a random pair is what a slow, obvious reference says that knows
// nothing of proposals: it lists every single combination that the initiator sends and every one that the responder takes, as texts.
#include <gmock/gmock.h>

#include <random>
#include <set>

#include "diag_config_ends.hpp"

namespace tunnelscope::diag::config::test {
namespace {

constexpr Version kV1 = Version::Ikev1, kV2 = Version::Ikev2;

// A proposal as the reference sees it: words by type.
struct Words {
  std::vector<std::string> ciphers, hashes, prfs, groups;
};
using List = std::vector<Words>;
using Combinations = std::set<std::string>;

std::string written(const Words& words) {
  std::string text;
  for (const auto* type : {&words.ciphers, &words.hashes, &words.prfs, &words.groups})
    for (const std::string& word : *type) text += (text.empty() ? "" : "-") + word;
  return text;
}

std::string written(const List& list) {
  std::string text;
  for (const Words& words : list) text += (text.empty() ? "" : ", ") + written(words);
  return text;
}

bool authenticates_too(const std::string& cipher) { return cipher.find("gcm") != std::string::npos; }

std::vector<std::string> or_nothing(std::vector<std::string> words) { return words.empty() ? std::vector<std::string>{"-"} : words; }

// All that one proposal for the IKE SA can mean.
void list_ike(const Words& words, Combinations& all) {
  std::vector<std::string> prfs = words.prfs;
  if (prfs.empty())
    for (const std::string& hash : words.hashes) prfs.push_back("prf" + hash);
  for (const std::string& cipher : words.ciphers)
    for (const std::string& hash : or_nothing(authenticates_too(cipher) ? std::vector<std::string>{} : words.hashes))
      for (const std::string& prf : or_nothing(prfs))
        for (const std::string& group : or_nothing(words.groups)) all.insert(cipher + "/" + hash + "/" + prf + "/" + group);
}

// All that one proposal for a CHILD SA can mean; `groups` are those that count in this exchange.
void list_esp(const Words& words, const std::vector<std::string>& groups, Combinations& all) {
  for (const std::string& cipher : words.ciphers)
    for (const std::string& hash : or_nothing(authenticates_too(cipher) ? std::vector<std::string>{} : words.hashes))
      for (const std::string& group : groups) all.insert(cipher + "/" + hash + "/" + group);
}

std::vector<std::string> pfs_groups(const Words& words) { return words.groups.empty() ? std::vector<std::string>{"none"} : words.groups; }

Combinations taken(const List& list, Exchange exchange, Version version) {
  Combinations all;
  for (const Words& words : list)
    if (exchange == Exchange::Ike) list_ike(words, all);
    else if (exchange == Exchange::FirstChild && version == kV2) list_esp(words, {"without"}, all);
    else list_esp(words, pfs_groups(words), all);
  return all;
}

std::vector<std::string> first_of(const std::vector<std::string>& words) {
  return words.empty() ? words : std::vector<std::string>{words.front()};
}

Combinations sent_in_main_mode(const List& list) {
  Combinations all;
  for (const Words& words : list)
    if (!authenticates_too(words.ciphers.front()))
      list_ike({first_of(words.ciphers), first_of(words.hashes), {}, first_of(words.groups)}, all);
  return all;
}

Combinations sent_in_quick_mode(const List& list) {
  Combinations all;
  const std::string pfs = pfs_groups(list.front()).front();
  for (const Words& words : list) {
    bool carries_it = false;
    for (const std::string& group : pfs_groups(words)) carries_it = carries_it || group == pfs;
    if (carries_it) list_esp({first_of(words.ciphers), first_of(words.hashes), {}, {}}, {pfs}, all);
  }
  return all;
}

Combinations sent(const List& list, Exchange exchange, Version version) {
  if (version == kV2) return taken(list, exchange, version);
  return exchange == Exchange::Ike ? sent_in_main_mode(list) : sent_in_quick_mode(list);
}

Combinations shared(const Combinations& sent, const Combinations& taken) {
  Combinations both;
  for (const std::string& one : sent)
    if (taken.contains(one)) both.insert(one);
  return both;
}

// Random lists, the same in every run and with every library: no distribution of <random> is.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  // At least `least` of them, in a random order.
  std::vector<std::string> some(std::vector<std::string> from, std::size_t least) {
    for (std::size_t i = from.size(); i > 1; --i) std::swap(from[i - 1], from[below(i)]);
    from.resize(least + below(std::min<std::size_t>(from.size(), 3) - least + 1));
    return from;
  }

  Words words(bool ike) {
    Words made;
    made.ciphers = below(3) ? some({"aes128", "aes256", "3des"}, 1) : some({"aes128gcm16", "aes256gcm16"}, 1);
    if (below(12) == 0) made.ciphers = some({"aes256", "aes256gcm16", "aes128gcm16"}, 2);
    const bool aead = authenticates_too(made.ciphers.front());
    made.hashes = some({"sha1", "sha256", "sha384"}, aead && below(2) ? 0 : 1);
    if (ike && (aead ? below(3) > 0 : below(5) == 0)) made.prfs = some({"prfsha1", "prfsha256", "prfsha384"}, 1);
    made.groups = some({"modp2048", "modp3072", "ecp256"}, ike ? 1 : 0);
    if (!ike && !made.groups.empty() && below(6) == 0) made.groups.push_back("none");
    return made;
  }

  List list(bool ike) {
    List made;
    for (std::size_t size = 1 + below(3); made.size() < size;) made.push_back(words(ike));
    return made;
  }

 private:
  std::mt19937 random_;
};

struct Tally {
  int agree = 0, fail = 0;
};

void compare(const List& initiator, const List& responder, Exchange exchange, Version version, Tally& tally) {
  const Combinations both = shared(sent(initiator, exchange, version), taken(responder, exchange, version));
  const Selection selection = select(proposals(written(initiator)), proposals(written(responder)), exchange, version);
  ++(both.empty() ? tally.fail : tally.agree);
  ASSERT_EQ(selection.verdict, both.empty() ? Verdict::Fails : Verdict::Agrees)
      << (version == kV1 ? "IKEv1 " : "IKEv2 ") << "exchange " << static_cast<int>(exchange) << "\n  initiator: " << written(initiator)
      << "\n  responder: " << written(responder);
}

TEST(SelectionProperty, IsWhatListingEveryCombinationGives) {
  Dice dice(20261122);
  Tally tally;
  for (int round = 0; round < 1500; ++round)
    for (const Exchange exchange : {Exchange::Ike, Exchange::FirstChild, Exchange::ChildRekey}) {
      const List one = dice.list(exchange == Exchange::Ike), other = dice.list(exchange == Exchange::Ike);
      for (const Version version : {kV1, kV2}) {
        compare(one, other, exchange, version, tally);
        compare(other, one, exchange, version, tally);
        if (HasFatalFailure()) return;
      }
    }
  // The pairs are worth comparing only if both outcomes are common.
  EXPECT_GT(tally.agree, 3000);
  EXPECT_GT(tally.fail, 3000);
}

// What is chosen is something that was sent and is taken: its first algorithms are one of the shared combinations.
TEST(SelectionProperty, ChoosesWhatBothHave) {
  Dice dice(7);
  for (int round = 0; round < 800; ++round) {
    const List one = dice.list(false), other = dice.list(false);
    for (const Version version : {kV1, kV2}) {
      const Combinations both = shared(sent(one, Exchange::ChildRekey, version), taken(other, Exchange::ChildRekey, version));
      const Selection selection = select(proposals(written(one)), proposals(written(other)), Exchange::ChildRekey, version);
      if (!selection.chosen) continue;
      const auto first = [&](TransformType type) {
        const auto& set = (*selection.chosen)[type].algorithms;
        return set.empty() ? std::string("-") : std::string(set.front()->id);
      };
      const std::string algorithms = first(TransformType::Encryption) + "/" + first(TransformType::Integrity);
      EXPECT_TRUE(both.contains(algorithms + "/" + first(TransformType::Group))) << written(one) << " against " << written(other);
    }
  }
}

// The stages say of two whole ends what the reference says of their proposals, whoever begins.
TEST(SelectionProperty, HoldsForTheStagesOfTwoEnds) {
  Dice dice(42);
  for (int round = 0; round < 400; ++round) {
    const List clouds = dice.list(true), gateways = dice.list(true), cloud_children = dice.list(false), gateway_children = dice.list(false);
    for (const Version version : {kV1, kV2})
      for (const bool cloud_begins : {true, false}) {
        Ends ends = healthy(version);
        ends.cloud.proposals = stated(proposals(written(clouds)));
        ends.gateway.proposals = stated(proposals(written(gateways)));
        ends.cloud.children[0].proposals = stated(proposals(written(cloud_children)));
        ends.gateway.children[0].proposals = stated(proposals(written(gateway_children)));
        (cloud_begins ? ends.cloud : ends.gateway).start = stated(StartAction::Start);
        (cloud_begins ? ends.cloud : ends.gateway).children[0].lifetime = lifetime(600, 3600);
        const auto tunnel = negotiate(ends.cloud, ends.gateway);
        const auto fails = [&](const List& cloud, const List& gateway, Exchange exchange) {
          const List &initiator = cloud_begins ? cloud : gateway, &responder = cloud_begins ? gateway : cloud;
          return shared(sent(initiator, exchange, version), taken(responder, exchange, version)).empty();
        };
        const auto seen = [&](Stage stage) { return stage_of(tunnel, stage).verdict == Verdict::Fails; };
        const bool no_child = fails(cloud_children, gateway_children, Exchange::FirstChild);
        ASSERT_EQ(seen(Stage::IkeProposal), fails(clouds, gateways, Exchange::Ike));
        ASSERT_EQ(seen(Stage::ChildProposal), no_child);
        ASSERT_EQ(seen(Stage::ChildRekey), !no_child && fails(cloud_children, gateway_children, Exchange::ChildRekey));
      }
  }
}

struct OfferRow {
  const char* name;
  const char* configured;
  Exchange exchange;
  Version version;
  const char* offer;
};

void PrintTo(const OfferRow& row, std::ostream* out) { *out << row.name; }

class Offers : public ::testing::TestWithParam<OfferRow> {};

TEST_P(Offers, AreWhatGoesOnTheWire) {
  EXPECT_EQ(text(offered(proposals(GetParam().configured), GetParam().exchange, GetParam().version)), GetParam().offer);
}

const OfferRow kOffers[] = {
    {"Ikev2SendsAll", "aes128|aes256-sha256-modp2048|ecp256, 3des-sha1-modp1024", Exchange::Ike, kV2,
     "aes128|aes256-sha256-modp2048|ecp256, 3des-sha1-modp1024"},
    {"Ikev1SendsTheFirstOfEachType", "aes128|aes256-sha256|sha1-modp2048|ecp256, 3des-sha1-modp1024", Exchange::Ike, kV1,
     "aes128-sha256-modp2048, 3des-sha1-modp1024"},
    {"Ikev1CannotSayGcmInPhase1", "aes256gcm16-prfsha256-modp2048, aes256-sha256-modp2048", Exchange::Ike, kV1, "aes256-sha256-modp2048"},
    {"GcmAndOtherCiphersAreTakenApart", "aes256|aes256gcm16-sha256-modp2048", Exchange::Ike, kV2,
     "aes256-sha256-modp2048, aes256gcm16-prfsha256-modp2048"},
    {"IkeAuthCarriesNoGroup", "aes256-sha256-modp2048", Exchange::FirstChild, kV2, "aes256-sha256"},
    {"QuickModeDoes", "aes256-sha256-modp2048", Exchange::FirstChild, kV1, "aes256-sha256-modp2048"},
    {"QuickModeOffersTheGroupOfTheFirstProposal", "aes256-sha256-ecp256, aes128-sha1, 3des-sha1-modp2048|ecp256", Exchange::ChildRekey, kV1,
     "aes256-sha256-ecp256, 3des-sha1-ecp256"},
    {"CreateChildSaCarriesAllGroups", "aes256-sha256-ecp256, aes128-sha1", Exchange::ChildRekey, kV2, "aes256-sha256-ecp256, aes128-sha1"},
};

INSTANTIATE_TEST_SUITE_P(Rows, Offers, ::testing::ValuesIn(kOffers), [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tunnelscope::diag::config::test
