// The kinds of sources by how their names begin; a file's is any name.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/live/sources/cloudwatch.hpp"
#include "src/live/sources/kinds.hpp"

namespace tunnelscope::live {
namespace {

using Made = tl::expected<std::unique_ptr<Source>, SourceError>;

struct Kind {
  std::string_view prefix;
  Made (*make)(const std::string& name, const std::string& cursor, const app::Settings& settings, diag::Time now);
};

Made stream(const std::string& name, const std::string&, const app::Settings&, diag::Time) {
  if (name != "-") return tl::unexpected(SourceError{fmt::format("{} is no option", app::for_terminal(name)), "./ before it makes it a file's name"});
  return make_stream_source(STDIN_FILENO);
}

Made file(const std::string& name, const std::string& cursor, const app::Settings&, diag::Time) {
  struct stat status {};
  const bool is_there = ::stat(name.c_str(), &status) == 0;
  if (is_there && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) || S_ISSOCK(status.st_mode))) {
    const int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a FIFO waits for its writer in poll(), not here
    if (descriptor >= 0) return make_stream_source(descriptor);  // for as long as the program runs
    return tl::unexpected(SourceError{fmt::format("{}: {}", app::for_terminal(name), std::strerror(errno)), ""});
  }
  if (is_there && S_ISDIR(status.st_mode)) {
    return tl::unexpected(SourceError{fmt::format("{} is a folder", app::for_terminal(name)), "name the files that grow in it"});
  }
  if (name.ends_with(".gz")) {
    return tl::unexpected(SourceError{fmt::format("{} is compressed, and does not grow by lines", app::for_terminal(name)), "diagnose reads it"});
  }
  return make_file_source(name, cursor);
}

Made cloudwatch(const std::string& name, const std::string& cursor, const app::Settings& settings, diag::Time now) {
  return make_cloudwatch_source(name, cursor, settings, now);
}

constexpr Kind kKinds[] = {
    {"-", stream},
    {"cloudwatch:", cloudwatch},
    {"", file},
};

}  // namespace

Made source_named(const std::string& name, const std::string& cursor, const app::Settings& settings, diag::Time now) {
  for (const Kind& kind : kKinds)
    if (name.starts_with(kind.prefix)) return kind.make(name, cursor, settings, now);
  return tl::unexpected(SourceError{fmt::format("{} is no source", app::for_terminal(name)), ""});
}

}  // namespace tunnelscope::live
