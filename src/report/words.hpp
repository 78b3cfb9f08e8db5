// Words that several report formats share, and the notes on what logs cannot show.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/report.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::report {

// "ikev1", "ikev2" or "".
std::string_view ike_version(diag::IkeVersion version);

// "strongSwan" for "strongswan"; a name that is not in the table stays as it is.
std::string_view vendor_name(std::string_view vendor);

// "title, https://..., read 2026-11-21".
std::string reference(const kb::Reference& reference);

// The last record of a tunnel, or of all tunnels of a connection, that has been silent for too long to say how it is now; empty:
// it is heard, or it is no tunnel.
std::optional<diag::Time> silent_since(const diag::Report& report, std::string_view subject);

// "2026-03-01 00:01:40; nothing heard since" behind "at the last record, ".
std::string last_heard(diag::Time last);

// The last record of the system whose sessions a finding is about; empty: it is about none.
std::optional<diag::Time> last_of_sessions(const diag::Report& report, const diag::Finding& finding);

// Of the records that a finding rests on: "since 2026-03-01 00:00:10, for 53 min 20 s, still going on" or "records from ... to ..., 12 s";
// of sessions "since ..., last seen ..., no end was logged".
std::string span_in_words(const diag::Finding& finding, const diag::Report& report);

// "1 tunnel", "2 tunnels".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many = {});

// "0 bytes", "831 bytes", "1.2 kB", "3.4 MB".
std::string bytes_in_words(std::int64_t bytes);

// Its subject is `<system>/<what it concerns>`, not a tunnel or connection.
bool is_about_sessions(const diag::Finding& finding);

// The root cause that stands behind a group's primary cause; null: the findings do not have it.
const diag::Finding* finding_of(const diag::Report& report, const diag::SessionGroup& group);

// "aws-client-vpn cvpn-endpoint-..., Office": raw texts.
std::string group_in_words(const diag::SessionGroup& group);

// "5 failed", "24 look failed", "8 failed, 2 look failed": what records say, and flows of Pangolin, which logs no failure, that ended
// as failed ones do.
std::string failures_in_words(std::uint64_t failed, std::uint64_t looks_failed, bool failures_are_logged);

// Over a column that counts both.
std::string_view failed_title(const diag::SessionGroup& group);

// "12 connections, 5 failed, 2 denied, 4 users".
std::string counts_in_words(const diag::SessionGroup& group);

// The same, and how many are open, how long they last, how much they carried.
std::string facts_in_words(const diag::SessionGroup& group);

// The scale of a curve of counts ends at an even number, so that its half is a count as well; `highest` > 0.
std::uint32_t top_of_scale(std::uint32_t highest);
std::vector<std::uint32_t> counts_on(std::uint32_t top_of_scale);  // from the top down to 0

// "2026-03-01 00:00:00 to 01:00:00 UTC, most: 8 at 00:22:00".
std::string span_in_words(const diag::Concurrency& concurrency);

// "4 users: ana, ben, cleo" from the finding's details; raw texts, empty when they name nobody.
std::string affected_in_words(const diag::Finding& finding);

// "for one time no tunnel was up", "2 times no tunnel was up".
std::string without_any_tunnel(std::size_t count);

// Who has to act, as the beginning of a sentence: "gateway: ", "AWS: ", "" for anyone.
std::string actor(std::string_view who);

// "99.12%"; "unknown" when nothing is known; rounded towards zero, so that an outage never shows as 100 %.
std::string percent(const std::optional<double>& ratio);

// The path of a "path:line".
std::string_view path_of(std::string_view at);

// Steps with the same text for several vendors are one step with several commands.
struct FoldedStep {
  std::string who, text;
  struct Command {
    std::string vendor, command;
  };
  std::vector<Command> commands;  // both parts may be empty
};
std::vector<FoldedStep> folded(const std::vector<diag::Step>& steps);

// What a reader may wrongly take from this report, with the checks that would show it.
std::vector<Note> notes_on(const diag::Report& report);

}  // namespace tunnelscope::report
