// ProgressPage: the daemon's side of the mapped file in which a host notes what it is doing (the child's side is
// host/page_writer.hpp, the layout is core/hosting/page_layout.hpp and docs/host-protocol.md).
//
// A ring with a slot per delivery: the host stores sequence, callback and outcome around each callback, plain atomic
// stores, no system call. Whatever kills the host or the daemon, the page says which event was in which callback and
// which were finished.
//
// Owner: PluginRunner, shared with the HostProcess that uses it. Thread: the engine's.
#pragma once

#include "core/event/types.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

// A page is believed after a start only if all of this is as expected.
struct PageIdentity {
    std::string boot_id;  // /proc/sys/kernel/random/boot_id
    std::string journal_id;
    std::uint64_t generation = 0;  // the journal's, at the time of writing

    friend bool operator==(const PageIdentity&, const PageIdentity&) = default;
};

struct PageSurvey {
    struct Running {
        Sequence sequence;  // 0: a timer, on_start, …
        std::uint32_t callback = 0;
        std::uint64_t delivery = 0;
        bool rest_only = false;  // the callbacks before this one are finished and left nothing to commit
    };
    std::vector<Sequence> finished;  // done or ignored: final, ascending by delivery
    std::optional<Running> running;  // in a callback when the host ended
};

class ProgressPage {
public:
    struct Recovery {
        bool believed = false;  // the page was of this boot and journal, and not newer than it
        std::string why_not;    // otherwise: a sentence
        PageSurvey survey;
        // A host of an earlier daemon still holds the lock and could not be ended within the limit; its process id.
        std::optional<int> blocked_by;
    };
    // Blocking (up to `limit`): ends a host that outlived its daemon, takes the lock, reads the page. A missing file is
    // a Recovery that is not believed.
    static Recovery recover(const std::filesystem::path& file, const PageIdentity& expected,
                            std::chrono::milliseconds limit);

    // Makes (or makes anew) the file, allocated in full, with `slots` slots, a power of two. Throws std::system_error.
    static std::shared_ptr<ProgressPage> create(const std::filesystem::path& file, const PageIdentity& identity,
                                                std::uint32_t slots);
    virtual ~ProgressPage() = default;

    virtual const std::filesystem::path& file() const noexcept = 0;
    virtual std::uint32_t slots() const noexcept = 0;

    // The number of the next delivery; HostProcess takes one for each. Throws std::logic_error when no slot is free.
    virtual std::uint64_t allot() = 0;
    // What stands on the page of the deliveries from `first` to `last` that are not released. While their host lives,
    // `finished` is final and `running` may have changed already.
    virtual PageSurvey survey(std::uint64_t first, std::uint64_t last) const = 0;

    // Writes the page's head as it was made: between two hosts, since a broken plugin can have written over it.
    virtual void restore_head() = 0;
    // The slots of deliveries up to and including this one may be used again: their outcome is in the journal.
    virtual void release(std::uint64_t delivery) = 0;
    // Deliveries that can be made before a release is needed.
    virtual std::uint32_t free_slots() const noexcept = 0;
};

}  // namespace foley::core
