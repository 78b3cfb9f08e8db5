// The logs of user sessions in the container that each system itself writes: one line begins a session or ends the one
// that has been open longest, so about kOpen sessions of a stream are open at any time. One in fifty attempts fails.
// Pangolin logs a session when it is over: there each line is a whole one.
#include <fmt/format.h>

#include <deque>

#include "stream.hpp"

namespace benchmark {
namespace {

constexpr std::size_t kOpen = 100;
constexpr std::uint64_t kPeople = 500;
constexpr double kFails = 0.02;

struct Session {
  std::string id;
  std::uint64_t user;
  std::int64_t start_ms;
};

class SessionStream : public Stream {
 public:
  using Stream::Stream;

  void append_line(std::string& out) override {
    advance();
    if (random_.chance(kFails)) {
      append_failure(out, new_session());
    } else if (open_.size() > kOpen || (open_.size() > kOpen / 2 && random_.chance(0.5))) {
      append_end(out, open_.front());
      open_.pop_front();
    } else {
      open_.push_back(new_session());
      append_start(out, open_.back());
    }
    out += '\n';
  }

 protected:
  virtual std::string new_id() = 0;
  virtual void append_start(std::string& out, const Session& session) = 0;
  virtual void append_end(std::string& out, const Session& session) = 0;
  virtual void append_failure(std::string& out, const Session& session) = 0;

  Session new_session() {
    std::string own = new_id();
    return {std::move(own), random_.below(kPeople), ms_};
  }
  static std::string home(std::uint64_t user) { return fmt::format("198.51.100.{}", 10 + user % 240); }
  std::int64_t seconds_since(const Session& session) const { return (ms_ - session.start_ms) / 1000; }
  std::string iso(std::int64_t ms) const {
    std::string text;
    append_iso(text, ms);
    return text;
  }

 private:
  std::deque<Session> open_;
};

class ClientVpnStream : public SessionStream {
 public:
  using SessionStream::SessionStream;
  std::string file_name() const override { return fmt::format("cvpn-endpoint-{:017x}.log", number_ + 1); }

 private:
  std::string new_id() override { return "cvpn-connection-0" + id(16); }
  void append_start(std::string& out, const Session& session) override {
    append(out, session, "connection-attempt", "successful", "NA", false);
  }
  void append_end(std::string& out, const Session& session) override {
    append(out, session, "connection-reset", "NA", "NA", true);
  }
  void append_failure(std::string& out, const Session& session) override {
    append(out, session, "connection-attempt", "failed", "client-connect-failed", false);
  }

  void append(std::string& out, const Session& session, std::string_view type, std::string_view status,
              std::string_view reason, bool over) {
    const bool lived = status != "failed";
    const std::string now = blank_iso(ms_), start = lived ? blank_iso(session.start_ms) : "NA";
    const std::uint64_t up = over ? 2'000 + random_.below(1'000'000) : 0, down = over ? up * 3 : 0;
    append_iso(out, ms_);
    fmt::format_to(
        std::back_inserter(out),
        R"( {{"connection-log-type":"{}","connection-attempt-status":"{}","connection-reset-status":"NA",)"
        R"("connection-attempt-failure-reason":"{}","connection-id":"{}","client-vpn-endpoint-id":"cvpn-endpoint-{:017x}",)"
        R"("transport-protocol":"udp","connection-start-time":"{}","connection-last-update-time":"{}","client-ip":"{}",)"
        R"("client-ip-v6":"NA","common-name":"user{}.vpn.example.com","device-type":"{}","device-ip":"{}","port":"{}",)"
        R"("ingress-bytes":"{}","egress-bytes":"{}","ingress-packets":"{}","egress-packets":"{}",)"
        R"("connection-end-time":"{}","connection-duration-seconds":"{}","username":"user{}@example.com"}})",
        type, status, reason, session.id, number_ + 1, start, now,
        lived ? fmt::format("10.200.{}.{}", session.user / 250, 2 + session.user % 250) : "NA", session.user,
        session.user % 2 == 0 ? "mac" : "win", home(session.user), 20'000 + session.user, up, down, up / 700, down / 900,
        over ? now : "NA", over ? std::to_string(seconds_since(session)) : lived ? "0" : "NA", session.user);
  }

