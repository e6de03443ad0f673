#include "core/hosting/protocol.hpp"

namespace foley::core {
namespace {

constexpr std::size_t kHeader = 5;  // u32 length of the body, u8 type
constexpr std::uint32_t kMiB = 1024 * 1024;

}  // namespace

std::optional<std::uint32_t> max_body(FrameType type) noexcept {
    switch (type) {
        case FrameType::settle:
        case FrameType::drain:
        case FrameType::stop:
        case FrameType::drained:
            return 0;
        case FrameType::timer:
            return 12;
        case FrameType::state_get:
        case FrameType::state_list:
            return 4 * 1024;
        case FrameType::progress:
            return 8 * 1024;
        case FrameType::configure:
        case FrameType::refused:
        case FrameType::started:
            return 64 * 1024;
        case FrameType::log:
            return 128 * 1024;
        case FrameType::state_value:
        case FrameType::reply:
            return 2 * kMiB;
        case FrameType::state_pairs:
        case FrameType::hello:
            return 4 * kMiB;
        case FrameType::returned:
        case FrameType::timings:
            return 8 * kMiB;
        case FrameType::start:
            return 16 * kMiB;
        case FrameType::event:
        case FrameType::outcomes:
            return 24 * kMiB;
    }
    return std::nullopt;
}

void FrameSplitter::append(std::string_view bytes) {
    // What was taken is dropped only when it is most of the buffer, so that many small frames are not moved each time.
    if (at_ > 0 && at_ * 2 >= bytes_.size()) {
        bytes_.erase(0, at_);
        at_ = 0;
    }
    bytes_.append(bytes);
}

std::optional<Frame> FrameSplitter::next() {
    const std::string_view rest = std::string_view(bytes_).substr(at_);
    if (rest.size() < kHeader) return std::nullopt;
    WireReader header(rest);
    const std::uint32_t size = header.u32();
    const std::uint8_t number = header.u8();
    const auto type = FrameType{number};
    const std::optional<std::uint32_t> limit = max_body(type);
    if (!limit || (number > 64) != from_host_) {
        throw ProtocolError("a frame has the unknown type " + std::to_string(number));
    }
    if (size > *limit) {
        throw ProtocolError("a frame of type " + std::to_string(number) + " announces " + std::to_string(size) +
                            " bytes, " + std::to_string(*limit) + " are allowed");
    }
    if (rest.size() - kHeader < size) return std::nullopt;
    at_ += kHeader + size;
    return Frame{type, rest.substr(kHeader, size)};
}

}  // namespace foley::core
