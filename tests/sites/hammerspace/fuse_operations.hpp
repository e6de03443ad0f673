// The FUSE operations of MountedShare; the share is their private_data.
#pragma once

#define FUSE_USE_VERSION 312
#include <fuse3/fuse.h>

namespace foley::sites {

inline constexpr const char* kControlFile = ".sim_hammerspace";

const fuse_operations& share_operations() noexcept;

}  // namespace foley::sites
