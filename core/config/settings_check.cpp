#include "core/config/settings_check.hpp"

#include "core/config/map_reader.hpp"
#include "core/config/suggestion.hpp"
#include "core/config/units.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace foley::core {
namespace {

using Writer = json::Writer;
using Type = SettingRule::Type;

void write_text(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

std::optional<double> bound(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                     : std::nullopt;
}

std::string show_bound(Type type, double value) {
    if (type == Type::duration) return format_duration(std::chrono::microseconds(std::llround(value)));
    if (type == Type::size) return format_size(static_cast<std::uint64_t>(std::llround(std::max(value, 0.0))));
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), error == std::errc() ? end : buffer.data()};
}

bool in_range(const SettingRule& rule, double value, const YamlNode& node, const std::string& what,
              Problems& problems) {
    const auto minimum = bound(rule.minimum);
    const auto maximum = bound(rule.maximum);
    if ((!minimum || value >= *minimum) && (!maximum || value <= *maximum)) return true;
    std::string sentence = what + ": must be ";
    if (minimum && maximum) {
        sentence += "from " + show_bound(rule.type, *minimum) + " to " + show_bound(rule.type, *maximum);
    } else if (minimum) {
        sentence += "at least " + show_bound(rule.type, *minimum);
    } else {
        sentence += "at most " + show_bound(rule.type, *maximum);
    }
    problems.add(node.position(), sentence + ", not " + node.text);
    return false;
}

// Any YAML as JSON; plain words true, false, null and numbers are what they look like.
void write_any(Writer& writer, const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            writer.Null();
            return;
        case YamlNode::Kind::sequence:
            writer.StartArray();
            for (const YamlNode& item : node.items)
                write_any(writer, item);
            writer.EndArray();
            return;
        case YamlNode::Kind::map:
            writer.StartObject();
            for (const YamlEntry& entry : node.entries) {
                write_text(writer, entry.key);
                write_any(writer, entry.value);
            }
            writer.EndObject();
            return;
        case YamlNode::Kind::scalar:
            break;
    }
    Problems ignored;
    if (!node.plain) return write_text(writer, node.text);
    if (const auto boolean = as_boolean(node, "", ignored)) {
        writer.Bool(*boolean);
    } else if (const auto integer = as_integer(node, "", ignored)) {
        writer.Int64(*integer);
    } else if (const auto number = as_number(node, "", ignored)) {
        writer.Double(*number);
    } else {
        write_text(writer, node.text);
    }
}

// Writes one setting twice: for the plugin, and for people to see.
class SettingWriter {
public:
    SettingWriter(const ReadingContext& context, Problems& problems) : context_(context), problems_(problems) {
        plugin_.StartObject();
        people_.StartObject();
    }

    void write(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        switch (rule.type) {
            case Type::boolean:
                write_boolean(rule, node, what);
                return;
            case Type::integer:
                write_integer(rule, node, what);
                return;
            case Type::number:
                write_number(rule, node, what);
                return;
            case Type::duration:
                write_duration(rule, node, what);
                return;
            case Type::size:
                write_size(rule, node, what);
                return;
            case Type::secret:
                write_secret(rule, node, what);
                return;
            case Type::list:
                write_list(rule, node, what);
                return;
            case Type::map:
                write_map(rule, node, what);
                return;
            case Type::text:
            case Type::path:
            case Type::choice:
                write_words(rule, node, what);
                return;
        }
        problems_.add(node.position(), what + ": declared with a type that this foleyd does not know");
    }

    SettingsResult finish() {
        plugin_.EndObject();
        people_.EndObject();
        return {plugin_buffer_.GetString(), people_buffer_.GetString(), {}};
    }

private:
    void key(const SettingRule& rule) {
        write_text(plugin_, rule.name);
        write_text(people_, rule.name);
    }

    void both_texts(const SettingRule& rule, std::string_view for_plugin, std::string_view for_people) {
        key(rule);
        write_text(plugin_, for_plugin);
        write_text(people_, for_people);
    }

    void write_boolean(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        const auto value = as_boolean(node, what, problems_);
        if (!value) return;
        key(rule);
        plugin_.Bool(*value);
        people_.Bool(*value);
    }

