// What a site with task templates has, and the simulated one has not by itself.
#pragma once

#include "tests/sites/shotgrid/schema.hpp"

namespace plugin_tests {

inline void add_task_templates(foley::sim::shotgrid::Schema& schema) {
    using foley::sim::shotgrid::DataType;
    schema.add_type({"TaskTemplate",
                     "code",
                     false,
                     true,
                     {{"code"}, {"sg_plugins", DataType::list, {"N/A", "Update linked entities"}}}});
    schema.add_field("Task", {"task_template", DataType::entity});
    schema.add_field("Task", {"template_task", DataType::entity});
    for (const char* type : {"Shot", "Asset"})
        schema.add_field(type, {"task_template", DataType::entity});
}

}  // namespace plugin_tests
