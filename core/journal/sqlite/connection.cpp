#include "core/journal/sqlite/connection.hpp"

namespace foley::core {

Statement& Connection::operator()(const char* sql) {
    std::unique_ptr<Statement>& statement = statements_[sql];
    if (!statement) statement = std::make_unique<Statement>(database_, sql);
    return *statement;
}

ReaderPool::Lease ReaderPool::lend() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return lent_ < kMost; });
    idle_.reserve(kMost);  // so that giving back never allocates
    std::unique_ptr<Connection> connection;
    if (idle_.empty()) {
        connection = std::make_unique<Connection>(file_, true);
        connection->database().run("PRAGMA query_only = ON; PRAGMA cache_size = -1024");
    } else {
        connection = std::move(idle_.back());
        idle_.pop_back();
    }
    ++lent_;
    return {connection.release(), Return{this}};
}

void ReaderPool::rest() {
    const std::lock_guard lock(mutex_);
    for (const std::unique_ptr<Connection>& one : idle_)
        sqlite3_db_release_memory(one->database().handle());
}

void ReaderPool::Return::operator()(Connection* connection) const noexcept {
    std::unique_ptr<Connection> owned(connection);
    {
        const std::lock_guard lock(pool->mutex_);
        pool->idle_.push_back(std::move(owned));
        --pool->lent_;
    }
    pool->returned_.notify_one();
}

}  // namespace foley::core
