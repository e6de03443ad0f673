// PageWriter: the host's side of the progress page (core/hosting/page_layout.hpp). Plain stores around each callback.
//
// Owner: the host's loop. Thread: the main one. Holds the page's lock until released or destroyed.
#pragma once

#include "core/event/types.hpp"
#include "core/hosting/page_layout.hpp"
#include "core/os/mapped_file.hpp"
#include "core/os/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace foley::core {

class PageWriter {
public:
    // Opens the page and takes its lock, waiting for a host before this one that still ends. Throws std::runtime_error
    // with a sentence when the page cannot be used.
    PageWriter(const std::string& file, std::chrono::milliseconds lock_limit);

    // A callback of this delivery begins. `rest_only`: those before it are finished and left nothing to commit.
    void begin(std::uint64_t delivery, Sequence sequence, std::uint32_t callback, bool rest_only) noexcept;
    // The delivery is over: finished, or open.
    void end(std::uint64_t delivery, SlotState state) noexcept;

    void release_lock();

private:
    PageSlot& slot(std::uint64_t delivery) const noexcept;

    UniqueFd fd_;
    MappedFile memory_;
    PageHeader* header_ = nullptr;
    PageSlot* slots_ = nullptr;
    std::uint32_t mask_ = 0;
};

}  // namespace foley::core
