// Two ends of a tunnel that agree in everything, to be spoilt one attribute at a time; and verdicts as lines of text.
#pragma once
#include <string>
#include <string_view>

#include "diag/config/negotiation.hpp"
#include "diag/config/selection.hpp"

namespace tunnelscope::diag::config::test {

// Says where a value stands: "cloud.conf" and "gateway.conf", the line is the number of the value in the builder.
template <class T>
Value<T> stated(T value, std::string path = "gateway.conf", std::size_t line = 1) {
  return Value<T>::stated(std::move(value), Where{std::move(path), line, 1});
}

template <class T>
Value<T> unknown(std::string reason) {
  return Value<T>::unknown(std::move(reason), Where{"gateway.conf", 1, 1});
}

// "aes256-sha256-modp2048, aes128|aes256-sha1": canonical names; a word that the table lacks is unrecognised.
Proposals proposals(std::string_view text);
Addresses addresses(std::string_view text);  // "%any", addresses and ranges by commas, other words are names
Selectors selectors(std::string_view text);  // ranges by commas
IpAddress address(std::string_view text);
AddressRange range(std::string_view text);
Key key(std::string secret, std::vector<std::string> owners = {});
Lifetime lifetime(int rekey_s, int hard_s);  // rekey 0: never

struct Ends {
  Endpoint cloud, gateway;
};

// As in lab/healthy-v2: IKEv2, one key without owners, selectors 10.10.0.0/16 and 192.168.50.0/24, nobody starts, DPD off.
Ends healthy();
// The same with this version only, on both ends.
Ends healthy(Version version);
Versions only(Version version);

// "ike-proposal fails ike-proposal-mismatch ike-group modp2048 / modp1024 both", a line for each stage that does not agree;
// "agrees" when all do.
std::string text_of(const TunnelVerdict& tunnel);
// "gateway ike-group: modp1024 -> modp2048", one line a change, of the first stage that fails.
std::string repair_of(const TunnelVerdict& tunnel);
const StageVerdict& stage_of(const TunnelVerdict& tunnel, Stage stage);

}  // namespace tunnelscope::diag::config::test
