#include "core/hosting/wire.hpp"

namespace foley::core {

void WireReader::refuse_number() {
    throw ProtocolError("a frame ends in the middle of a number");
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
