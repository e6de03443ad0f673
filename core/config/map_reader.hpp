// MapReader: takes typed values out of one mapping. Whatever is wrong becomes a problem and the default stands, so one
// reading finds every error. Keys that nobody asked for are reported by finish().
#pragma once

#include "core/config/credentials.hpp"
#include "core/config/yaml_tree.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

class MapReader {
public:
    // `node` may be null (the section is not there: every default stands) and outlives the reader, as the others do.
    // `path` names the mapping in sentences: "plugins.hammertrack"; empty for the whole file.
    MapReader(const YamlNode* node, std::string path, const ReadingContext& context, Problems& problems);

    // The value of a key, which is known from now on; null: not there or given as nothing.
    const YamlNode* find(std::string_view key);
    // As find, but its absence is a problem.
    const YamlNode* require(std::string_view key);

    void read(std::string_view key, std::string& target);
    void read(std::string_view key, bool& target);
    void read(std::string_view key, std::filesystem::path& target);  // made absolute from the configuration's folder
    void read(std::string_view key, Secret& target);
    void read(std::string_view key, std::vector<std::string>& target);  // a list of texts; one text is a list of one
    void read_number(std::string_view key, std::uint64_t& target, std::uint64_t minimum, std::uint64_t maximum);
    void read_number(std::string_view key, std::uint32_t& target, std::uint32_t minimum, std::uint32_t maximum);
    void read_size(std::string_view key, std::uint64_t& target, std::uint64_t minimum, std::uint64_t maximum);
    template <typename Duration>
    void read_duration(std::string_view key, Duration& target, std::chrono::microseconds minimum,
                       std::chrono::microseconds maximum) {
        std::chrono::microseconds value = target;
        read_microseconds(key, value, minimum, maximum);
        target = std::chrono::duration_cast<Duration>(value);
    }
    // One of these words.
    template <typename Value>
    void read_choice(std::string_view key, Value& target, const std::vector<std::pair<std::string, Value>>& choices) {
        const YamlNode* node = find(key);
        if (node == nullptr) return;
        std::vector<std::string> words;
        for (const auto& [word, value] : choices) {
            if (node->kind == YamlNode::Kind::scalar && word == node->text) {
                target = value;
                return;
            }
            words.push_back(word);
        }
        refuse_choice(*node, name(key), words);
    }

    // Reports the keys that nobody asked for, with what was probably meant.
    void finish();

    std::string name(std::string_view key) const;  // "plugins.hammertrack.start"
    Position position() const;
    bool present() const noexcept { return node_ != nullptr; }
    const ReadingContext& context() const noexcept { return context_; }
    Problems& problems() noexcept { return problems_; }

private:
    void read_microseconds(std::string_view key, std::chrono::microseconds& target, std::chrono::microseconds minimum,
                           std::chrono::microseconds maximum);
    void refuse_choice(const YamlNode& node, const std::string& what, const std::vector<std::string>& words);

    const YamlNode* node_;
    std::string path_;
    const ReadingContext& context_;
    Problems& problems_;
    std::vector<std::string> known_;
};

// The value of one node; a problem and nothing when it is something else. `what` names it in sentences.
std::optional<std::string> as_text(const YamlNode& node, const std::string& what, Problems& problems);
std::optional<bool> as_boolean(const YamlNode& node, const std::string& what, Problems& problems);
std::optional<std::int64_t> as_integer(const YamlNode& node, const std::string& what, Problems& problems);
std::optional<double> as_number(const YamlNode& node, const std::string& what, Problems& problems);
std::optional<std::chrono::microseconds> as_duration(const YamlNode& node, const std::string& what, Problems& problems);
std::optional<std::uint64_t> as_size(const YamlNode& node, const std::string& what, Problems& problems);
std::optional<std::vector<std::string>> as_texts(const YamlNode& node, const std::string& what, Problems& problems);

// A name that can stand in a file name: letters, digits, '_', '-', '.', not first a dot or '-', at most 64.
bool is_plain_name(std::string_view name) noexcept;

// Calls `each(name, value)` for every entry of a mapping of named things ("sites"); a name that is not plain is a
// problem.
void for_each_named(const YamlNode* node, const std::string& what, Problems& problems,
                    const std::function<void(const YamlEntry& entry)>& each);

}  // namespace foley::core
