// What a task gets of the task in the template that it corresponds to.
#pragma once

#include "task_templates/rule.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid_batch.hpp>

#include <string>
#include <string_view>

namespace task_templates {

struct Difference {
    foley::site::shotgrid::Fields fields;
    std::string shown;  // "sg_description \"a\" -> \"b\""
};

// Of a task that is there. A field that is empty in the template is left as it is. `field`: only that one; empty: all.
Difference difference(const Rule& rule, const foley::json::Value& in_template, const foley::json::Value& task,
                      std::string_view field);
// Of one that is to be created.
Difference all_of(const Rule& rule, const foley::json::Value& in_template);

}  // namespace task_templates
