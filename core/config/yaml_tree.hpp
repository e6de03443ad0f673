// YamlNode: a parsed YAML document in which every key and value knows its place. yaml-cpp's own nodes forget the places
// of keys and keep the first of two equal keys silently; here the second is a problem.
#pragma once

#include "core/config/problem.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

struct YamlEntry;

struct YamlNode {
    enum class Kind { null, scalar, sequence, map };

    Kind kind = Kind::null;
    std::string text;    // of a scalar
    bool plain = false;  // a scalar without quotes
    std::shared_ptr<const std::string> file = std::make_shared<const std::string>();
    int line = 0;
    int column = 0;
    std::vector<YamlNode> items;
    std::vector<YamlEntry> entries;

    Position position() const { return {*file, line, column}; }
    const YamlNode* find(std::string_view key) const noexcept;
};

struct YamlEntry {
    std::string key;
    Position position;
    YamlNode value;
};

// "text", "a list", "a mapping", "nothing": for sentences.
std::string_view describe(const YamlNode& node) noexcept;

// Parses one document. A duplicate key, a second document or an unusable key becomes a problem, and what was read is
// returned all the same. Nothing, and a problem, when the text is not YAML. `name` stands in the positions.
std::optional<YamlNode> parse_yaml(std::string_view text, const std::string& name, Problems& problems);

}  // namespace foley::core
