#include "create_entities/existing.hpp"

#include <foley/json.hpp>

#include <algorithm>
#include <chrono>

namespace create_entities {

namespace json = foley::json;
using namespace foley::site::shotgrid;

namespace {

// A site trims texts, and writes the ends of lines in its own way.
std::string words_of(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

void add_links(std::vector<Filter>& filters, const Filled& one) {
    const auto value = json::parse(one.value->json());
    if (!value.IsArray()) return filters.push_back(field(one.assignment->field).is(*one.value));
    for (const auto& each : value.GetArray())
        filters.push_back(field(one.assignment->field).is(Value(each)));
}

std::optional<std::int64_t> id_of(const json::Value& entity) {
    return json::integer(json::member(entity, "id"));
}

}  // namespace

std::vector<Filled> fill(const std::vector<Assignment>& list, const Source& source) {
    std::vector<Filled> out;
    out.reserve(list.size());
    for (const auto& assignment : list)
        out.push_back({&assignment, assignment.recipe.value(assignment.kind, source)});
    return out;
}

std::optional<std::int64_t> made_since(foley::site::Shotgrid& shotgrid, const std::string& type,
                                       const std::vector<Filled>& set, foley::Timestamp event) {
    using namespace std::chrono_literals;
    // The site's times have no fractions.
    std::vector<Filter> filters{
        field("created_at").greater_than(Value(std::chrono::floor<std::chrono::seconds>(event) - 1s))};
    std::vector<const Filled*> texts;
    std::vector<std::string> fields{"id"};
    for (const auto& one : set) {
        if (!one.value) continue;
        if (is_link(one.assignment->kind)) {
            add_links(filters, one);
        } else if (one.assignment->kind == "text") {
            texts.push_back(&one);
            fields.push_back(one.assignment->field);
        }
    }
    std::optional<std::int64_t> found;
    // Texts are compared here: to a site, "Fix it" and "fix it" are the same.
    shotgrid.find_pages({.type = type, .filter = all(filters), .fields = fields}, [&](const json::Value& page) {
        for (const auto& entity : page.GetArray()) {
            const bool same = std::all_of(texts.begin(), texts.end(), [&](const Filled* one) {
                return words_of(json::text_or_empty(entity, one->assignment->field)) ==
                       words_of(json::text_or_empty(json::parse(one->value->json())));
            });
            if (same) found = id_of(entity);
        }
        return !found;
    });
    return found;
}

std::optional<std::int64_t> one_with(foley::site::Shotgrid& shotgrid, const std::string& type,
                                     const std::vector<Filled>& fields) {
    std::vector<Filter> filters;
    for (const auto& one : fields) {
        if (!one.value) {
            filters.push_back(field(one.assignment->field).is(nullptr));
        } else if (is_link(one.assignment->kind)) {
            add_links(filters, one);
        } else {
            filters.push_back(field(one.assignment->field).is(*one.value));
        }
    }
    return id_of(shotgrid.find_one({.type = type, .filter = all(filters)}));
}

}  // namespace create_entities
