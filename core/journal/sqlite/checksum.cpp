// The hash is compiled into this file, not linked: its small-input path must be inlined to be fast.
#define XXH_INLINE_ALL
#include "core/journal/sqlite/checksum.hpp"

#include <bit>

#include <xxhash.h>

namespace foley::core {

static_assert(std::endian::native == std::endian::little, "numbers enter the checksum in little endian");

Checksum& Checksum::add(std::uint64_t number) noexcept {
    sum_ = XXH3_64bits_withSeed(&number, sizeof number, sum_);
    return *this;
}

Checksum& Checksum::add(std::string_view bytes) noexcept {
    add(std::uint64_t{bytes.size()});
    sum_ = XXH3_64bits_withSeed(bytes.data(), bytes.size(), sum_);
    return *this;
}

}  // namespace foley::core