    void write_integer(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        const auto value = as_integer(node, what, problems_);
        if (!value || !in_range(rule, static_cast<double>(*value), node, what, problems_)) return;
        key(rule);
        plugin_.Int64(*value);
        people_.Int64(*value);
    }

    void write_number(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        const auto value = as_number(node, what, problems_);
        if (!value || !in_range(rule, *value, node, what, problems_)) return;
        key(rule);
        plugin_.Double(*value);
        people_.Double(*value);
    }

    void write_duration(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        const auto value = as_duration(node, what, problems_);
        if (!value || !in_range(rule, static_cast<double>(value->count()), node, what, problems_)) return;
        key(rule);
        plugin_.Int64(value->count());
        write_text(people_, format_duration(*value));
    }

    void write_size(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        const auto value = as_size(node, what, problems_);
        if (!value || !in_range(rule, static_cast<double>(*value), node, what, problems_)) return;
        key(rule);
        plugin_.Uint64(*value);
        write_text(people_, format_size(*value));
    }

    void write_secret(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        if (const auto value = read_secret(node, what, context_, problems_)) both_texts(rule, value->reveal(), "***");
    }

    void write_list(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        const auto values = as_texts(node, what, problems_);
        if (!values) return;
        key(rule);
        for (Writer* writer : {&plugin_, &people_}) {
            writer->StartArray();
            for (const std::string& value : *values)
                write_text(*writer, value);
            writer->EndArray();
        }
    }

    void write_map(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        if (node.kind != YamlNode::Kind::map) {
            problems_.add(node.position(), what + ": expected a mapping, found " + std::string(describe(node)));
            return;
        }
        key(rule);
        write_any(plugin_, node);
        write_any(people_, node);
    }

    void write_words(const SettingRule& rule, const YamlNode& node, const std::string& what) {
        const auto value = as_text(node, what, problems_);
        if (!value) return;
        if (rule.type == Type::path && !std::filesystem::path(*value).is_absolute()) {
            problems_.add(node.position(), what + ": expected an absolute path, found '" + *value + "'");
            return;
        }
        const bool chosen = std::find(rule.choices.begin(), rule.choices.end(), *value) != rule.choices.end();
        if (rule.type == Type::choice && !chosen) {
            problems_.add(node.position(),
                          what + ": '" + *value + "' is none of the choices; " + suggestion(*value, rule.choices));
            return;
        }
        both_texts(rule, *value, *value);
    }

    const ReadingContext& context_;
    Problems& problems_;
    rapidjson::StringBuffer plugin_buffer_, people_buffer_;
    Writer plugin_{plugin_buffer_}, people_{people_buffer_};
};

}  // namespace

SettingsResult check_settings(const Configuration& configuration, const std::string& plugin,
                              std::span<const SettingRule> rules) {
    Problems problems;
    const auto named = configuration.plugins.find(plugin);
    const bool is_named = named != configuration.plugins.end();
    const YamlNode* settings = is_named && named->second.settings ? &*named->second.settings : nullptr;
    const Position place = settings != nullptr ? settings->position()
                           : is_named          ? named->second.position
                                               : Position{configuration.file.string(), 0, 0};
    const std::string path = plugin + ".settings";
    MapReader reader(settings, path, configuration.reading, problems);
    SettingWriter writer(configuration.reading, problems);
    for (const SettingRule& rule : rules) {
        if (const YamlNode* node = reader.find(rule.name)) {
            writer.write(rule, *node, fmt::format("{}.{}", path, rule.name));
        } else if (rule.required) {
            problems.add(place, fmt::format("{}.{}: is missing; {} cannot do without it", path, rule.name, plugin));
        }
    }
    if (rules.empty() && settings != nullptr && !settings->entries.empty()) {
        problems.add(place, path + ": " + plugin + " has no settings");
    } else {
        reader.finish();
    }
    SettingsResult result = writer.finish();
    if (!problems.errors().empty()) result.problems = ConfigError(problems.errors()).problems();
    return result;
}

}  // namespace foley::core
