// The order of identities is a rule of the product: see the issue and docs/.
#include "src/input/recorder.hpp"

#include "src/escape.hpp"

namespace tunnelscope::input {

Recorder::Recorder(diag::Intake& intake, const ReadOptions& options)
    : intake_(intake), option_(identity_of_option(options.tunnel)), until_(options.until) {}

void Recorder::begin_input(std::string_view path) {
  intake_.begin_input(path);
  know_path(path);
}

void Recorder::begin_input(std::string_view path, std::uint32_t number) {
  intake_.begin_input(path, number);
  know_path(path);
}

void Recorder::know_path(std::string_view path) {
  path_ = identity_in_path(path);
  has_container_ = false;
  local_times_.begin_input();
  ++inputs_begun_;
}

const Identity& Recorder::identity(const Identity& own, const Context& context) const {
  for (const Identity* const who : {&context.stream, &own, &path_, &option_})
    if (who->known()) return *who;
  return context.stream;
}

std::uint32_t Recorder::tunnel_of(diag::Dialect dialect, const Identity& own, const Context& context) {
  const Identity& who = identity(own, context);
  return intake_.tunnel_of(dialect, who.connection(), who.outside_ip(), who.stream());
}

void Recorder::container(std::string_view name) {
  if (has_container_ || name.empty()) return;
  has_container_ = true;
  intake_.container(name);
}

void Recorder::record(diag::TunnelRecord& record, const Identity& own, const Context& context) {
  if (seen_ != nullptr) {
    ++seen_->records;
    seen_->record = record;
    seen_->own = own;
    seen_->context = context;
  }
  container(context.container);
  if (!wants(record.time)) return;
  const Identity& who = identity(own, context);
  record.connection = who.connection();
  record.outside_ip = who.outside_ip();
  record.stream = who.stream();
  record.envelope_time = context.time;
  intake_.record(record, context.line);
}

// Nobody reads a name or a reason of megabytes, and reports repeat them.
bool Recorder::cut_texts(diag::SessionRecord& r) {
  constexpr std::size_t kLongestText = 2048;
  static_assert((kLongestText & (kLongestText - 1)) == 0);
  const std::size_t sizes = r.id.size() | r.group.size() | r.group_name.size() | r.organisation.size() | r.gateway.size() |
                            r.connector.size() | r.source.size() | r.user.size() | r.device.size() | r.address.size() |
                            r.resource.size() | r.protocol.size() | r.message.size();
  if (sizes < kLongestText) return false;  // no size has a bit so high
  bool any = false;
  for (std::string_view* text : {&r.id, &r.group, &r.group_name, &r.organisation, &r.gateway, &r.connector, &r.source, &r.user,
                                 &r.device, &r.address, &r.resource, &r.protocol, &r.message}) {
    if (text->size() <= kLongestText) continue;
    any = true;
    *text = app::first_bytes(*text, kLongestText);
  }
  return any;
}

void Recorder::session(diag::SessionRecord& record, const Context& context, diag::Time local) {
  if (seen_ != nullptr) ++seen_->others;
  const bool yearless = local == diag::kNoTime;
  if (yearless) local = context.yearless;
  if (record.time == diag::kNoTime) record.time = context.time;
  const bool is_local = record.time == diag::kNoTime;
  if (is_local && local == diag::kNoTime) return skip("no time", context);
  container(context.container);
  record.envelope_time = context.time;
  if (record.source.empty()) record.source = context.source;
  if (cut_texts(record)) note("text longer than 2 KiB, cut", context);
  if (is_local) {
    record.time = local;
    record.yearless = yearless;
    if (local_times_.may_wait()) return local_times_.wait(record, context.line);
    if (local_times_.knows()) local_times_.settle(record);
  } else if (local != diag::kNoTime) {
    const bool knew = local_times_.knows();
    local_times_.see(local, yearless, record.time);
    if (!knew && local_times_.knows()) release_waiting();
  }
  hand_over(record, context.line);
}

void Recorder::release_waiting() {
  for (const LocalTimes::Waiting& waiting : local_times_.release()) hand_over(waiting.record, waiting.line);
}

void Recorder::hand_over(const diag::SessionRecord& record, std::uint64_t line) {
  if (wants(record.time) || record.yearless) intake_.session(record, line);
}

}  // namespace tunnelscope::input
