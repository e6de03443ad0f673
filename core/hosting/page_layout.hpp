// The two pieces of memory that a daemon and a host share; described in docs/host-protocol.md. Numbers are on disk and
// between processes: they change only with the layout's version.
//
// The progress page is a file, one per plugin, and outlives host and daemon. The host record is an anonymous file, one
// per host process: what it is doing now, and what its signal handler wrote.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace foley::core {

// ── progress page ────────────────────────────────────────────────────────────────────────────────────────────────

inline constexpr std::uint64_t kPageMagic = 0x3147'5059'454c'4f46;  // "FOLEYPG1"
inline constexpr std::uint32_t kPageVersion = 1;

enum class SlotState : std::uint32_t {
    empty = 0,     // also: handed back, not begun
    running = 1,   // in a callback
    finished = 2,  // done or ignored, without writes: final
    open = 3,      // came to something else; final only when the daemon has committed it
};

struct PageSlot {
    std::atomic<std::uint64_t> delivery;
    std::atomic<std::uint64_t> sequence;
    std::atomic<std::uint32_t> callback;
    std::atomic<std::uint32_t> state;  // stored last, with release order
    // 1: the event's callbacks before this one are finished, and none of them wrote to the key-value store or failed.
    std::atomic<std::uint32_t> rest_only;
    std::uint32_t reserved;
};

struct PageHeader {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t slots;  // a power of two; delivery n has slot (n - 1) modulo slots
    std::array<char, 48> boot_id;
    std::array<char, 112> journal_id;
    std::uint64_t generation;
    std::atomic<std::uint64_t> released;         // by the daemon: deliveries up to here are in the journal
    std::atomic<std::uint64_t> host_start_time;  // by the host that holds the lock; stored before host_pid
    std::atomic<std::uint32_t> host_pid;         // 0: none
    std::uint32_t reserved;
    std::array<std::byte, 48> padding;
};
static_assert(sizeof(PageSlot) == 32 && sizeof(PageHeader) == 256);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<std::uint32_t>::is_always_lock_free);

constexpr std::size_t page_size(std::uint32_t slots) {
    return sizeof(PageHeader) + slots * sizeof(PageSlot);
}

// ── host record ──────────────────────────────────────────────────────────────────────────────────────────────────

enum class Phase : std::uint32_t { idle = 0, loading = 1, on_start = 2, event = 3, timer = 4, on_stop = 5 };

// Why a host ended itself; none: it did not, something in the plugin did.
enum class Ending : std::uint32_t {
    none = 0,
    stopped = 1,
    refused = 2,  // said why in a frame
    daemon_gone = 3,
    protocol = 4,            // what the daemon sent made no sense
    descriptors_closed = 5,  // the socket to the daemon was closed or replaced under the host
    memory_limit = 6,
};

enum class CrashState : std::uint32_t { none = 0, writing = 1, complete = 2 };

// Which signal asks a host for the stack of its main thread; added to SIGRTMIN.
inline constexpr int kStackSignalOffset = 5;

struct CrashArea {
    std::atomic<std::uint32_t> state;  // CrashState
    std::uint32_t cause;               // CrashRecord::Cause
    std::int32_t signal;
    std::int32_t signal_code;
    std::uint64_t fault_address;
    std::uint32_t thread;
    std::atomic<std::uint32_t> message_size;
    std::atomic<std::uint32_t> stack_size;  // grows with each address
    std::atomic<std::uint32_t> maps_size;
    std::array<char, 4096> message;
    std::array<std::uint64_t, 512> stack;
    std::array<char, 256 * 1024> maps;
};

struct HostRecord {
    std::atomic<std::uint32_t> attention;  // by the daemon: rises when something urgent is in the socket
    std::atomic<std::uint32_t> ending;     // Ending

    // The present call into the plugin. call is 0 while the rest changes, and otherwise differs for each call.
    std::atomic<std::uint64_t> call;
    std::atomic<std::uint32_t> phase;
    std::atomic<std::uint32_t> callback;
    std::atomic<std::uint64_t> sequence;
    std::atomic<std::uint64_t> delivery;
    std::atomic<std::int64_t> clock;  // CLOCK_MONOTONIC in ns: when the call began or reported progress

    CrashArea crash;
};

}  // namespace foley::core
