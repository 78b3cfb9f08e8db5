#include "src/live/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tunnelscope::live {
namespace {

constexpr const char* kSettings =
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"  // a power cut takes no delivery back either
    "PRAGMA wal_autocheckpoint = 256;";

DatabaseFault plain(int result, const char* words) {
  switch (result & 0xff) {
    case SQLITE_FULL: return {"the disk is full", true};
    case SQLITE_IOERR:
    case SQLITE_NOMEM: return {words, true};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {"another process uses it"};
    case SQLITE_READONLY:
    case SQLITE_PERM: return {"it cannot be written"};
    case SQLITE_CANTOPEN: return {"it cannot be opened: its folder must exist and be writable"};
    case SQLITE_NOTADB: return {"it is no state of tunnelscope"};
    case SQLITE_CORRUPT: return {"it is damaged"};
    default: return {words};
  }
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)), next_(other.next_) {}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::check(int result) {
  if (result != SQLITE_OK) database_.fail(result);
}

Statement& Statement::bind(std::int64_t value) {
  if (statement_ != nullptr) check(sqlite3_bind_int64(statement_, next_++, value));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  if (statement_ != nullptr) check(sqlite3_bind_text64(statement_, next_++, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  if (statement_ != nullptr) check(sqlite3_bind_blob64(statement_, next_++, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

bool Statement::step() {
  if (statement_ == nullptr || !database_.fault_.reason.empty()) return false;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) database_.fail(result);
  return false;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Statement::text(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }

tl::expected<Database, DatabaseFault> Database::open(const std::string& path) {
  if (!path.empty()) {  // it holds lines of logs: for its owner alone; SQLite's other files follow it
    const int made = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (made < 0 && (errno == ENOSPC || errno == EDQUOT)) return tl::unexpected(plain(SQLITE_FULL, ""));
    if (made >= 0) ::close(made);
  }
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(std::unique_ptr<sqlite3, Close>(handle), path);
  if (result != SQLITE_OK) return tl::unexpected(plain(result, sqlite3_errstr(result)));
  database.run(kSettings);
  database.begin();  // takes the lock, which stays
  if (auto taken = database.commit(); !taken) return tl::unexpected(taken.error());
  return database;
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (fault_.reason.empty()) {
    const int result = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (result != SQLITE_OK) fail(result);
  }
  return Statement(*this, statement);
}

void Database::run(std::string_view sql) {
  if (!fault_.reason.empty()) return;
  const int result = sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) fail(result);
}

void Database::begin() { run("BEGIN IMMEDIATE"); }

tl::expected<void, DatabaseFault> Database::commit() {
  run("COMMIT");
  if (fault_.reason.empty()) return {};
  DatabaseFault fault = std::exchange(fault_, {});
  roll_back();
  return tl::unexpected(std::move(fault));
}

void Database::roll_back() {
  fault_ = {};
  if (sqlite3_get_autocommit(handle_.get()) == 0) sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::fail(int result) {
  if (fault_.reason.empty()) fault_ = plain(result, sqlite3_errmsg(handle_.get()));
}

}  // namespace tunnelscope::live
