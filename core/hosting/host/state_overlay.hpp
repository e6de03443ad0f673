// StateOverlay: what the callbacks of one event have written to the key-value store and is not committed yet. Reads
// look here first. The writes of a callback join those of the event when it ends well, and are dropped when it fails.
//
// Owner: HostApi. Thread: the main one.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

class StateOverlay {
public:
    using Value = std::optional<std::string>;  // nothing: erased

    // False when the writes of the event would be over the limit.
    bool write(std::string_view key, Value value);
    // The uncommitted write of this key; null when there is none.
    const Value* find(std::string_view key) const;
    // Keys with this prefix after `after`, ascending; in the second, values as the callback sees them.
    std::map<std::string, Value> range(std::string_view prefix, std::string_view after) const;

    bool empty() const noexcept { return event_.empty() && callback_.empty(); }
    void keep_callback();
    void drop_callback();
    // The writes of the whole event, by key; the overlay is empty afterwards.
    std::vector<std::pair<std::string, Value>> take();

private:
    using Writes = std::map<std::string, Value, std::less<>>;
    Writes event_, callback_;
    std::size_t size_ = 0, callback_size_ = 0;
};

}  // namespace foley::core
