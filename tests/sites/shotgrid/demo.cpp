#include "tests/sites/shotgrid/demo.hpp"

#include "tests/sites/shotgrid/sim_shotgrid.hpp"
#include "tests/sites/shotgrid/writer.hpp"

#include <array>
#include <utility>

namespace foley::sim::shotgrid {

namespace {

std::string numbered(const std::string& name, unsigned number) {
    auto digits = std::to_string(number);
    return name + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

std::string link_text(const Link& link) {
    return R"({"type":)" + json::quote(link.type) + R"(,"id":)" + std::to_string(link.id) + "}";
}

Link make(Writer& writer, const std::string& type, const std::string& fields) {
    const auto made = json::parse(writer.create(
        json::parse(R"({"type":)" + json::quote(type) + R"(,"fields":)" + fields_list(json::parse(fields)) + "}")));
    return {type, json::integer(json::member(made, "id")).value_or(0)};
}

}  // namespace

Demo build_demo(Site& site, const DemoOptions& options) {
    Demo out;
    site.log.set_last_id(options.last_event_id);
    out.jane = site.add_person("Jane Doe", "jane", "jane");
    out.ann = site.add_person("Ann Lee", "ann", "ann");
    // What a script makes is only logged when it is switched on.
    const auto setup = site.add_script("setup", "made-up-setup-key");
    auto& flag =
        site.store.find(setup)->slot(*site.store.schema().get("ApiUser", "").find("generate_event_log_entries"));
    flag = options.logged;
    Writer writer(site, {setup, std::nullopt, {}});
    out.project = make(writer, "Project", R"({"name":)" + json::quote(options.project) + R"(,"sg_status":"Active"})");
    const auto project = R"("project":)" + link_text(out.project);
    for (unsigned s = 1; s <= options.sequences; ++s) {
        const auto sequence_name = numbered("sq", s * 10);
        out.sequences.push_back(
            make(writer, "Sequence", "{" + project + R"(,"code":)" + json::quote(sequence_name) + "}"));
        for (unsigned k = 1; k <= options.shots; ++k) {
            const auto name = sequence_name + "_" + numbered("sh", k * 10);
            const auto shot = make(writer, "Shot",
                                   "{" + project + R"(,"code":)" + json::quote(name) +
                                       R"(,"sg_status_list":"wtg","sg_cut_in":1001,"sg_cut_out":1100,"sg_sequence":)" +
                                       link_text(out.sequences.back()) + "}");
            out.shots.push_back(shot);
            for (const char* task : {"Anim", "Comp"})
                out.tasks.push_back(make(writer, "Task",
                                         "{" + project + R"(,"content":")" + task +
                                             R"(","sg_status_list":"wtg","entity":)" + link_text(shot) +
                                             R"(,"task_assignees":[)" + link_text(out.ann) + "]}"));
            out.versions.push_back(make(writer, "Version",
                                        "{" + project + R"(,"code":)" + json::quote(name + "_anim_v001") +
                                            R"(,"sg_status_list":"rev","entity":)" + link_text(shot) +
                                            R"(,"sg_task":)" + link_text(out.tasks[out.tasks.size() - 2]) + "}"));
        }
    }
    writer.commit();
    return out;
}

std::vector<std::int64_t> Artist::work(std::size_t changes) {
    constexpr std::array kStatuses{"wtg", "rdy", "ip", "rev", "fin"};
    std::vector<std::int64_t> out;
    out.reserve(changes);
    for (std::size_t i = 0; i < changes; ++i, ++turn_) {
        const auto& task = demo_.tasks[turn_ % demo_.tasks.size()];
        const auto* status = kStatuses.at((turn_ / demo_.tasks.size() + 1) % kStatuses.size());
        const auto ids = write(site_, "update",
                               R"({"type":"Task","id":)" + std::to_string(task.id) +
                                   R"(,"fields":[{"field_name":"sg_status_list","value":")" + status + R"("}]})",
                               demo_.jane);
        out.insert(out.end(), ids.begin(), ids.end());
    }
    return out;
}

}  // namespace foley::sim::shotgrid
