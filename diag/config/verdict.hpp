// What a negotiation comes to: per tunnel the stages in the protocol's order, each with what differs, where it stands on either
// side, what it would be called in the logs, and the smallest change that mends it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/model.hpp"
#include "diag/config/stage.hpp"

namespace tunnelscope::diag::config {

// In the order of what outweighs what when several are put together: Fails, then Unverified.
enum class Verdict : std::uint8_t { Agrees, Unverified, Fails };
enum class Direction : std::uint8_t { Both, CloudInitiates, GatewayInitiates };
enum class Initiator : std::uint8_t { Cloud, Gateway, Both, Neither };

// One side's value of the attribute, as text. A key is never in it.
struct Shown {
  std::string value;  // "modp2048", "none"; empty: not known
  Where where;
  Origin origin = Origin::Unknown;
  std::string note;   // the table of a default, or the reason why it is not known
};

// One attribute of one side to be set to another value, in canonical words; a writer per vendor turns it into a diff.
struct Change {
  Side side{};
  Where where;            // where the old value stands, or where the new one would
  std::string attribute;  // as in StageVerdict::attribute
  std::string old_value, new_value;
  std::string how = {};   // what else it takes in the vendor's own words; empty: nothing
  bool secret = false;    // it is a key, and not here; `old_value` "none": there is none yet, and `new_value` is whom it is to be for
  Where like = {};        // of a key: where the one stands that it has to be
  std::string proposal = {};  // the whole proposal when all changes of its repair are made, "aes256-sha256-modp2048": of an algorithm, and
                              // of a protocol to be ESP
  bool beside_key = false;  // the line where the old value stands holds a key: it is never shown
};

// "in gateway/swanctl.conf line 31: pfs-group none -> modp2048". A raw text; of a key it names the places.
std::string in_words(const Change& change);

// Two ways to mend it: either one alone does. Empty: that side cannot (AWS has no 3DES), or what to write is not known.
struct Repair {
  std::vector<Change> at_cloud, at_gateway;
};

struct StageVerdict {
  Stage stage{};
  Verdict verdict = Verdict::Agrees;
  std::string cause;                       // when it fails: the id of contract/causes.md
  std::string attribute;                   // "pfs-group"; empty when it agrees
  Shown cloud, gateway;
  std::optional<Direction> direction;      // in which it fails
  std::string agreed;                      // what both come to: "aes256-sha256-modp2048", "10.0.0.0/16 === 0.0.0.0/0"
  std::string reason;                      // one clause in words: why it fails or cannot be verified; or a remark on what agrees
  std::vector<std::string> log_messages;   // what AWS would log, the telling one first; none documented: empty
  Repair repair;
};

enum class PairedBy : std::uint8_t { OutsideAddress, InsideCidr, Configured };

struct TunnelVerdict {
  const Endpoint* cloud = nullptr;         // not owned; nullptr: no partner
  const Endpoint* gateway = nullptr;
  std::optional<PairedBy> paired_by;       // empty without a partner
  std::string unpaired_because;            // with one side only: why
  Verdict verdict = Verdict::Unverified;
  std::string primary_cause;               // of the first stage that fails
  std::vector<StageVerdict> stages;        // all of them in order; empty without a partner
  std::optional<Initiator> initiator;      // empty: not known
};

// The outside addresses, "203.0.113.10/198.51.100.20", cloud first; inside CIDRs or names where there are none.
std::string tunnel_id(const TunnelVerdict& tunnel);

std::string_view name(Verdict verdict);      // "agrees", "fails", "unverified"
std::string_view name(Direction direction);  // "both", "cloud-initiates", "gateway-initiates"
std::string_view name(Initiator initiator);  // "cloud", "gateway", "both", "neither"

}  // namespace tunnelscope::diag::config
