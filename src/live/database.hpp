// SQLite, as far as the watch needs it: statements with typed values, transactions, and an error that sticks.
// In: SQL and values. Out: rows. After a statement has failed, all others do nothing until the transaction is over, and commit() says why:
// so callers write what they mean and ask once. Owned and used by one thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace tunnelscope::live {

class Database;

// Why nothing can be read or written.
struct DatabaseFault {
  std::string reason;   // in plain words ("the disk is full"); empty: there is none
  bool passes = false;  // the disk or the memory is at fault: the same may go well later
};

// A prepared statement while it runs. `bind` in the order of the question marks, then step() for each row.
class Statement {
 public:
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;

  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);  // text, UTF-8 or not; copied
  Statement& bind_blob(std::string_view bytes);

  bool step();  // true: there is a row
  void run() { while (step()) {} }

  // Of the present row; columns from 0.
  std::int64_t integer(int column) const;
  std::string text(int column) const;  // of texts and blobs
  bool is_null(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  void check(int result);

  Database& database_;
  sqlite3_stmt* statement_;  // nullptr: a fault sticks, and this does nothing
  int next_ = 1;
};

class Database {
 public:
  // Opens or makes the file, for this process alone: a second watch on it is refused. Empty path: a private one that goes with the process.
  static tl::expected<Database, DatabaseFault> open(const std::string& path);

  Statement prepare(std::string_view sql);
  void run(std::string_view sql);  // several statements without values

  void begin();
  // Nothing of the transaction holds when it fails.
  tl::expected<void, DatabaseFault> commit();
  void roll_back();

  const std::string& path() const { return path_; }

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  Database(std::unique_ptr<sqlite3, Close> handle, std::string path) : handle_(std::move(handle)), path_(std::move(path)) {}
  void fail(int result);

  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
  DatabaseFault fault_;
};

}  // namespace tunnelscope::live
