// Reading and writing of little-endian numbers and length-prefixed texts, as frames of the host protocol hold them.
//
// Thread: distinct objects are independent. Throws: WireReader throws ProtocolError for anything that is not what was
// asked for; nothing it is given makes it read beyond the bytes, or reserve more memory than they justify.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace foley::core {

// The other side broke the host protocol. The text says how.
class ProtocolError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class WireWriter {
public:
    explicit WireWriter(std::string& out) noexcept : out_(out) {}

    void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    void u32(std::uint32_t value) { number<4>(value); }
    void u64(std::uint64_t value) { number<8>(value); }
    void i64(std::int64_t value) { number<8>(static_cast<std::uint64_t>(value)); }
    void boolean(bool value) { u8(value ? 1 : 0); }
    void count(std::size_t value) { u32(static_cast<std::uint32_t>(value)); }
    void text(std::string_view value) {
        count(value.size());
        out_.append(value);
    }

private:
    template <std::size_t kBytes>
    void number(std::uint64_t value) {
        std::array<char, kBytes> bytes;
        for (std::size_t i = 0; i < kBytes; ++i)  // one store, when compiled
            bytes[i] = static_cast<char>((value >> (8 * i)) & 0xff);
        out_.append(bytes.data(), kBytes);
    }
    std::string& out_;
};

class WireReader {
public:
    // The bytes must outlive the reader and the texts that it gives.
    explicit WireReader(std::string_view bytes) noexcept : bytes_(bytes) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(number<1>()); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number<4>()); }
    std::uint64_t u64() { return number<8>(); }
    std::int64_t i64() { return static_cast<std::int64_t>(number<8>()); }
    bool boolean() { return at_most(1) != 0; }
    // A number up to and including `highest`: an enumerator.
    std::uint8_t at_most(std::uint8_t highest);
    // How many items follow that take at least `smallest` bytes each.
    std::uint32_t count(std::size_t smallest);
    std::string_view text();
    std::string string() { return std::string(text()); }
    // The frame must be at its end here.
    void end() const;

private:
    template <std::size_t kBytes>
    std::uint64_t number() {
        if (bytes_.size() < kBytes) refuse_number();
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < kBytes; ++i)  // one load, when compiled
            value |= std::uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
        bytes_.remove_prefix(kBytes);
        return value;
    }
    [[noreturn]] static void refuse_number();
    std::string_view bytes_;
};

}  // namespace foley::core
