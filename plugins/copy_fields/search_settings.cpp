// How a search is read from its rule, and what the site's schema says to it.
#include "copy_fields/comparison.hpp"
#include "copy_fields/field_value.hpp"
#include "copy_fields/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace copy_fields {

namespace json = foley::json;

namespace {

std::optional<foley::site::shotgrid::Sort> sort_of(const json::Value& configured) {
    if (configured.IsNull()) return std::nullopt;
    auto text = json::text_or_empty(configured);
    const bool descending = text.starts_with('-');
    if (descending) text.remove_prefix(1);
    try {
        return foley::site::shotgrid::Sort{fields::FieldPath(text).text(), descending};
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(fmt::format(
            "first_by: {} The first of created_at is the oldest, of -created_at the newest.", error.what()));
    }
}

// With texts of its own, which a copy of the value would only borrow.
std::shared_ptr<const json::Document> document_of(const json::Value& value) {
    return std::make_shared<json::Document>(json::parse(json::stringify(value)));
}

}  // namespace

Search::Search(const json::Value& rule)
    : type_(json::text_or_empty(rule, "find")),
      placeholders_(json::member(rule, "pattern")),
      first_by_(sort_of(json::member(rule, "first_by"))),
      any_project_(json::is_true(json::member(rule, "any_project"))) {
    if (type_.empty()) throw std::invalid_argument("find: name the entity type that is looked for: Sequence.");
    const auto& where = json::member(rule, "where");
    if (!where.IsObject() || where.MemberCount() == 0)
        throw std::invalid_argument("where: write what the fields of what is looked for must be: {code: \"{code}\"}.");
    for (const auto& member : where.GetObject()) {
        const std::string name(json::text_or_empty(member.name));
        try {
            clauses_.push_back(clause_of(name, member.value));
        } catch (const std::invalid_argument& error) {
            throw std::invalid_argument(fmt::format("where.{}: {}", name, error.what()));
        }
    }
}

Search::Clause Search::clause_of(const std::string& name, const json::Value& configured) const {
    Clause clause{fields::FieldPath(name), {}, {}, {}};
    const auto add = [&](const json::Value& value) {
        if (value.IsObject() || value.IsArray()) throw std::invalid_argument("a value, or a list of values.");
        const auto text = json::text_or_empty(value);
        if (text.starts_with('!')) {
            const auto rest = json::borrow(text.substr(1));
            clause.unwanted.push_back(term_of(rest));
        } else {
            clause.wanted.push_back(term_of(value));
        }
    };
    if (configured.IsArray()) {
        for (const auto& each : configured.GetArray())
            add(each);
    } else {
        add(configured);
    }
    if (clause.wanted.empty() && clause.unwanted.empty()) throw std::invalid_argument("the list is empty.");
    return clause;
}

Search::Term Search::term_of(const json::Value& value) const {
    Term term;
    if (!value.IsString()) {
        term.constant = document_of(value);
        return term;
    }
    fields::TextTemplate text(json::text_or_empty(value));
    for (const auto& name : text.names())
        static_cast<void>(placeholders_.place(name));
    if (text.names().empty()) {
        const auto plain = text.render([](const std::string&) { return std::nullopt; });
        term.constant = document_of(json::borrow(plain));
        return term;
    }
    if (text.parts().size() == 1) {
        const auto& placeholder = std::get<fields::TextTemplate::Placeholder>(text.parts().front());
        const auto place = placeholders_.place(placeholder.name);
        if (!place.group && !placeholder.otherwise) term.whole = place.path;
    }
    term.text = std::move(text);
    return term;
}

void Search::check(const std::string& on, fields::Schema& schema,
                   const std::function<void(const std::string&)>& complain) {
    const auto of_project = [](const Clause& clause) { return clause.path.first() == "project"; };
    const fields::FieldPath project("project");
    if (!any_project_ && std::none_of(clauses_.begin(), clauses_.end(), of_project) &&
        schema.data_type(on, project) == "entity" && schema.data_type(type_, project) == "entity")
        clauses_.push_back(clause_of("project", json::borrow("{project}")));
    if (first_by_) {
        const auto fault = schema.fault_of(type_, fields::FieldPath(first_by_->field));
        if (!fault.empty()) complain(fault);
    }
    for (auto& clause : clauses_)
        check(clause, on, schema, complain);
}

void Search::check(Clause& clause, const std::string& on, fields::Schema& schema,
                   const std::function<void(const std::string&)>& complain) const {
    const auto fault = schema.fault_of(type_, clause.path);
    if (!fault.empty()) return complain(fault);
    clause.data_type = schema.data_type(type_, clause.path);
    for (auto& term : clause.wanted) {
        if (term.whole) term.whole_type = schema.data_type(on, *term.whole);
    }
    for (auto& term : clause.unwanted) {
        if (term.whole) term.whole_type = schema.data_type(on, *term.whole);
        const bool by_name = term.whole ? !is_link(term.whole_type) : !(term.constant && is_empty(*term.constant));
        if (is_link(clause.data_type) && by_name)
            complain(
                fmt::format("{} is a link, and a link cannot be ruled out by a name. Name the linked entity's "
                            "field: {}.Type.code.",
                            clause.path.text(), clause.path.text()));
    }
}

}  // namespace copy_fields
