#include "rules/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rules {

namespace json = foley::json;

namespace {

bool is_scalar(const json::Value& value) {
    return !value.IsNull() && !value.IsObject() && !value.IsArray();
}

}  // namespace

Members::Members(std::string name, const json::Value& rule) : name_(std::move(name)), rule_(rule) {
    if (!rule.IsObject()) refuse("a rule is a mapping.");
}

void Members::refuse(const std::string& sentence) const {
    throw std::invalid_argument(fmt::format("rule {}: {}", name_, sentence));
}

const json::Value& Members::any(std::string_view member) {
    asked_.emplace(member);
    return json::member(rule_, member);
}

bool Members::has(std::string_view member) {
    return !any(member).IsNull();
}

std::string Members::text(std::string_view member, std::string_view otherwise) {
    const auto& value = any(member);
    if (value.IsNull()) return std::string(otherwise);
    if (!is_scalar(value)) refuse(fmt::format("{}: it must be a text.", member));
    return json::to_text(value);
}

std::string Members::required_text(std::string_view member) {
    auto found = text(member);
    if (found.empty()) refuse(fmt::format("{} is missing.", member));
    return found;
}

std::string Members::word(std::string_view member, std::string_view otherwise, const std::vector<std::string>& words) {
    auto found = text(member, otherwise);
    if (std::find(words.begin(), words.end(), found) == words.end())
        refuse(fmt::format("{}: \"{}\" is none of {}.", member, found, fmt::join(words, ", ")));
    return found;
}

std::vector<std::string> Members::texts(std::string_view member) {
    const auto& value = any(member);
    std::vector<std::string> out;
    const auto add = [&](const json::Value& each) {
        if (!is_scalar(each)) refuse(fmt::format("{}: it must be a text or a list of texts.", member));
        out.push_back(json::to_text(each));
    };
    if (value.IsArray()) {
        for (const auto& each : value.GetArray())
            add(each);
    } else if (!value.IsNull()) {
        add(value);
    }
    return out;
}

bool Members::flag(std::string_view member, bool otherwise) {
    const auto& value = any(member);
    if (value.IsNull()) return otherwise;
    if (!value.IsBool()) refuse(fmt::format("{}: it must be true or false.", member));
    return value.GetBool();
}

fields::Condition Members::condition(std::string_view member) {
    try {
        return fields::Condition(any(member));
    } catch (const std::invalid_argument& error) {
        refuse(fmt::format("{}: {}", member, error.what()));
    }
}

void Members::finish() const {
    for (const auto& member : rule_.GetObject()) {
        const auto name = json::text_or_empty(member.name);
        if (!asked_.contains(name)) refuse(fmt::format("there is no {}; known are {}.", name, fmt::join(asked_, ", ")));
    }
}

}  // namespace rules
