// Targets: finds what a rule sets, as the site has it now, and asks about siblings.
//
// The siblings of a link (to: entity) are the entities of the type that changed whose field leads to the same target:
// all tasks of the shot. Those of a next task are the tasks that come before it: what it depends on, or, with `by`,
// what comes before it in that order.
//
// Thread: one at a time. Throws: SiteError.
#pragma once

#include "status_flow/rule.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace status_flow {

class Targets {
public:
    // Both must outlive it. `progress` is told of each request.
    Targets(foley::site::Shotgrid& shotgrid, std::function<void()> progress)
        : shotgrid_(shotgrid), progress_(std::move(progress)) {}

    // Of the entity that changed, read with the rule's source_fields(). Each target has the rule's target_fields().
    std::vector<foley::json::Document> find(const Rule& rule, const foley::json::Value& source);
    // Whether the siblings of the target are as the rule wants them; true when it does not ask.
    bool siblings_agree(const Rule& rule, const foley::json::Value& target);

private:
    using Documents = std::vector<foley::json::Document>;

    Documents ask(const std::string& type, const foley::site::shotgrid::Filter& filter,
                  std::vector<std::string> fields);
    Documents of_link(const Rule& rule, const foley::json::Value& source);
    Documents next_of(const Rule& rule, const foley::json::Value& source);
    Documents before(const Rule& rule, const foley::json::Value& target);
    // The tasks of the same entity, in the order of the rule's field.
    Documents in_order(const Rule& rule, const foley::json::Value& task, std::vector<std::string> fields);

    foley::site::Shotgrid& shotgrid_;
    std::function<void()> progress_;
};

}  // namespace status_flow
