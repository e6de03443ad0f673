// StateMemory: the plugin's own store at the daemon, as a Memory. Of one callback.
#pragma once

#include "hammertrack/memory.hpp"

#include <foley/state.hpp>

namespace hammertrack {

class StateMemory final : public Memory {
public:
    explicit StateMemory(foley::State& state) noexcept : state_(state) {}

    std::optional<std::string> get(const std::string& key) override { return state_.get(key); }
    void put(const std::string& key, const std::string& value) override { state_.put(key, value); }
    void erase(const std::string& key) override { state_.erase(key); }
    Pairs list(const std::string& prefix, const std::string& after, std::size_t limit) override {
        return state_.list(prefix, after, limit);
    }

private:
    foley::State& state_;
};

}  // namespace hammertrack
