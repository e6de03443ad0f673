#include "notify/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace notify {

namespace json = foley::json;

namespace {

constexpr std::array<std::string_view, 8> kOfEvent{"event.user", "event.old",  "event.new",     "event.attribute",
                                                   "event.type", "event.time", "event.project", "event.url"};

std::vector<std::string> texts_of(const json::Value& value, const char* where) {
    std::vector<std::string> texts;
    const auto add = [&](const json::Value& one) {
        if (!one.IsString()) throw std::invalid_argument(fmt::format("{}: write a text, or a list of texts.", where));
        texts.emplace_back(json::text_or_empty(one));
    };
    if (value.IsNull()) return texts;
    if (!value.IsArray()) {
        add(value);
        return texts;
    }
    for (const auto& each : value.GetArray())
        add(each);
    return texts;
}

bool flag_of(const json::Value& value, const char* where) {
    if (!value.IsNull() && !value.IsBool()) throw std::invalid_argument(fmt::format("{}: true or false.", where));
    return json::is_true(value);
}

// Each name is a field, or one of the event's.
fields::TextTemplate template_of(std::string_view text, const char* where) {
    try {
        fields::TextTemplate out(text);
        for (const auto& name : out.names()) {
            if (is_of_event(name)) continue;
            if (name.starts_with("event."))
                throw std::invalid_argument(
                    fmt::format("there is no {{{}}}, only {{{}}}.", name, fmt::join(kOfEvent, "}, {")));
            static_cast<void>(fields::FieldPath(name));
        }
        return out;
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(fmt::format("{}: {}", where, error.what()));
    }
}

void check_keys(const json::Value& configured) {
    constexpr std::array<std::string_view, 10> kKnown{"on",        "event",   "changes", "when", "to",
                                                      "also_self", "subject", "text",    "hook", "hook_body"};
    for (const auto& member : configured.GetObject()) {
        const auto key = json::text_or_empty(member.name);
        if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end())
            throw std::invalid_argument(
                fmt::format("there is no \"{}\" in a rule, only {}.", key, fmt::join(kKnown, ", ")));
    }
}

void read_events(const json::Value& configured, Rule& rule) {
    for (const auto& word : texts_of(json::member(configured, "event"), "event")) {
        if (word == "new") {
            rule.made = true;
        } else if (word == "revived") {
            rule.revived = true;
        } else if (word == "retired") {
            rule.retired = true;
        } else {
            throw std::invalid_argument(
                fmt::format("event: \"{}\" is none of new, revived and retired. A change of a field is named as "
                            "changes: [field].",
                            word));
        }
    }
    for (const auto& name : texts_of(json::member(configured, "changes"), "changes")) {
        if (fields::FieldPath(name).hops().empty()) {
            rule.changes.insert(name);
        } else {
            throw std::invalid_argument(
                fmt::format("changes: {} is a field of another entity. Name one of the entity's own.", name));
        }
    }
    if (!rule.made && !rule.revived && !rule.retired && rule.changes.empty())
        throw std::invalid_argument("name an event (new, revived, retired), or fields in changes.");
}

}  // namespace

bool is_of_event(std::string_view name) {
    return std::find(kOfEvent.begin(), kOfEvent.end(), name) != kOfEvent.end();
}

void for_each_text(const json::Value& value, const std::function<void(std::string_view)>& each) {
    if (value.IsString()) each(json::text_or_empty(value));
    if (value.IsArray()) {
        for (const auto& one : value.GetArray())
            for_each_text(one, each);
    }
    if (value.IsObject()) {
        for (const auto& member : value.GetObject())
            for_each_text(member.value, each);
    }
}

Rule rule_of(const json::Value& configured) {
    if (!configured.IsObject()) throw std::invalid_argument("write a mapping: on, changes, when, to, subject, text.");
    check_keys(configured);
    Rule rule;
    rule.on = json::text_or_empty(configured, "on");
    if (rule.on.empty()) throw std::invalid_argument("on: name the entity type: Task.");
    read_events(configured, rule);
    rule.when = fields::Condition(json::member(configured, "when"));
    if (rule.retired && !rule.when.empty())
        throw std::invalid_argument("when: of a retired entity nothing can be asked. Make a rule of its own for that.");
    for (const auto& to : texts_of(json::member(configured, "to"), "to")) {
        if (to.find('@') == std::string::npos) {
            rule.to_fields.emplace_back(to);
        } else if (is_address(to)) {
            rule.to_addresses.push_back(to);
        } else {
            throw std::invalid_argument(fmt::format("to: \"{}\" is no address of a mail.", to));
        }
    }
    rule.also_self = flag_of(json::member(configured, "also_self"), "also_self");
    rule.hook = flag_of(json::member(configured, "hook"), "hook");
    if (!rule.mails() && !rule.hook) throw std::invalid_argument("name people or addresses as to, or set hook: true.");
    rule.text = template_of(json::text_or_empty(configured, "text"), "text");
    rule.subject = template_of(json::text_or_empty(configured, "subject"), "subject");
    if (rule.mails() && (rule.subject.text().empty() || rule.text.text().empty()))
        throw std::invalid_argument("a mail wants a subject and a text.");
    const auto& body = json::member(configured, "hook_body");
    if (!body.IsNull()) {
        if (!rule.hook || !body.IsObject())
            throw std::invalid_argument("hook_body: a mapping, of a rule with hook: true.");
        for_each_text(body, [](std::string_view text) { static_cast<void>(template_of(text, "hook_body")); });
        auto copy = std::make_shared<json::Document>();
        copy->CopyFrom(body, copy->GetAllocator());
        rule.hook_body = std::move(copy);
    } else if (rule.hook && rule.text.text().empty()) {
        throw std::invalid_argument("a web hook wants a text, or a hook_body.");
    }
    return rule;
}

}  // namespace notify
