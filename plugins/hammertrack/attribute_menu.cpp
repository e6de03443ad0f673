#include "hammertrack/attribute_menu.hpp"

#include <foley/json.hpp>

#include <map>

namespace hammertrack {

namespace json = foley::json;

AttributeMenu attribute_menu(const LabelMenu& menu) {
    AttributeMenu result{true, {}};
    for (const auto& option : menu.options())
        result.options.emplace_back(option.label.text(), option.name);
    return result;
}

std::optional<AttributeMenu> parse_attribute_config(std::string_view config) {
    try {
        const auto outer = json::parse(config);
        if (!outer.IsObject()) return std::nullopt;
        AttributeMenu menu;
        menu.multi_select = json::is_true(json::member(outer, "multiSelect"));
        const auto& data = json::member(outer, "data");
        json::Document inner;
        if (data.IsString()) inner = json::parse(json::text_or_empty(data));
        const json::Value& options = data.IsString() ? static_cast<const json::Value&>(inner) : data;
        if (!options.IsArray()) return std::nullopt;
        for (const auto& option : options.GetArray()) {
            menu.options.emplace_back(json::to_text(json::member(option, "value")),
                                      json::to_text(json::member(option, "menu")));
        }
        return menu;
    } catch (const json::ParseError&) {
        return std::nullopt;
    }
}

std::string attribute_config(const AttributeMenu& menu) {
    foley::rapidjson::StringBuffer options;
    json::Writer inner(options);
    inner.StartArray();
    for (const auto& [value, name] : menu.options) {
        inner.StartObject();
        inner.Key("value");
        inner.String(value);
        inner.Key("menu");
        inner.String(name);
        inner.EndObject();
    }
    inner.EndArray();
    foley::rapidjson::StringBuffer config;
    json::Writer outer(config);
    outer.StartObject();
    outer.Key("multiSelect");
    outer.Bool(menu.multi_select);
    outer.Key("data");
    outer.String(options.GetString());
    outer.EndObject();
    return config.GetString();
}

std::vector<std::string> differences(const AttributeMenu& found, const AttributeMenu& wanted) {
    std::vector<std::string> result;
    const std::map<std::string, std::string> there(found.options.begin(), found.options.end());
    const std::map<std::string, std::string> here(wanted.options.begin(), wanted.options.end());
    for (const auto& [value, name] : here) {
        const auto each = there.find(value);
        if (each == there.end()) {
            result.push_back("the label \"" + value + "\" is not in ftrack's menu, so nobody can choose it");
        } else if (each->second != name) {
            std::string remark = "the label \"" + value;
            remark.append("\" is shown as \"")
                .append(each->second)
                .append("\" and not as \"")
                .append(name)
                .append("\"");
            result.push_back(std::move(remark));
        }
    }
    for (const auto& [value, name] : there) {
        if (here.count(value) == 0) {
            std::string remark = "ftrack's menu offers \"" + value;
            result.push_back(remark.append("\" (").append(name).append("), which is no configured label"));
        }
    }
    if (found.multi_select != wanted.multi_select) {
        result.emplace_back(wanted.multi_select ? "only one value can be chosen at a time"
                                                : "several values can be chosen");
    }
    return result;
}

}  // namespace hammertrack
