// Recipe: what a field gets: a constant, a text with fields in it, or what one field of the source holds.
//
// The kind of the field that gets it decides how it is read. A link, or a list of links, takes {field} as the link that
// the field holds, and {type: Group, id: 5} as that one; of several a single link takes the first that is there, and a
// list takes all. A text takes fields as texts. A number, a date or a checkbox takes {field} alone as its value.
//
// "{.}" is the source itself, "{event.user}" who caused the event, "{event.old}" and "{event.new}" what the field was
// and became; all else are fields of the source.
//
// Immutable. Throws: std::invalid_argument, with a sentence, while it is read.
#pragma once

#include "fields/text_template.hpp"

#include <foley/event.hpp>
#include <foley/json.hpp>
#include <foley/site/shotgrid_value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace create_entities {

// Of what a recipe is made.
struct Source {
    const foley::json::Value& entity;  // read with all the paths of the recipe
    const foley::Event& event;
};

bool is_link(std::string_view kind);

class Recipe {
public:
    explicit Recipe(const foley::json::Value& configured);

    // The fields of the source that it names, as the site reads them.
    std::vector<std::string> paths() const;
    // Why a field of this kind, "entity" or "text", cannot get it; empty when it can.
    std::string fault_for(std::string_view kind) const;
    // The constant text that it is; nothing when it names anything.
    std::optional<std::string> constant() const;
    // Nothing when there is nothing to set.
    std::optional<foley::site::shotgrid::Value> value(std::string_view kind, const Source& source) const;

private:
    struct Part {
        std::optional<fields::TextTemplate> text;
        std::string json;  // of a constant that is no text

        // The name in "{name}", when it is that and nothing else.
        std::optional<std::string> alone() const;
    };
    std::vector<foley::site::shotgrid::Link> links(const Source& source) const;

    std::vector<Part> parts_;
    bool is_list_ = false;
};

}  // namespace create_entities
