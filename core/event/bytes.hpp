// The few primitives that all stored encodings of Foley are made of: bytes, variable-length numbers (LEB128), texts
// with their length before them, and 64-bit numbers in little endian. See docs/journal.md.
#pragma once

#include "core/event/types.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace foley::core {

inline void put_number(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>((value & 0x7f) | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

inline std::size_t number_size(std::uint64_t value) noexcept {
    std::size_t bytes = 1;
    for (; value >= 0x80; value >>= 7)
        ++bytes;
    return bytes;
}

inline void put_text(std::string& out, std::string_view text) {
    put_number(out, text.size());
    out.append(text);
}

inline void put_time(std::string& out, Timestamp time) {
    const auto bits = static_cast<std::uint64_t>(time.time_since_epoch().count());
    for (unsigned shift = 0; shift < 64; shift += 8)
        out.push_back(static_cast<char>((bits >> shift) & 0xff));
}

// Reads from the front of a text and never past its end. Throws std::runtime_error with a sentence about `what` when
// the bytes are not what is asked for.
class ByteReader {
public:
    // Borrows both.
    ByteReader(std::string_view bytes, const char* what) noexcept : rest_(bytes), what_(what) {}

    bool empty() const noexcept { return rest_.empty(); }

    std::uint8_t byte() {
        if (rest_.empty()) refuse("are cut short");
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t next = byte();
            if (shift == 63 && next > 1) break;
            value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
            if ((next & 0x80) == 0) return value;
        }
        refuse("have a number that does not end");
    }

    std::string_view text() {
        const std::uint64_t size = number();
        if (size > rest_.size()) refuse("have a length that runs out of the text");
        const std::string_view value = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return value;
    }

    Timestamp time() {
        std::uint64_t bits = 0;
        for (unsigned shift = 0; shift < 64; shift += 8)
            bits |= static_cast<std::uint64_t>(byte()) << shift;
        return Timestamp(std::chrono::microseconds(static_cast<std::int64_t>(bits)));
    }

private:
    [[noreturn]] void refuse(const char* why) const { throw std::runtime_error(std::string(what_) + " " + why); }

    std::string_view rest_;
    const char* what_;
};

}  // namespace foley::core
