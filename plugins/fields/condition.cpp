#include "fields/condition.hpp"

#include "fields/field_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace fields {

namespace json = foley::json;

namespace {

// What a value can be compared as: each link of a list, and an empty text for nothing.
std::vector<std::string> texts_of(const json::Value& value) {
    std::vector<std::string> texts;
    if (value.IsArray()) {
        for (const auto& each : value.GetArray())
            texts.push_back(text_of(each).value_or(""));
    } else {
        texts.push_back(text_of(value).value_or(""));
    }
    if (texts.empty()) texts.emplace_back();
    return texts;
}

bool meet(const std::vector<std::string>& some, const std::vector<std::string>& others) {
    return std::any_of(some.begin(), some.end(), [&](const std::string& each) {
        return std::find(others.begin(), others.end(), each) != others.end();
    });
}

}  // namespace

Condition::Condition(const json::Value& configured) {
    if (configured.IsNull()) return;
    if (!configured.IsObject())
        throw std::invalid_argument("write what fields must be as a mapping: {sg_status_list: fin}.");
    for (const auto& member : configured.GetObject()) {
        Clause clause{FieldPath(json::text_or_empty(member.name)), {}, {}};
        const auto add = [&](const json::Value& value) {
            if (value.IsObject() || value.IsArray())
                throw std::invalid_argument(fmt::format("{}: a value, or a list of values.", clause.path.text()));
            auto text = text_of(value).value_or("");
            if (text.starts_with('!')) {
                clause.unwanted.push_back(text.substr(1));
            } else {
                clause.wanted.push_back(std::move(text));
            }
        };
        if (member.value.IsArray()) {
            for (const auto& each : member.value.GetArray())
                add(each);
        } else {
            add(member.value);
        }
        if (clause.wanted.empty() && clause.unwanted.empty())
            throw std::invalid_argument(fmt::format("{}: the list is empty.", clause.path.text()));
        clauses_.push_back(std::move(clause));
    }
}

bool Condition::Clause::holds(const json::Value& value) const {
    const auto texts = texts_of(value);
    return (wanted.empty() || meet(texts, wanted)) && !meet(texts, unwanted);
}

std::vector<FieldPath> Condition::paths() const {
    std::vector<FieldPath> paths;
    paths.reserve(clauses_.size());
    for (const auto& clause : clauses_)
        paths.push_back(clause.path);
    return paths;
}

bool Condition::holds(const json::Value& entity) const {
    return std::all_of(clauses_.begin(), clauses_.end(),
                       [&](const Clause& clause) { return clause.holds(json::member(entity, clause.path.text())); });
}

bool Condition::allows(std::string_view field, const json::Value& value) const {
    return std::all_of(clauses_.begin(), clauses_.end(),
                       [&](const Clause& clause) { return clause.path.text() != field || clause.holds(value); });
}

}  // namespace fields
