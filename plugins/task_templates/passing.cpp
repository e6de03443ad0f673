#include "task_templates/passing.hpp"

#include "task_templates/difference.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace task_templates {

namespace json = foley::json;
using namespace foley::site::shotgrid;

namespace {

constexpr std::size_t kEntities = 100;  // whose tasks are asked for at once
constexpr std::size_t kBatch = 100;     // writes that travel together: the site takes a tenth of a second for each

std::int64_t id_of(const json::Value& entity) {
    return json::integer(json::member(entity, "id")).value_or(0);
}

std::string shown(const json::Value& entity) {
    return fmt::format("{} {}", json::text_or_empty(entity, "type"), id_of(entity));
}

void add(std::vector<std::string>& names, const fields::Condition& condition) {
    for (const auto& path : condition.paths())
        names.push_back(path.text());
}

// The id of the task in the template that it corresponds to; 0: none.
std::int64_t origin_of(const json::Value& task) {
    const auto link = link_of(json::member(task, "template_task"));
    return link ? link->id : 0;
}

}  // namespace

struct Passing::Write {
    enum class Kind { create, update, remove };
    Kind kind;
    std::int64_t id;  // of the task; 0: it is created
    Fields fields;
    std::string line;
};

Passing::Documents Passing::ask(const std::string& type, const Filter& filter, std::vector<std::string> fields) {
    hooks_.progress("asking for " + type);
    Documents out;
    shotgrid_.find_pages({.type = type, .filter = filter, .fields = std::move(fields)}, [&](const json::Value& page) {
        for (const auto& entity : page.GetArray()) {
            auto& copy = out.emplace_back();
            copy.CopyFrom(entity, copy.GetAllocator());
        }
        return true;
    });
    return out;
}

Passing::Documents Passing::entities_of(const std::string& type, std::int64_t template_id) {
    std::vector<std::string> fields{"project"};
    add(fields, rule_.entities);
    auto entities = ask(type, field("task_template").is(Link{"TaskTemplate", template_id}), std::move(fields));
    std::erase_if(entities, [&](const json::Document& entity) {
        const auto& project = json::member(entity, "project");
        return !projects_.want(project) || !rule_.projects.want(project) || !rule_.entities.holds(entity);
    });
    return entities;
}

Passing::Documents Passing::tasks_of(const Documents& entities, std::size_t begin, std::size_t end,
                                     const Documents& in_template) {
    std::vector<Link> links;
    for (std::size_t i = begin; i < end; ++i)
        links.push_back({std::string(json::text_or_empty(entities[i], "type")), id_of(entities[i])});
    auto filter = field("entity").in(links);
    if (!rule_.remove) {
        std::vector<Link> origins;
        origins.reserve(in_template.size());
        for (const auto& task : in_template)
            origins.push_back({"Task", id_of(task)});
        filter = all(filter, field("template_task").in(origins));
    }
    auto fields = rule_.passed();
    fields.insert(fields.end(), {"entity", "template_task"});
    add(fields, rule_.only_if);
    return ask("Task", filter, std::move(fields));
}

void Passing::compare(const json::Value& entity, const Documents& tasks, const Documents& in_template,
                      const Scope& scope, std::vector<Write>& writes) const {
    const Link self{std::string(json::text_or_empty(entity, "type")), id_of(entity)};
    std::vector<const json::Document*> own;
    for (const auto& task : tasks) {
        if (link_of(json::member(task, "entity")) == self) own.push_back(&task);
    }
    for (const auto& origin : in_template) {
        bool is_there = false;
        for (const auto* task : own) {
            if (origin_of(*task) != id_of(origin)) continue;
            is_there = true;
            // The making of a task in the template has it created, and changes none.
            if (scope.task && scope.field.empty()) continue;
            auto change = difference(rule_, origin, *task, scope.field);
            if (change.fields.empty() || !rule_.only_if.holds(*task)) continue;
            writes.push_back({Write::Kind::update, id_of(*task), std::move(change.fields),
                              fmt::format("{} of {}: {}", shown(*task), shown(entity), change.shown)});
        }
        if (is_there || !rule_.create || !scope.field.empty()) continue;
        auto made = all_of(rule_, origin);
        made.fields.set("entity", self).set("template_task", Link{"Task", id_of(origin)});
        if (const auto project = link_of(json::member(entity, "project"))) made.fields.set("project", *project);
        writes.push_back({Write::Kind::create, 0, std::move(made.fields),
                          fmt::format("new Task of {}: {}", shown(entity), made.shown)});
    }
    if (!rule_.remove || scope.task) return;
    for (const auto* task : own) {
        const bool known = std::any_of(in_template.begin(), in_template.end(),
                                       [&](const auto& origin) { return id_of(origin) == origin_of(*task); });
        if (!known && rule_.only_if.holds(*task))
            writes.push_back(
                {Write::Kind::remove, id_of(*task), {}, fmt::format("{} of {}: removed", shown(*task), shown(entity))});
    }
}

void Passing::send(const std::vector<Write>& writes) {
    for (std::size_t begin = 0; begin < writes.size(); begin += kBatch) {
        const auto end = std::min(writes.size(), begin + kBatch);
        hooks_.progress(fmt::format("writing {} of {}", end, writes.size()));
        foley::site::ShotgridBatch batch;
        for (std::size_t i = begin; i < end; ++i) {
            const auto& write = writes[i];
            switch (write.kind) {
                case Write::Kind::create:
                    batch.create("Task", write.fields);
                    break;
                case Write::Kind::update:
                    batch.update("Task", write.id, write.fields);
                    break;
                case Write::Kind::remove:
                    batch.remove("Task", write.id);
                    break;
            }
        }
        try {
            shotgrid_.send(batch);
        } catch (const foley::SiteError& error) {
            hooks_.failed(error);
            throw;
        }
        for (std::size_t i = begin; i < end; ++i)
            hooks_.wrote(writes[i].line);
    }
}

std::optional<std::size_t> Passing::pass(const Scope& scope) {
    auto of_template = field("task_template").is(Link{"TaskTemplate", scope.template_id});
    if (scope.task) of_template = all(of_template, field("id").is(*scope.task));
    const auto in_template = ask("Task", of_template, rule_.passed());
    // A template without tasks would have every task removed.
    if (in_template.empty()) return 0;
    std::size_t written = 0;
    for (const auto& type : rule_.types) {
        const auto entities = entities_of(type, scope.template_id);
        for (std::size_t begin = 0; begin < entities.size(); begin += kEntities) {
            const auto end = std::min(entities.size(), begin + kEntities);
            const auto tasks = tasks_of(entities, begin, end, in_template);
            std::vector<Write> writes;
            for (std::size_t i = begin; i < end; ++i)
                compare(entities[i], tasks, in_template, scope, writes);
            const bool creates = std::any_of(writes.begin(), writes.end(),
                                             [](const Write& write) { return write.kind == Write::Kind::create; });
            if (creates && !hooks_.may_create()) return std::nullopt;
            send(writes);
            written += writes.size();
        }
    }
    return written;
}

}  // namespace task_templates
