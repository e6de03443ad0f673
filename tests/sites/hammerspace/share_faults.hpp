// ShareFaults: how the simulated share misbehaves, switched on and off while it runs.
//
// Thread: any; it locks itself. A hanging operation ends when the fault is cleared.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

namespace foley::sites {

enum class ShareFault {
    none,
    echo,         // like a plain file system: the command comes back
    error,        // every set is answered by an error text
    silent,       // every command is answered by nothing and not carried out
    stale,        // ESTALE when the answer is opened
    denied,       // EACCES when the gateway file is created
    full,         // ENOSPC when the gateway file is created
    io_error,     // EIO when the answer is read
    hang_create,  // these four do not come back
    hang_close,
    hang_open,
    hang_read,
    slow,         // every command takes 200 ms
    long_answer,  // every answer that is not empty grows beyond 8192 bytes
    no_newline,   // answers without the line feed at the end
    not_utf8,     // an error text that is no UTF-8
};

std::string_view to_string(ShareFault fault) noexcept;
// Throws std::invalid_argument that names the words there are.
ShareFault share_fault_from(std::string_view word);

class ShareFaults {
public:
    // The fault strikes `times` times; 0: until it is cleared.
    void set(ShareFault fault, unsigned times = 0);
    void clear() { set(ShareFault::none); }
    ShareFault current() const;

    // True when this is the present fault; counts it.
    bool strikes(ShareFault fault);
    // Waits, when this is the present fault, until it is cleared. True: it was.
    bool hang(ShareFault fault);

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    ShareFault fault_ = ShareFault::none;
    unsigned left_ = 0;  // 0: endless
    unsigned generation_ = 0;
};

}  // namespace foley::sites
