#include "core/config/map_reader.hpp"

#include "core/config/suggestion.hpp"
#include "core/config/units.hpp"

#include <charconv>

namespace foley::core {
namespace {

std::string shown(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar) return std::string(describe(node));
    if (node.text.size() > 60) return "'" + node.text.substr(0, 60) + "…'";
    return "'" + node.text + "'";
}

void expected(const std::string& kind, const YamlNode& node, const std::string& what, Problems& problems) {
    problems.add(node.position(), what + ": expected " + kind + ", found " + shown(node));
}

template <typename Number>
std::optional<Number> parse_number(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar || !node.plain) return std::nullopt;
    Number value{};
    const char* end = node.text.data() + node.text.size();
    const auto [stopped, error] = std::from_chars(node.text.data(), end, value);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::string> as_text(const YamlNode& node, const std::string& what, Problems& problems) {
    if (node.kind == YamlNode::Kind::scalar) return node.text;
    expected("text", node, what, problems);
    return std::nullopt;
}

std::optional<bool> as_boolean(const YamlNode& node, const std::string& what, Problems& problems) {
    if (node.kind == YamlNode::Kind::scalar && node.plain) {
        if (node.text == "true") return true;
        if (node.text == "false") return false;
    }
    expected("true or false", node, what, problems);
    return std::nullopt;
}

std::optional<std::int64_t> as_integer(const YamlNode& node, const std::string& what, Problems& problems) {
    const auto value = parse_number<std::int64_t>(node);
    if (!value) expected("a whole number", node, what, problems);
    return value;
}

std::optional<double> as_number(const YamlNode& node, const std::string& what, Problems& problems) {
    const auto value = parse_number<double>(node);
    const bool finite = value && *value - *value == 0;
    if (finite) return value;
    expected("a number", node, what, problems);
    return std::nullopt;
}

std::optional<std::chrono::microseconds> as_duration(const YamlNode& node, const std::string& what,
                                                     Problems& problems) {
    const auto value = node.kind == YamlNode::Kind::scalar ? parse_duration(node.text) : std::nullopt;
    if (!value) expected("a duration such as 500ms, 5s, 1h 30m or 14d", node, what, problems);
    return value;
}

std::optional<std::uint64_t> as_size(const YamlNode& node, const std::string& what, Problems& problems) {
    const auto value = node.kind == YamlNode::Kind::scalar ? parse_size(node.text) : std::nullopt;
    if (!value) expected("a size such as 64 MiB or 2 GiB", node, what, problems);
    return value;
}

std::optional<std::vector<std::string>> as_texts(const YamlNode& node, const std::string& what, Problems& problems) {
    if (node.kind == YamlNode::Kind::scalar) return std::vector<std::string>{node.text};
    if (node.kind != YamlNode::Kind::sequence) {
        expected("a list of texts", node, what, problems);
        return std::nullopt;
    }
    std::vector<std::string> texts;
    bool good = true;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        auto text = as_text(node.items[i], what + "[" + std::to_string(i) + "]", problems);
        good = good && text.has_value();
        if (text) texts.push_back(std::move(*text));
    }
    return good ? std::optional(std::move(texts)) : std::nullopt;
}

bool is_plain_name(std::string_view name) noexcept {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    if (name.empty() || name.size() > 64 || name.front() == '.' || name.front() == '-') return false;
    for (const char c : name) {
        if (!letter(c) && c != '_' && c != '-' && c != '.') return false;
    }
    return true;
}

void for_each_named(const YamlNode* node, const std::string& what, Problems& problems,
                    const std::function<void(const YamlEntry& entry)>& each) {
    if (node == nullptr || node->kind == YamlNode::Kind::null) return;
    if (node->kind != YamlNode::Kind::map) {
        expected("a mapping of names", *node, what, problems);
        return;
    }
    for (const YamlEntry& entry : node->entries) {
        if (!is_plain_name(entry.key)) {
            problems.add(entry.position, what + ": '" + entry.key +
                                             "' cannot be a name; use up to 64 letters, digits, '_', '-' and '.'");
            continue;
        }
        each(entry);
    }
}

MapReader::MapReader(const YamlNode* node, std::string path, const ReadingContext& context, Problems& problems)
    : node_(node), path_(std::move(path)), context_(context), problems_(problems) {
    if (node_ == nullptr) return;
    if (node_->kind != YamlNode::Kind::map && node_->kind != YamlNode::Kind::null) {
        expected("a mapping", *node_, path_.empty() ? "the configuration" : path_, problems_);
        node_ = nullptr;
    }
}

