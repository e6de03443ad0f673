#include "copy_fields/search.hpp"

#include "copy_fields/comparison.hpp"
#include "copy_fields/field_value.hpp"

#include <algorithm>
#include <utility>

namespace copy_fields {

using foley::site::shotgrid::Filter;
namespace json = foley::json;

std::vector<fields::FieldPath> Search::paths() const {
    std::vector<fields::FieldPath> paths;
    const auto add = [&](const std::vector<Term>& terms) {
        for (const auto& term : terms) {
            if (!term.text) continue;
            for (const auto& name : term.text->names()) {
                auto path = placeholders_.place(name).path;
                if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(std::move(path));
            }
        }
    };
    for (const auto& clause : clauses_) {
        add(clause.wanted);
        add(clause.unwanted);
    }
    return paths;
}

std::optional<Filter> Search::compare(const Clause& clause, const Term& term, bool wanted,
                                      const json::Value& entity) const {
    const auto& path = clause.path.text();
    if (term.constant) return comparison(path, clause.data_type, *term.constant, wanted);
    if (term.whole) {
        const auto& value = json::member(entity, term.whole->text());
        return is_empty(value) ? std::nullopt : comparison(path, clause.data_type, value, wanted);
    }
    std::vector<std::string> missing;
    const auto text = term.text->render(
        [&](const std::string& name) { return placeholders_.value(placeholders_.place(name), entity); }, &missing);
    if (!missing.empty() || text.empty()) return std::nullopt;
    return comparison(path, clause.data_type, json::borrow(text), wanted);
}

std::optional<Filter> Search::filter_for(const std::string& on, const json::Value& entity) const {
    std::vector<Filter> all;
    for (const auto& clause : clauses_) {
        std::vector<Filter> alternatives;
        for (const auto& term : clause.wanted) {
            if (auto filter = compare(clause, term, true, entity)) alternatives.push_back(std::move(*filter));
        }
        if (alternatives.empty() && !clause.wanted.empty()) return std::nullopt;
        if (alternatives.size() == 1) {
            all.push_back(std::move(alternatives.front()));
        } else if (!alternatives.empty()) {
            all.push_back(foley::site::shotgrid::any(alternatives));
        }
        for (const auto& term : clause.unwanted) {
            auto filter = compare(clause, term, false, entity);
            if (!filter) return std::nullopt;
            all.push_back(std::move(*filter));
        }
    }
    // What looks among its own kind does not find itself.
    const auto id = json::integer(json::member(entity, "id"));
    if (type_ == on && id) all.push_back(foley::site::shotgrid::field("id").is_not(*id));
    return foley::site::shotgrid::all(all);
}

bool Search::turns() const {
    // A project has too many entities to look at each.
    return std::any_of(clauses_.begin(), clauses_.end(),
                       [](const Clause& clause) { return clause.turns() && clause.path.first() != "project"; });
}

bool Search::may_find(const fields::Subject& subject) const {
    if (subject.type != type_ || !turns()) return false;
    if (subject.action == "add" || subject.action == "revive") return true;
    return subject.action == "update" && !subject.in_create &&
           std::any_of(clauses_.begin(), clauses_.end(),
                       [&](const Clause& clause) { return clause.path.first() == subject.attribute; });
}

std::vector<std::string> Search::fields_of_found() const {
    std::vector<std::string> fields{"id"};
    for (const auto& clause : clauses_)
        fields.push_back(clause.path.text());
    return fields;
}

std::optional<Filter> Search::filter_back(const json::Value& found) const {
    std::vector<Filter> all;
    for (const auto& clause : clauses_) {
        if (!clause.turns()) continue;
        const auto& value = json::member(found, clause.path.text());
        if (is_empty(value)) return std::nullopt;
        const auto& term = clause.wanted.front();
        auto filter = comparison(term.whole->text(), term.whole_type, value, true);
        if (!filter) return std::nullopt;
        all.push_back(std::move(*filter));
    }
    return foley::site::shotgrid::all(all);
}

}  // namespace copy_fields
