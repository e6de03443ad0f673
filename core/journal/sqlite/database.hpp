// Database, Statement, Transaction: SQLite's handles as objects, its errors as JournalError with a sentence.
//
// Owner: whoever makes them. Thread: one at a time per Database and what was prepared on it. The Database outlives its
// statements.
#pragma once

#include "core/journal/journal.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace foley::core {

class Database {
public:
    // Opens an existing file, or makes one when `create` is set.
    Database(std::filesystem::path file, bool read_only, bool create = false);

    // Runs one or several statements that return nothing.
    void run(const char* sql);
    // The first column of the first row; 0 when there is none.
    std::int64_t number(const char* sql);
    std::int64_t changes() const noexcept;
    bool in_transaction() const noexcept;

    // The error of the last call as an exception to throw; `doing` completes "The journal X could not be …".
    JournalError error(int code, std::string_view doing) const;
    JournalError damaged(const std::string& what) const;

    const std::filesystem::path& file() const noexcept { return file_; }
    sqlite3* handle() const noexcept { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
    };
    std::filesystem::path file_;
    std::unique_ptr<sqlite3, Close> handle_;
};

// A prepared statement, kept and used again. Texts and blobs that are bound must live until the next reset.
class Statement {
public:
    Statement(Database& database, const char* sql);

    Statement& bind(int index, std::uint64_t value);
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, Sequence value) { return bind(index, value.value); }
    Statement& bind(int index, Timestamp value) { return bind(index, std::int64_t{value.time_since_epoch().count()}); }
    Statement& bind_null(int index);
    Statement& bind_text(int index, std::string_view value);
    Statement& bind_blob(int index, std::string_view value);

    bool step();  // true: a row is there
    void run();   // steps to the end and resets
    void reset() noexcept { sqlite3_reset(handle_.get()); }

    std::int64_t integer(int column) const noexcept { return sqlite3_column_int64(handle_.get(), column); }
    std::uint64_t number(int column) const noexcept { return static_cast<std::uint64_t>(integer(column)); }
    Sequence sequence(int column) const noexcept { return Sequence{number(column)}; }
    Timestamp time(int column) const noexcept { return Timestamp(std::chrono::microseconds(integer(column))); }
    bool null(int column) const noexcept { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
    // Valid until the next step or reset. The bytes of a text or a blob.
    std::string_view bytes(int column) const;

    Database& database() const noexcept { return database_; }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    };
    void check(int code) const;

    Database& database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// Resets a statement when a reading ends, so that its read transaction ends with it.
class ResetAtEnd {
public:
    explicit ResetAtEnd(Statement& statement) noexcept : statement_(statement) {}
    ~ResetAtEnd() { statement_.reset(); }
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;

private:
    Statement& statement_;
};

// Rolls back unless committed.
class Transaction {
public:
    explicit Transaction(Database& database, const char* begin = "BEGIN IMMEDIATE");
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace foley::core
