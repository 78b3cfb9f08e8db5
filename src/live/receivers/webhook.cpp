// A plain webhook: POST of docs/schema/alert.schema.json, one change a request. The delivery's id is in a header too, so that a receiver
// can tell that it has had it before without reading the body.
#include <nlohmann/json.hpp>

#include "src/live/alert_document.hpp"
#include "src/live/receivers/kinds.hpp"

namespace tunnelscope::live {
namespace {

class Webhook : public Receiver {
 public:
  explicit Webhook(Target target) : target_(std::move(target)) {}
  const std::string& name() const override { return target_.name; }
  int most_a_minute() const override { return 600; }

  Request request(std::span<const Delivery> deliveries, diag::Time) const override {
    const Delivery& d = deliveries.front();
    return {target_.value,
            {"Content-Type: application/json", "Idempotency-Key: " + d.id, "X-Tunnelscope-Delivery: " + d.id},
            alert_document(d.change, d.id, d.repeated),
            target_.secret ? target_.value : std::string()};
  }

 private:
  Target target_;
};

}  // namespace

std::unique_ptr<Receiver> webhook(Target target) { return std::make_unique<Webhook>(std::move(target)); }

}  // namespace tunnelscope::live
