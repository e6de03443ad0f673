#include "core/hosting/host/state_overlay.hpp"

#include "core/hosting/protocol.hpp"

#include <iterator>

namespace foley::core {

bool StateOverlay::write(std::string_view key, Value value) {
    // Counted without regard to what it replaces: a bound, not a balance.
    const std::size_t size = key.size() + (value ? value->size() : 0) + 9;
    if (size_ + callback_size_ + size > kMaxWrites) return false;
    callback_size_ += size;
    callback_.insert_or_assign(std::string(key), std::move(value));
    return true;
}

const StateOverlay::Value* StateOverlay::find(std::string_view key) const {
    if (const auto found = callback_.find(key); found != callback_.end()) return &found->second;
    if (const auto found = event_.find(key); found != event_.end()) return &found->second;
    return nullptr;
}

std::map<std::string, StateOverlay::Value> StateOverlay::range(std::string_view prefix, std::string_view after) const {
    std::map<std::string, Value> result;
    for (const Writes* writes : {&event_, &callback_}) {
        for (auto it = writes->lower_bound(prefix); it != writes->end() && it->first.starts_with(prefix); ++it) {
            if (it->first > after) result[it->first] = it->second;
        }
    }
    return result;
}

void StateOverlay::keep_callback() {
    for (auto& [key, value] : callback_)
        event_.insert_or_assign(key, std::move(value));
    size_ += callback_size_;
    callback_.clear();
    callback_size_ = 0;
}

void StateOverlay::drop_callback() {
    callback_.clear();
    callback_size_ = 0;
}

std::vector<std::pair<std::string, StateOverlay::Value>> StateOverlay::take() {
    std::vector<std::pair<std::string, Value>> writes(std::make_move_iterator(event_.begin()),
                                                      std::make_move_iterator(event_.end()));
    event_.clear();
    size_ = 0;
    return writes;
}

}  // namespace foley::core
