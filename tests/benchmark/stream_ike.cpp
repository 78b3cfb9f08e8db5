// The IKE log of one Site-to-Site tunnel, as an export to S3 has it: `<ISO time> {json}`.
// 19 of 20 records are routine: exchanges and DPD with random message ids, both phases established. The rest belong to
// episodes, which are told from beginning to end with the phase states that fit: rekeys, and now and then an outage.
#include <fmt/format.h>

#include <array>
#include <deque>

#include "stream.hpp"

namespace benchmark {
namespace {

constexpr std::string_view kUp = "established", kRekeying = "rekeying", kNegotiating = "negotiating", kDown = "down";
constexpr double kEpisodeShare = 0.05;  // of all records

struct Step {
  std::string details;
  std::string_view phase1, phase2;
};

class IkeStream : public Stream {
 public:
  using Stream::Stream;

  std::string file_name() const override {
    return fmt::format("vpn-0123456789a{:06x}_203.0.113.{}-IKE.log", number_ / 2, 1 + number_ % 250);
  }

  void append_line(std::string& out) override {
    advance();
    if (episode_.empty() && !settings_.routine_only && random_.chance(kEpisodeBegins)) begin_episode();
    if (episode_.empty()) {
      append_record(out, routine(), kUp, kUp);
      return;
    }
    const Step& step = episode_.front();
    append_record(out, step.details, step.phase1, step.phase2);
    episode_.pop_front();
  }

 private:
  // Of 100 episodes: 80 rekeys of Phase 2 (3 records), 10 of Phase 1 (3), 6 dead peers (18), 4 deletions (3).
  static constexpr double kMeanEpisode = 0.80 * 3 + 0.10 * 3 + 0.06 * 18 + 0.04 * 3;
  static constexpr double kEpisodeBegins = kEpisodeShare / (kMeanEpisode * (1 - kEpisodeShare) + kEpisodeShare);

  void append_record(std::string& out, std::string_view details, std::string_view phase1, std::string_view phase2) {
    if (!settings_.bare) {
      append_iso(out, ms_);
      out += ' ';
    }
    fmt::format_to(std::back_inserter(out),
                   R"({{"event_timestamp":{},"details":"{}","dpd_enabled":true,"nat_t_detected":{},)"
                   R"("ike_phase1_state":"{}","ike_phase2_state":"{}"}})" "\n",
                   ms_ / 1000, details, number_ % 4 == 0, phase1, phase2);
  }

  std::string routine() {
    static constexpr std::array<std::string_view, 10> kTexts = {
        "AWS tunnel processed request (id={}) for CREATE_CHILD_SA",
        "AWS tunnel is sending response (id={}) for CREATE_CHILD_SA",
        "AWS tunnel is sending request (id={}) for CREATE_CHILD_SA",
        "AWS tunnel processed response (id={}) for CREATE_CHILD_SA",
        "AWS tunnel processed request (id={}) for INFORMATIONAL",
        "AWS tunnel is sending response (id={}) for INFORMATIONAL",
        "AWS tunnel is sending request (id={}) for INFORMATIONAL",
        "AWS tunnel processed response (id={}) for INFORMATIONAL",
        "Sending DPD request with seq_no: {}",
        "Received DPD response with seq_no: {}"};
    return fmt::format(fmt::runtime(kTexts[random_.below(kTexts.size())]), random_.below(100'000));
  }

  void begin_episode() {
    const std::uint64_t lot = random_.below(100);
    if (lot < 80) return rekey_phase2();
    if (lot < 90) return rekey_phase1();
    if (lot < 96) return peer_dies();
    peer_deletes();
  }

  void rekey_phase2() {
    const auto message = random_.below(100'000);
    tell(fmt::format("AWS tunnel is sending request (id={}) for CREATE_CHILD_SA", message), kUp, kRekeying);
    tell(fmt::format("AWS tunnel processed response (id={}) for CREATE_CHILD_SA", message), kUp, kUp);
    tell(fmt::format("AWS tunnel received DELETE for Phase 2 SA with SPI: c{}", id(7)), kUp, kUp);
  }

  void rekey_phase1() {
    const auto message = random_.below(100'000);
    tell(fmt::format("AWS tunnel processed request (id={}) for CREATE_CHILD_SA", message), kRekeying, kUp);
    tell(fmt::format("AWS tunnel is sending response (id={}) for CREATE_CHILD_SA", message), kUp, kUp);
    tell("AWS tunnel received DELETE for IKE_SA from CGW", kUp, kUp);
  }

  // The gateway stops answering, AWS's own attempts stay half open, then the gateway is back.
  void peer_dies() {
    retransmits(random_.below(100'000), kUp, kUp);
    tell("AWS tunnel DPD timed out after 3 retransmits", kDown, kDown);
    for (int attempt = 0; attempt < 2; ++attempt) {
      tell("AWS tunnel is sending request (id=0) for IKE_SA_INIT", kNegotiating, kDown);
      retransmits(0, kNegotiating, kDown);
      tell("AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20", kDown, kDown);
    }
    tell("AWS tunnel processed request (id=0) for IKE_SA_INIT", kNegotiating, kDown);
    tell("AWS tunnel is sending response (id=0) for IKE_SA_INIT", kNegotiating, kDown);
    tell("AWS tunnel processed request (id=1) for IKE_AUTH", kNegotiating, kNegotiating);
    tell("AWS tunnel is sending response (id=1) for IKE_AUTH", kUp, kUp);
  }

  void peer_deletes() {
    const auto message = random_.below(100'000);
    tell(fmt::format("AWS tunnel received DELETE for Phase 2 SA with SPI: c{}", id(7)), kUp, kDown);
    tell(fmt::format("AWS tunnel processed request (id={}) for CREATE_CHILD_SA", message), kUp, kNegotiating);
    tell(fmt::format("AWS tunnel is sending response (id={}) for CREATE_CHILD_SA", message), kUp, kUp);
  }

  void retransmits(std::uint64_t message, std::string_view phase1, std::string_view phase2) {
    for (int attempt = 1; attempt <= 3; ++attempt) {
      tell(fmt::format("AWS tunnel retransmit {} of request with message ID {}", attempt, message), phase1, phase2);
    }
  }

  void tell(std::string details, std::string_view phase1, std::string_view phase2) {
    episode_.push_back({std::move(details), phase1, phase2});
  }

  std::deque<Step> episode_;  // what is still to be told of the current one
};

}  // namespace

std::unique_ptr<Stream> make_ike(const Settings& settings, std::uint64_t number) {
  return std::make_unique<IkeStream>(settings, number);
}

}  // namespace benchmark
