// Memory: the plugin's durable key-value store, as hammertrack uses it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hammertrack {

class Memory {
public:
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    virtual ~Memory() = default;
    virtual std::optional<std::string> get(const std::string& key) = 0;
    virtual void put(const std::string& key, const std::string& value) = 0;
    virtual void erase(const std::string& key) = 0;
    // The pairs whose key starts with `prefix` and is greater than `after`, ascending, `limit` at most.
    virtual Pairs list(const std::string& prefix, const std::string& after, std::size_t limit) = 0;
};

// Keeps its own changes and reads everything else from another memory: for a dry run, which changes nothing; over
// nothing, for tests.
class VolatileMemory final : public Memory {
public:
    VolatileMemory() = default;
    // `below` must outlive it; see rebase().
    explicit VolatileMemory(Memory* below) : below_(below) {}
    // The memory below is a new object for each callback.
    void rebase(Memory* below) noexcept { below_ = below; }

    std::optional<std::string> get(const std::string& key) override;
    void put(const std::string& key, const std::string& value) override { changes_[key] = value; }
    void erase(const std::string& key) override { changes_[key] = std::nullopt; }
    Pairs list(const std::string& prefix, const std::string& after, std::size_t limit) override;

private:
    Memory* below_ = nullptr;
    std::map<std::string, std::optional<std::string>> changes_;
};

}  // namespace hammertrack
