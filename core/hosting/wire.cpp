#include "core/hosting/wire.hpp"

namespace foley::core {

std::uint64_t WireReader::number(unsigned bytes) {
    if (bytes_.size() < bytes) throw ProtocolError("a frame ends in the middle of a number");
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) {
        value |= std::uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
    }
    bytes_.remove_prefix(bytes);
    return value;
}

std::uint8_t WireReader::at_most(std::uint8_t highest) {
    const std::uint8_t value = u8();
    if (value > highest) throw ProtocolError("a frame has the unknown code " + std::to_string(value));
    return value;
}

std::uint32_t WireReader::count(std::size_t smallest) {
    const std::uint32_t items = u32();
    if (items > bytes_.size() / smallest) {
        throw ProtocolError("a frame announces " + std::to_string(items) + " items and has no room for them");
    }
    return items;
}

std::string_view WireReader::text() {
    const std::uint32_t size = u32();
    if (size > bytes_.size()) throw ProtocolError("a frame announces a text longer than itself");
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
}

void WireReader::end() const {
    if (!bytes_.empty()) throw ProtocolError("a frame has " + std::to_string(bytes_.size()) + " bytes too many");
}

}  // namespace foley::core