std::string MapReader::name(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

Position MapReader::position() const {
    return node_ != nullptr ? node_->position() : Position{};
}

const YamlNode* MapReader::find(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
    const YamlNode* value = node_ != nullptr ? node_->find(key) : nullptr;
    return value != nullptr && value->kind != YamlNode::Kind::null ? value : nullptr;
}

const YamlNode* MapReader::require(std::string_view key) {
    const YamlNode* value = find(key);
    if (value == nullptr && node_ != nullptr) problems_.add(position(), name(key) + ": is missing");
    return value;
}

void MapReader::read(std::string_view key, std::string& target) {
    const YamlNode* node = find(key);
    if (node == nullptr) return;
    if (auto value = as_text(*node, name(key), problems_)) target = std::move(*value);
}

void MapReader::read(std::string_view key, bool& target) {
    const YamlNode* node = find(key);
    if (node == nullptr) return;
    target = as_boolean(*node, name(key), problems_).value_or(target);
}

void MapReader::read(std::string_view key, std::filesystem::path& target) {
    const YamlNode* node = find(key);
    if (node == nullptr) return;
    const auto value = as_text(*node, name(key), problems_);
    if (!value) return;
    if (value->empty() || value->find('\0') != std::string::npos) {
        expected("a path", *node, name(key), problems_);
        return;
    }
    target = (context_.folder / *value).lexically_normal();
}

void MapReader::read(std::string_view key, Secret& target) {
    const YamlNode* node = find(key);
    if (node == nullptr) return;
    if (auto value = read_secret(*node, name(key), context_, problems_)) target = std::move(*value);
}

void MapReader::read(std::string_view key, std::vector<std::string>& target) {
    const YamlNode* node = find(key);
    if (node == nullptr) return;
    if (auto value = as_texts(*node, name(key), problems_)) target = std::move(*value);
}

void MapReader::read_number(std::string_view key, std::uint64_t& target, std::uint64_t minimum, std::uint64_t maximum) {
    const YamlNode* node = find(key);
    if (node == nullptr) return;
    const auto value = as_integer(*node, name(key), problems_);
    if (!value) return;
    if (*value < 0 || static_cast<std::uint64_t>(*value) < minimum || static_cast<std::uint64_t>(*value) > maximum) {
        problems_.add(node->position(), name(key) + ": must be from " + std::to_string(minimum) + " to " +
                                            std::to_string(maximum) + ", not " + node->text);
        return;
    }
    target = static_cast<std::uint64_t>(*value);
}

void MapReader::read_number(std::string_view key, std::uint32_t& target, std::uint32_t minimum, std::uint32_t maximum) {
    std::uint64_t value = target;
    read_number(key, value, std::uint64_t{minimum}, std::uint64_t{maximum});
    target = static_cast<std::uint32_t>(value);
}

void MapReader::read_size(std::string_view key, std::uint64_t& target, std::uint64_t minimum, std::uint64_t maximum) {
    const YamlNode* node = find(key);
    if (node == nullptr) return;
    const auto value = as_size(*node, name(key), problems_);
    if (!value) return;
    if (*value < minimum || *value > maximum) {
        problems_.add(node->position(), name(key) + ": must be from " + format_size(minimum) + " to " +
                                            format_size(maximum) + ", not " + node->text);
        return;
    }
    target = *value;
}

void MapReader::read_microseconds(std::string_view key, std::chrono::microseconds& target,
                                  std::chrono::microseconds minimum, std::chrono::microseconds maximum) {
    const YamlNode* node = find(key);
    if (node == nullptr) return;
    const auto value = as_duration(*node, name(key), problems_);
    if (!value) return;
    if (*value < minimum || *value > maximum) {
        problems_.add(node->position(), name(key) + ": must be from " + format_duration(minimum) + " to " +
                                            format_duration(maximum) + ", not " + node->text);
        return;
    }
    target = *value;
}

void MapReader::refuse_choice(const YamlNode& node, const std::string& what, const std::vector<std::string>& words) {
    std::string list;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
        list += words[i];
    }
    std::string sentence = what + ": expected " + list + ", found " + shown(node);
    const std::string meant = node.kind == YamlNode::Kind::scalar ? nearest(node.text, words) : "";
    if (!meant.empty()) sentence += "; did you mean " + meant + "?";
    problems_.add(node.position(), std::move(sentence));
}

void MapReader::finish() {
    if (node_ == nullptr) return;
    for (const YamlEntry& entry : node_->entries) {
        if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
        problems_.add(entry.position, name(entry.key) + ": unknown; " + suggestion(entry.key, known_));
    }
}

}  // namespace foley::core
