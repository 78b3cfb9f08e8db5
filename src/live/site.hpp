// What the server answers: one table of routes over the board. No sockets here. In: a path. Out: an answer; texts are written once a version
// and shared by all who ask. docs/openapi.yaml describes the answers. Used by several threads at once.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "src/live/board.hpp"

namespace tunnelscope::live {

struct Answer {
  int status = 200;
  std::string type = "application/json";
  std::shared_ptr<const std::string> body;  // never null, unless it is a stream
  std::string etag;                         // empty: none
  std::string policy;                       // Content-Security-Policy; empty: nothing may be loaded
  bool is_stream = false;                   // of events, as Site::event_of says them
};

struct SiteOptions {
  bool pages = false;  // false: metrics and health alone
  // What `explain ID --format json` says; empty: there is no such entry. Called by several threads at once.
  std::function<std::optional<std::string>(const std::string& id)> explain;
  std::function<diag::Time()> clock;  // this machine's
};

class Site;
struct Route {
  std::string_view path;  // ends in "/{id}": what follows the slash is the id
  bool of_pages;          // with SiteOptions::pages alone
  Answer (Site::*answer)(const Snapshot& snapshot, const std::string& id) const;
};
std::span<const Route> routes();

class Site {
 public:
  Site(const Board& board, SiteOptions options);

  // `path`: decoded, without a query. `known`: of If-None-Match.
  Answer answer(const std::string& path, std::string_view known) const;
  const Board& board() const { return board_; }
  // A server-sent event; `repeated`: it says again what was said, so that the page knows that somebody is there.
  std::string event_of(const Snapshot& snapshot, bool repeated) const;

  Answer page(const Snapshot& snapshot, const std::string& id) const;
  Answer style(const Snapshot& snapshot, const std::string& id) const;
  Answer script(const Snapshot& snapshot, const std::string& id) const;
  Answer report(const Snapshot& snapshot, const std::string& id) const;
  Answer explain(const Snapshot& snapshot, const std::string& id) const;
  Answer events(const Snapshot& snapshot, const std::string& id) const;
  Answer openapi(const Snapshot& snapshot, const std::string& id) const;
  Answer health(const Snapshot& snapshot, const std::string& id) const;
  Answer metrics(const Snapshot& snapshot, const std::string& id) const;

 private:
  // The text of the newest version that was asked for.
  struct Kept {
    std::mutex mutex;
    std::uint64_t version = 0;
    std::shared_ptr<const std::string> text;
  };
  Answer kept(Kept& kept, const Snapshot& snapshot, std::string type, const std::function<std::string()>& write) const;
  std::string etag(std::uint64_t version) const;
  // Why nothing here may be taken for the present; empty: it may.
  std::string stale(const Snapshot& snapshot) const;

  const Board& board_;
  const SiteOptions options_;
  const std::string run_;  // tells the versions of this process from those of others
  mutable Kept page_, report_;
};

Answer problem(int status, std::string_view reason);

}  // namespace tunnelscope::live
