#include "core/journal/sqlite/create.hpp"

#include "core/journal/sqlite/schema.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

namespace fs = std::filesystem;

// 128 random bits in hex. Tells journals apart, not a secret.
std::string random_id() {
    std::random_device device;
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string id;
    for (int part = 0; part < 4; ++part) {
        std::uint32_t bits = device();
        for (int digit = 0; digit < 8; ++digit, bits >>= 4)
            id.push_back(kDigits[bits & 15]);
    }
    return id;
}

JournalError failed(const fs::path& file, const std::string& what) {
    const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return {full ? JournalError::Kind::full : JournalError::Kind::unavailable,
            file.string() + " could not be " + what + ": " + std::generic_category().message(errno) + "."};
}

void sync_directory(const fs::path& directory) {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) throw failed(directory, "opened");
    const int result = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    errno = error;
    if (result != 0) throw failed(directory, "written to disk");
}

fs::path with(const fs::path& file, const char* suffix) {
    return file.string() + suffix;
}

fs::path directory_of(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

void remove_all_of(const fs::path& file) {
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
        std::error_code ignored;
        fs::remove(with(file, suffix), ignored);
    }
}

void create(const fs::path& file) {
    const fs::path half = with(file, ".new");
    remove_all_of(half);
    {
        Database database(half, false, true);
        database.run("PRAGMA page_size = 8192; PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
        database.run(("PRAGMA application_id = " + std::to_string(kJournalApplicationId)).c_str());
        migrate(database, journal_migrations());
    }
    {
        Connection connection(half, false);
        JournalState state;
        state.id = random_id();
        write_state(connection, state);
    }
    if (::chmod(half.c_str(), 0640) != 0) throw failed(half, "made");
    if (::rename(half.c_str(), file.c_str()) != 0) throw failed(file, "made");
    sync_directory(directory_of(file));
}

void refuse_empty(const fs::path& file) {
    throw JournalError(JournalError::Kind::damaged,
                       "The journal " + file.string() +
                           " is empty, which Foley never leaves behind. It is left as it is. Restore a backup, or move "
                           "the file and those beside it away to begin a new journal.");
}

void refuse_orphan(const fs::path& log) {
    throw JournalError(JournalError::Kind::damaged,
                       "The journal is gone but its write-ahead log " + log.string() +
                           " is there, with events in it. Restore the file beside it, or move the log away to begin a "
                           "new journal.");
}

std::uintmax_t size_of(const fs::path& file) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    return error ? 0 : size;
}

}  // namespace

void create_or_upgrade(const fs::path& file) {
    std::error_code error;
    const bool exists = fs::exists(file, error);
    if (error) throw JournalError(JournalError::Kind::unavailable, file.string() + ": " + error.message() + ".");
    if (!exists) {
        if (size_of(with(file, "-wal")) > 0) refuse_orphan(with(file, "-wal"));
        create(file);
        return;
    }
    if (size_of(file) == 0) refuse_empty(file);
    Database database(file, false);
    database.run("PRAGMA synchronous = FULL");
    migrate(database, journal_migrations());
}

JournalState open_generation(Connection& connection) {
    JournalState state = read_state(connection);
    const bool clean = state.clean;
    ++state.generation;
    state.clean = false;
    // The head is in every transaction; what follows only guards against a row that a person mended.
    Statement newest(connection.database(), "SELECT coalesce(max(sequence), 0) FROM events");
    if (newest.step()) state.head = std::max(state.head, newest.sequence(0));
    newest.reset();
    connection.database().run("PRAGMA synchronous = FULL");  // refused inside a transaction
    Transaction transaction(connection.database());
    write_state(connection, state);
    transaction.commit();
    state.clean = clean;
    return state;
}

}  // namespace foley::core
