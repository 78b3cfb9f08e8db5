// The kinds of receivers, and what they share. Only receivers.cpp and the kinds themselves include this.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "src/live/receivers/receiver.hpp"

namespace tunnelscope::live {

// Where a receiver sends to, with the secret already read.
struct Target {
  std::string name;    // as the user gave it
  std::string value;   // the URL or key
  bool secret = false; // it came from a file or the environment
  std::string url;     // `,url=`: another endpoint than the service's own; empty: none
};

std::unique_ptr<Receiver> alertmanager(Target target);
std::unique_ptr<Receiver> pagerduty(Target target);
std::unique_ptr<Receiver> slack(Target target);
std::unique_ptr<Receiver> webhook(Target target);

// Text of an episode for people: harmless (src/escape.hpp), at most `bytes` long, cut with an ellipsis.
std::string plain(std::string_view text, std::size_t bytes);

// "warning: Connection vpn-1: the tunnel ...": an episode in one line.
std::string headline(const diag::AlertChange& change, std::size_t bytes);

std::string dumped(const nlohmann::ordered_json& json);

}  // namespace tunnelscope::live
