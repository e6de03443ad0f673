#include "core/os/memory.hpp"

#include <cstddef>

#include <malloc.h>

// Of jemalloc, which foleyd is linked with and other programs of this project are not.
extern "C" [[gnu::weak]] int mallctl(const char* name, void* old, std::size_t* old_size, void* value,
                                     std::size_t value_size);

namespace foley::core {

void give_back_free_memory() noexcept {
    if (mallctl != nullptr) {
        mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
        mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096: all (MALLCTL_ARENAS_ALL)
    } else {
        ::malloc_trim(0);
    }
}

}  // namespace foley::core
