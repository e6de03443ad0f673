// Connection: a Database with its prepared statements. ReaderPool: a few of them for reading, lent one at a time.
#pragma once

#include "core/journal/sqlite/database.hpp"

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace foley::core {

// Thread: one at a time.
class Connection {
public:
    Connection(const std::filesystem::path& file, bool read_only) : database_(file, read_only) {}

    // The prepared statement of this text, which must be a constant: it is known by its address.
    Statement& operator()(const char* sql);
    Database& database() noexcept { return database_; }

private:
    Database database_;
    std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;  // destroyed before the database
};

// Threads: any. Outlives what it lends.
class ReaderPool {
public:
    explicit ReaderPool(std::filesystem::path file) : file_(std::move(file)) {}

    struct Return {
        ReaderPool* pool;
        void operator()(Connection* connection) const noexcept;
    };
    using Lease = std::unique_ptr<Connection, Return>;

    // Waits while all are lent. Throws JournalError when a new one cannot be opened.
    Lease lend();
    // Those that nobody has keep nothing in memory that they can read again.
    void rest();

private:
    static constexpr std::size_t kMost = 8;

    const std::filesystem::path file_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t lent_ = 0;
};

}  // namespace foley::core
