// Memory of this process that is free goes back to the system.
#pragma once

namespace foley::core {

// Whatever the allocator keeps for later use. Takes milliseconds after a flood; any thread.
void give_back_free_memory() noexcept;

}  // namespace foley::core
