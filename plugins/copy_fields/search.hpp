// Search: how a rule finds the entity that a link should lead to. The README explains the settings.
//
// Throws: std::invalid_argument, with a sentence, while it is read.
#pragma once

#include "copy_fields/placeholders.hpp"
#include "fields/field_path.hpp"
#include "fields/schema.hpp"
#include "fields/subject.hpp"
#include "fields/text_template.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid_filter.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace copy_fields {

class Search {
public:
    // `rule` is the whole rule.
    explicit Search(const foley::json::Value& rule);

    const std::string& type() const noexcept { return type_; }
    // By what the first of several is taken; nothing: none of them is.
    const std::optional<foley::site::shotgrid::Sort>& first_by() const noexcept { return first_by_; }
    // What it reads of the entity that has the link.
    std::vector<fields::FieldPath> paths() const;

    // Looks at the types of the fields, which it has to know before it searches. `on` is the entity type that has the
    // link; faults are told as sentences.
    void check(const std::string& on, fields::Schema& schema, const std::function<void(const std::string&)>& complain);

    // Nothing when a field that it needs is empty or not as its pattern wants it.
    std::optional<foley::site::shotgrid::Filter> filter_for(const std::string& on,
                                                            const foley::json::Value& entity) const;

    // ── the other way: an entity that may be found now, and those that should link to it ──

    bool may_find(const fields::Subject& subject) const;
    std::vector<std::string> fields_of_found() const;
    // Entities that may link to it. Nothing: none can.
    std::optional<foley::site::shotgrid::Filter> filter_back(const foley::json::Value& found) const;

private:
    // What a field is compared with.
    struct Term {
        std::shared_ptr<const foley::json::Document> constant;  // or
        std::optional<fields::TextTemplate> text;
        std::optional<fields::FieldPath> whole;  // the text is this field and nothing else, so its value counts
        std::string whole_type;
    };
    struct Clause {
        fields::FieldPath path;
        std::string data_type;
        std::vector<Term> wanted;
        std::vector<Term> unwanted;
        // Whether the entity's own field can be asked for the value of this one.
        bool turns() const { return wanted.size() == 1 && unwanted.empty() && wanted.front().whole.has_value(); }
    };
    Clause clause_of(const std::string& name, const foley::json::Value& configured) const;
    Term term_of(const foley::json::Value& value) const;
    void check(Clause& clause, const std::string& on, fields::Schema& schema,
               const std::function<void(const std::string&)>& complain) const;
    std::optional<foley::site::shotgrid::Filter> compare(const Clause& clause, const Term& term, bool wanted,
                                                         const foley::json::Value& entity) const;
    bool turns() const;

    std::string type_;
    Placeholders placeholders_;
    std::vector<Clause> clauses_;
    std::optional<foley::site::shotgrid::Sort> first_by_;
    bool any_project_ = false;
};

}  // namespace copy_fields
