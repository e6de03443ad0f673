// State: the plugin's small durable key-value store. Keys are 1 to 1024 bytes, values up to 1 MiB.
//
// Reads see the callback's own writes. Writes become durable together with the outcome of the callback that made them,
// and are dropped when it fails. Thread: the callback's. Throws foley::Error when a key or value is over its limit or
// the daemon does not answer.
#pragma once

#include <foley/abi.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley {

class State {
public:
    explicit State(const foley_host& host) noexcept : host_(&host) {}

    std::optional<std::string> get(std::string_view key) const;
    void put(std::string_view key, std::string_view value);
    // Nothing happens when there is no such key.
    void erase(std::string_view key);

    // The pairs whose key starts with `prefix` and is greater than `after`, by key ascending, `limit` at most.
    std::vector<std::pair<std::string, std::string>> list(std::string_view prefix = {}, std::string_view after = {},
                                                          std::size_t limit = 1000) const;

    // All pairs whose key starts with `prefix`, by key, read page by page; `each` may write to the store.
    void for_each(std::string_view prefix,
                  const std::function<void(const std::string& key, const std::string& value)>& each) const;

private:
    const foley_host* host_;
};

}  // namespace foley
