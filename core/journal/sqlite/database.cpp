#include "core/journal/sqlite/database.hpp"

#include <cerrno>
#include <new>
#include <system_error>

namespace foley::core {
namespace {

constexpr int kBusyTimeoutMs = 5000;

bool no_space(int system_errno) noexcept {
    return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
}

// The errno of the last failure on the file or on its log: SQLite tells ENOSPC as such, but the other reasons for which
// nothing more can be written only as an I/O error.
bool file_has_no_space(sqlite3* handle) noexcept {
    int last = 0;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &last) == SQLITE_OK && no_space(last))
        return true;
    sqlite3_file* log = nullptr;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK) return false;
    if (log == nullptr || log->pMethods == nullptr) return false;
    return log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &last) == SQLITE_OK && no_space(last);
}

bool out_of_space(sqlite3* handle, int code) noexcept {
    const int primary = code & 0xff;
    if (primary == SQLITE_FULL) return true;
    if (handle == nullptr || (primary != SQLITE_IOERR && primary != SQLITE_CANTOPEN)) return false;
    // Growing the index of the log fails for want of space alone.
    if (sqlite3_extended_errcode(handle) == SQLITE_IOERR_SHMSIZE) return true;
    return no_space(sqlite3_system_errno(handle)) || file_has_no_space(handle);
}

}  // namespace

Database::Database(std::filesystem::path file, bool read_only, bool create) : file_(std::move(file)) {
    int flags = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (create) flags |= SQLITE_OPEN_CREATE;
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(file_.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw error(code, "opened");
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kBusyTimeoutMs);
}

void Database::run(const char* sql) {
    const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw error(code, "used");
}

std::int64_t Database::number(const char* sql) {
    Statement statement(*this, sql);
    return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Database::changes() const noexcept {
    return sqlite3_changes64(handle_.get());
}

bool Database::in_transaction() const noexcept {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

JournalError Database::error(int code, std::string_view doing) const {
    using Kind = JournalError::Kind;
    const bool io = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    const int system_errno = handle_ && io ? sqlite3_system_errno(handle_.get()) : 0;
    const std::string what = "The journal " + file_.string() + " could not be " + std::string(doing);
    std::string why = sqlite3_errstr(code);
    if (handle_ && (sqlite3_errcode(handle_.get()) & 0xff) == (code & 0xff)) why = sqlite3_errmsg(handle_.get());
    const int primary = code & 0xff;
    if (primary == SQLITE_NOMEM) throw std::bad_alloc();
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) return damaged(why);
    if (out_of_space(handle_.get(), code)) {
        return {Kind::full, what +
                                ": there is no space left for it. Nothing was written; free some space, then it goes "
                                "on by itself."};
    }
    if (system_errno != 0) why += " (" + std::generic_category().message(system_errno) + ")";
    if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
        return {Kind::unavailable, what + ": another program has had it locked for " +
                                       std::to_string(kBusyTimeoutMs / 1000) + " s (" + why + "). End that program."};
    }
    return {Kind::unavailable, what + ": " + why + ". Check the disk and the rights on the file."};
}

JournalError Database::damaged(const std::string& what) const {
    return {
        JournalError::Kind::damaged,
        "The journal " + file_.string() + " is damaged: " + what +
            ". It is left as it is. Stop foleyd, copy the file and those beside it away, check the disk, then restore "
            "a backup or move the file away to begin a new journal."};
}

Statement::Statement(Database& database, const char* sql) : database_(database) {
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(database.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw database.error(code, "read");
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) throw database_.error(code, "used");
}

Statement& Statement::bind(int index, std::uint64_t value) {
    return bind(index, static_cast<std::int64_t>(value));
}

Statement& Statement::bind(int index, std::int64_t value) {
    check(sqlite3_bind_int64(handle_.get(), index, value));
    return *this;
}

Statement& Statement::bind_null(int index) {
    check(sqlite3_bind_null(handle_.get(), index));
    return *this;
}

Statement& Statement::bind_text(int index, std::string_view value) {
    const char* data = value.data() == nullptr ? "" : value.data();
    check(sqlite3_bind_text64(handle_.get(), index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view value) {
    const char* data = value.data() == nullptr ? "" : value.data();
    check(sqlite3_bind_blob64(handle_.get(), index, data, value.size(), SQLITE_STATIC));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const JournalError error = database_.error(code, sqlite3_stmt_readonly(handle_.get()) != 0 ? "read" : "written");
    reset();
    throw error;
}

void Statement::run() {
    while (step()) {
    }
    reset();
}

std::string_view Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(handle_.get(), column);
    const int size = sqlite3_column_bytes(handle_.get(), column);
    if (data == nullptr || size <= 0) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Transaction::Transaction(Database& database, const char* begin) : database_(database) {
    database.run(begin);
}

Transaction::~Transaction() {
    // Some errors (a full disk, an I/O error) have rolled it back already.
    if (open_ && database_.in_transaction()) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    database_.run("COMMIT");
    open_ = false;
}

}  // namespace foley::core