  std::string blank_iso(std::int64_t ms) const {  // 2026-03-02 08:00:00
    std::string text = iso(ms).substr(0, 19);
    text[10] = ' ';
    return text;
  }
};

class CloudConnexaStream : public SessionStream {
 public:
  using SessionStream::SessionStream;
  std::string file_name() const override { return fmt::format("part-{:04}.jsonl", number_); }

 private:
  std::string new_id() override { return id(24); }
  void append_start(std::string& out, const Session& session) override { append(out, session, "client-connected", ""); }
  void append_end(std::string& out, const Session& session) override { end_with(out, session, "User Disconnected"); }
  // Attempts that fail are not logged: the nearest to it is a session that ends at once, for a reason of its own.
  void append_failure(std::string& out, const Session& session) override {
    end_with(out, session, "Subscription Limit Exceeded");
  }

  void end_with(std::string& out, const Session& session, std::string_view reason) {
    const std::uint64_t down = 4'000 + random_.below(10'000'000);
    append(out, session, "client-disconnected",
           fmt::format(R"("sessionBytesIn":{},"sessionBytesOut":{},"sessionDisconnectReason":"{}",)"
                       R"("sessionDurationSeconds":{},"sessionEndTime":"{}","sessionDisconnectReasonDescription":"null",)",
                       down, down / 4, reason, seconds_since(session), micros(ms_)));
  }

  void append(std::string& out, const Session& session, std::string_view event, std::string_view ending) {
    const std::uint64_t user = session.user;
    fmt::format_to(
        std::back_inserter(out),
        R"({{"CloudConnexaLogVersion":1,"timestamp":"{}","cloudId":"example-org","service":"CloudConnexa",)"
        R"("traceId":"{}","initiatorPublicIp":"{}","initiator":"{}","initiatorType":"Device",)"
        R"("initiatorName":"user{}-laptop","parentEntity":"{}","parentEntityType":"User","parentEntityName":"User {}",)"
        R"("category":"Security.Logins","eventName":"{}","log":{{{}"clientUUID":"{}","clientOsType":"macOS",)"
        R"-("clientOsVersion":"Ventura (13.3.1)","sessionProtocol":"UDP","clientPublicIp":"{}","sessionStartTime":"{}",)-"
        R"("clientTunnelIpV4":"100.96.{}.{}","clientTunnelIpV6":"fd:0:0:{:x}::2","clientSessionId":"{}",)"
        R"("gatewayRegionName":"Frankfurt","gatewayRegion":"eu-central-{}","gatewayId":"eu-fra-dc{}-g1",)"
        R"("sessionTunnelProtocol":"OpenVPN"}}}})",
        micros(ms_), uuid(random_.next()), home(user), uuid(user), user, uuid(user + kPeople), user, event, ending,
        uuid(user + 2 * kPeople), home(user), micros(session.start_ms), user / 250, 2 + user % 250, 0x8100 + user,
        session.id, 1 + number_, 1 + number_);
  }

  std::string micros(std::int64_t ms) const { return iso(ms).substr(0, 19) + ".000000Z"; }
  static std::string uuid(std::uint64_t number) {
    return fmt::format("{:08x}-{:04x}-4000-8000-{:012x}", number >> 32, (number >> 16) & 0xffff, number & 0xffffffffffff);
  }
};

// Rows of the database, newest first, as the CSV export or as the objects that are streamed to S3.
class PangolinStream : public Stream {
 public:
  PangolinStream(const Settings& settings, std::uint64_t number)
      : Stream(settings, number), csv_(settings.kind == "pangolin-csv") {}

  std::string file_name() const override {
    return fmt::format("connection-audit-logs-site{}.{}", number_ + 1, csv_ ? "csv" : "ndjson");
  }
  std::string header() const override {
    if (!csv_) return {};
    return "sessionId,siteResourceId,orgId,siteId,clientId,clientEndpoint,userId,sourceAddr,destAddr,protocol,"
           "startedAt,endedAt,bytesTx,bytesRx\n";
  }

