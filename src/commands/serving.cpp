#include "src/commands/serving.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "src/commands/entries.hpp"
#include "src/escape.hpp"
#include "src/live/server.hpp"
#include "src/live/textfile.hpp"
#include "src/report/describe.hpp"

namespace tunnelscope::commands {
namespace {

using app::Console;
using app::Settings;
using app::UsageError;

constexpr std::string_view kPageAddress = "127.0.0.1:4580";  // of `serve`, unless it is told another
constexpr std::size_t kLongestTokenFile = 4096;

tl::expected<std::string, UsageError> token_of(const Settings& settings, const Console& console) {
  std::string token = console.environment("TUNNELSCOPE_TOKEN");
  std::string whence = "TUNNELSCOPE_TOKEN";
  if (!settings.token_file.empty()) {
    whence = fmt::format("{} {}", app::spelled(settings, "--token-file"), app::for_terminal(settings.token_file));
    std::ifstream file(settings.token_file, std::ios::binary);
    token.assign(kLongestTokenFile, '\0');
    if (!file.read(token.data(), static_cast<std::streamsize>(token.size())) && !file.eof())
      return tl::unexpected(UsageError{fmt::format("{} cannot be read", whence), ""});
    token.resize(static_cast<std::size_t>(file.gcount()));
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  } else if (token.empty()) {
    return token;
  }
  if (const auto good = live::check_token(token); !good)
    return tl::unexpected(UsageError{fmt::format("the token of {} {}", whence, good.error()), "openssl rand -hex 32 makes a good one"});
  return token;
}

tl::expected<live::Door, UsageError> door_of(std::string_view listen, const Settings& settings, const Console& console) {
  const std::string said = fmt::format("{} {}", app::spelled(settings, "--listen"), app::for_terminal(listen));
  const auto address = live::listen_address(listen);
  if (!address) return tl::unexpected(UsageError{fmt::format("{} {}", said, address.error()), "127.0.0.1:4580, [::1]:4580 or, with a token, 0.0.0.0:4580"});
  auto token = token_of(settings, console);
  if (!token) return tl::unexpected(token.error());
  if (token->empty() && !address->is_loopback())
    return tl::unexpected(UsageError{fmt::format("{} can be reached from other machines, and asks for no token", said),
                                     "--token-file FILE, or the token in the environment as TUNNELSCOPE_TOKEN"});
  return live::Door{*address, std::move(*token)};
}

tl::expected<void, UsageError> check_textfile(const Settings& settings) {
  namespace fs = std::filesystem;
  if (settings.textfile.empty()) return {};
  const std::string said = fmt::format("{} {}", app::spelled(settings, "--textfile"), app::for_terminal(settings.textfile));
  const fs::path path(settings.textfile);
  if (path.extension() != ".prom") return tl::unexpected(UsageError{fmt::format("{} does not end in .prom", said), "the node exporter reads no other files"});
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (access(folder.c_str(), W_OK) != 0)
    return tl::unexpected(UsageError{fmt::format("{} cannot be written", said), "its folder must exist and be writable"});
  return {};
}

std::optional<std::string> entry_as_json(const std::string& id, const kb::Knowledge& knowledge) {
  const auto entry = entry_named(id, knowledge);
  if (!entry) return std::nullopt;
  return std::visit([](const auto* found) { return report::described_json(*found); }, *entry);
}

// All that runs beside the watch. The server goes before the site that it asks.
struct Running {
  std::optional<live::Site> site;
  std::unique_ptr<live::Server> server;
  std::unique_ptr<live::Textfile> textfile;
};

bool listen(Running& running, const live::Door& door, const live::Board& board, live::SiteOptions options, Console& console) {
  running.site.emplace(board, std::move(options));
  auto server = live::Server::start(door, *running.site);
  if (!server) {
    app::complain(console, fmt::format("cannot listen on {}: {}", app::for_terminal(door.listen.host), server.error()),
                  door.listen.port == 0 ? "" : "another port is free for certain: 0 takes any");
    return false;
  }
  running.server = std::move(*server);
  console.err(fmt::format("tunnelscope: listening on {}\n", app::for_terminal(running.server->url())));
  return true;
}

}  // namespace

tl::expected<Companion, UsageError> companion_for(const Settings& settings, Console& console, const live::Board& board,
                                                  const kb::Knowledge& knowledge, Shows shows) {
  if (auto good = check_textfile(settings); !good) return tl::unexpected(good.error());
  std::optional<live::Door> door;
  const std::string_view asked_for = settings.listen.empty() && shows == Shows::Pages ? kPageAddress : settings.listen;
  if (!asked_for.empty()) {
    auto asked = door_of(asked_for, settings, console);
    if (!asked) return tl::unexpected(asked.error());
    door = std::move(*asked);
  }
  const auto running = std::make_shared<Running>();
  Companion companion;
  companion.start = [=, &settings, &console, &board, &knowledge] {
    live::SiteOptions options{shows == Shows::Pages, [&knowledge](const std::string& id) { return entry_as_json(id, knowledge); }, console.clock};
    if (door && !listen(*running, *door, board, std::move(options), console)) return false;
    if (!settings.textfile.empty()) {
      running->textfile = std::make_unique<live::Textfile>(settings.textfile, board, [&](const std::string& reason) {
        app::complain(console, fmt::format("{} cannot be written: {}", app::for_terminal(settings.textfile), reason), "it is tried again");
      });
    }
    return true;
  };
  companion.stop = [running] {
    running->textfile.reset();
    running->server.reset();
  };
  return companion;
}

}  // namespace tunnelscope::commands
