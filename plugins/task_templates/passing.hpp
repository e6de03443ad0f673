// Passing: passes a template, or one of its tasks, on to the entities that use it, as the site has them now.
//
// Thread: one at a time. Throws: SiteError.
#pragma once

#include "fields/subject.hpp"
#include "task_templates/rule.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace task_templates {

// What of the template.
struct Scope {
    std::int64_t template_id = 0;
    std::optional<std::int64_t> task;  // only this one of its tasks
    std::string field;                 // only this field of tasks that are there; none is created
};

class Passing {
public:
    struct Hooks {
        std::function<void(const std::string& what)> progress;
        std::function<void(const std::string& line)> wrote;
        // Asked before something is created; false: not now.
        std::function<bool()> may_create;
        // A write that did not come to an end.
        std::function<void(const foley::SiteError& error)> failed;
    };
    // All must outlive it.
    Passing(foley::site::Shotgrid& shotgrid, const Rule& rule, const fields::Projects& projects, Hooks hooks)
        : shotgrid_(shotgrid), rule_(rule), projects_(projects), hooks_(std::move(hooks)) {}

    // How many tasks were written. Nothing: something was to be created, and may not be now.
    std::optional<std::size_t> pass(const Scope& scope);

private:
    using Documents = std::vector<foley::json::Document>;
    struct Write;  // one of a batch

    Documents ask(const std::string& type, const foley::site::shotgrid::Filter& filter,
                  std::vector<std::string> fields);
    Documents entities_of(const std::string& type, std::int64_t template_id);
    Documents tasks_of(const Documents& entities, std::size_t begin, std::size_t end, const Documents& in_template);
    // What one entity lacks.
    void compare(const foley::json::Value& entity, const Documents& tasks, const Documents& in_template,
                 const Scope& scope, std::vector<Write>& writes) const;
    void send(const std::vector<Write>& writes);

    foley::site::Shotgrid& shotgrid_;
    const Rule& rule_;
    const fields::Projects& projects_;
    Hooks hooks_;
};

}  // namespace task_templates