  void append_line(std::string& out) override {
    csv_ ? retreat() : advance();
    const std::uint64_t user = random_.below(kPeople), resource = 11 + random_.below(8);
    const std::uint64_t port = 20'000 + random_.below(40'000);
    const std::int64_t start = ms_ / 1000;
    const std::int64_t end = start + 2 + static_cast<std::int64_t>(random_.below(300));
    const std::string session = id(16);
    if (csv_) {
      fmt::format_to(std::back_inserter(out),
                     "{},{},example-org,{},{},198.51.100.{}:51820,usr{:06},100.90.{}.{}:{},10.20.0.{}:443,tcp,{},{},0,0\n",
                     session, resource, number_ + 1, 100 + user, 10 + user % 240, user, 128 + user / 250, 2 + user % 250,
                     port, resource, start, end);
      return;
    }
    out += R"({"event":"connection","timestamp":")";
    append_iso(out, ms_);
    fmt::format_to(std::back_inserter(out),
                   R"(","data":{{"id":{},"sessionId":"{}","siteResourceId":{},"orgId":"example-org","siteId":{},)"
                   R"("clientId":{},"clientEndpoint":"198.51.100.{}:51820","userId":"usr{:06}",)"
                   R"("sourceAddr":"100.90.{}.{}:{}","destAddr":"10.20.0.{}:443","protocol":"tcp","startedAt":{},)"
                   R"("endedAt":{},"bytesTx":0,"bytesRx":0}}}})" "\n",
                   ++rows_, session, resource, number_ + 1, 100 + user, 10 + user % 240, user, 128 + user / 250,
                   2 + user % 250, port, resource, start, end);
  }

 private:
  const bool csv_;
  std::uint64_t rows_ = 0;
};

// A connector's lines as `docker logs -t` shows them.
class TwingateStream : public SessionStream {
 public:
  using SessionStream::SessionStream;
  std::string file_name() const override { return fmt::format("connector-{}.txt", number_); }

 private:
  std::string new_id() override { return id(16) + "-" + std::to_string(1 + random_.below(400)); }
  void append_start(std::string& out, const Session& session) override {
    append(out, session, "established_connection", "");
  }
  void append_end(std::string& out, const Session& session) override {
    const std::uint64_t down = 4'000 + random_.below(10'000'000);
    append(out, session, "closed_connection",
           fmt::format(R"(,"duration":{},"rx":{},"tx":{})", ms_ - session.start_ms, down, down / 4));
  }
  void append_failure(std::string& out, const Session& session) override {
    append(out, session, "failed_to_connect", R"(,"error_message":"Unable to connect")");
  }

  void append(std::string& out, const Session& session, std::string_view type, std::string_view ending) {
    const std::uint64_t user = session.user, resource = user % 8;
    fmt::format_to(
        std::back_inserter(out),
        R"({}123456Z ANALYTICS {{"connection":{{"client_ip":"{}","id":"{}","protocol":"tcp","resource_ip":"10.30.0.{}",)"
        R"("resource_port":443{},"cbct_freshness":120,"tunnel_path":"direct","tunnel_proto":"quic\/udp"}},)"
        R"("connector":{{"id":"{}","name":"connector-{}"}},"device":{{"id":"{:08X}-CC2F-48D8-8EFC-EE26E7F8EF9C"}},)"
        R"("event_type":"{}","relays":[],"remote_network":{{"id":"535","name":"Office VPC"}},)"
        R"("resource":{{"address":"app{}.corp.example.com","id":"{}"}},"timestamp":{},)"
        R"("user":{{"email":"user{}@example.com","id":"{}"}},)"
        R"("location":"{{\"geoip\":{{\"city\":\"Berlin\",\"country\":\"DE\",\"lat\":52.5,\"lon\":13.4,\"region\":\"BE\"}}}}"}})",
        iso(ms_).substr(0, 23), home(user), session.id, 5 + resource, ending, 108 + number_, number_, user, type, resource,
        1171 + resource, ms_, user, 1400 + user);
  }
};

template <typename S>
std::unique_ptr<Stream> make(const Settings& settings, std::uint64_t number) {
  return std::make_unique<S>(settings, number);
}

}  // namespace

std::unique_ptr<Stream> make_client_vpn(const Settings& settings, std::uint64_t number) {
  return make<ClientVpnStream>(settings, number);
}
std::unique_ptr<Stream> make_cloudconnexa(const Settings& settings, std::uint64_t number) {
  return make<CloudConnexaStream>(settings, number);
}
std::unique_ptr<Stream> make_pangolin(const Settings& settings, std::uint64_t number) {
  return make<PangolinStream>(settings, number);
}
std::unique_ptr<Stream> make_twingate(const Settings& settings, std::uint64_t number) {
  return make<TwingateStream>(settings, number);
}

}  // namespace benchmark
