#include "protect_final/service.hpp"

#include "fields/field_path.hpp"
#include "fields/field_text.hpp"
#include "fields/schema.hpp"
#include "fields/site_failure.hpp"
#include "rules/choices.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include <sys/stat.h>

namespace protect_final {

namespace json = foley::json;
using foley::site::shotgrid::field;

namespace {

constexpr ModeChange kProtect{S_IWUSR | S_IWGRP | S_IWOTH, 0};

std::string key_of(const Rule& rule, const fields::Subject& subject) {
    return fmt::format("protected/{}/{}/{}", subject.type, subject.id, rule.name);
}

std::string list_text(const std::vector<std::string>& paths) {
    std::string out;
    for (const auto& path : paths)
        out += (out.empty() ? "[" : ",") + json::quote(path);
    return out.empty() ? "[]" : out + "]";
}

std::string refusals(const TreeReport& report) {
    return fmt::format("{} of {} files and folders could not be changed: {}. Foley's user must own them.",
                       report.refused, report.refused + report.changed + report.unchanged,
                       fmt::join(report.reasons, "; "));
}

}  // namespace

struct Service::Call {
    const fields::Subject& subject;
    const foley::Event& event;
    foley::Context& context;
    foley::site::Shotgrid& shotgrid;
    Tree tree;
};

foley::Outcome Service::start(foley::Context& context) {
    try {
        settings_ = handles_.read();
        const auto found = faults(*connections_.borrow(context, settings_.site));
        return found.empty() ? foley::done() : foley::failed(fmt::format("{}", fmt::join(found, " ")));
    } catch (const std::invalid_argument& error) {
        return foley::failed(error.what());
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    }
}

std::vector<std::string> Service::faults(foley::site::Shotgrid& shotgrid) const {
    std::vector<std::string> found;
    fields::Schema schema(shotgrid);
    rules::Choices choices(shotgrid);
    for (const auto& rule : settings_.rules) {
        const auto say = [&](const std::string& fault) {
            if (!fault.empty()) found.push_back(fmt::format("rule {}: {}", rule.name, fault));
            return fault.empty();
        };
        for (const auto& name : rule.read_fields()) {
            if (!say(schema.fault_of(rule.type, fields::FieldPath(name))) || name != rule.field) continue;
            for (const auto& value : rule.values)
                say(choices.fault_of(rule.type, rule.field, value));
        }
    }
    return found;
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    const auto subject = fields::subject_of(event);
    if (!subject || subject->attribute.empty()) return foley::ignored("no field of an entity changed");
    if (!settings_.site.empty() && !event.site().empty() && event.site() != settings_.site)
        return foley::ignored("it is of another site");
    if (!settings_.projects.want(event)) return foley::ignored("not one of the projects");
    auto outcome = foley::ignored(fmt::format("no rule for {}.{}", subject->type, subject->attribute));
    try {
        for (const auto& rule : settings_.rules) {
            if (rule.type != subject->type || !rule.depends_on(subject->attribute) || !rule.projects.want(event))
                continue;
            const auto shotgrid = connections_.borrow(event, context);
            Call call{*subject, event, context, *shotgrid,
                      Tree({.mounted = settings_.mounted,
                            .dry_run = context.dry_run(),
                            .progress = [&](const std::string& path) { context.progress(path); }})};
            auto made = apply(rule, call);
            const bool done = made.kind() == foley::Outcome::Kind::done;
            if (!done && made.kind() != foley::Outcome::Kind::ignored) return made;
            if (outcome.kind() != foley::Outcome::Kind::done) outcome = std::move(made);
        }
        return outcome;
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    } catch (const TreeAway& away) {
        return foley::hold(settings_.hold, away.what());
    } catch (const PathRefused& refused) {
        return foley::failed(fmt::format("{}: {}", subject->shown(), refused.what()));
    }
}

foley::Outcome Service::apply(const Rule& rule, Call& call) const {
    const auto entity = call.shotgrid.find_one(
        {.type = rule.type, .filter = field("id").is(call.subject.id), .fields = rule.read_fields()});
    if (!entity.IsObject()) return foley::ignored(fmt::format("{} is gone", call.subject.shown()));
    const auto status = fields::text_of(json::member(entity, rule.field)).value_or("");
    if (!rule.is_final(status)) return release(rule, status, call);
    if (!rule.when.holds(entity)) return foley::ignored(fmt::format("the `when` of rule {} does not hold", rule.name));
    return protect(rule, status, entity, call);
}

foley::Outcome Service::protect(const Rule& rule, const std::string& status, const json::Value& entity,
                                Call& call) const {
    std::vector<std::string> paths;
    TreeReport all;
    for (const auto& path : rule.paths) {
        const auto location = locate(render(path, entity), settings_.roots, settings_.map);
        const auto report = call.tree.change(location, kProtect);
        if (!report.found)
            return foley::retry(fmt::format("{} is {}, but {} is not there yet (rule {})", call.subject.shown(), status,
                                            location.shown(), rule.name));
        if (report.refused > 0) return foley::failed(fmt::format("{}: {}", call.subject.shown(), refusals(report)));
        all.changed += report.changed;
        all.links += report.links;
        paths.push_back(location.shown());
    }
    if (!call.context.dry_run() && rule.release) {
        const auto text = list_text(paths);
        const auto key = key_of(rule, call.subject);
        if (call.context.state().get(key) != text) call.context.state().put(key, text);
    }
    if (all.changed == 0) return foley::ignored(fmt::format("{} is read-only already", fmt::join(paths, ", ")));
    call.context.log().info(
        "{}{} is {}: {} made read-only, {} files and folders{} (rule {}, event {})",
        call.context.dry_run() ? "dry run: " : "", call.subject.shown(), status, fmt::join(paths, ", "), all.changed,
        all.links > 0 ? fmt::format(", {} links left alone", all.links) : "", rule.name, call.event.id());
    return foley::done();
}

foley::Outcome Service::release(const Rule& rule, const std::string& status, Call& call) const {
    const auto because = fmt::format("{} is {}, which is not final", call.subject.shown(), status);
    if (!rule.release) return foley::ignored(because);
    const auto key = key_of(rule, call.subject);
    const auto kept = call.context.state().get(key);
    if (!kept) return foley::ignored(because);
    const auto paths = json::parse(*kept);
    for (const auto& path : paths.GetArray()) {
        // Moved away meanwhile: there is nothing left to do.
        const auto location = locate(json::text_or_empty(path), settings_.roots, {});
        const auto report = call.tree.change(location, *rule.release);
        if (report.refused > 0) return foley::failed(fmt::format("{}: {}", call.subject.shown(), refusals(report)));
        call.context.log().info("{}{} is {}: {} made writeable, {} files and folders (rule {}, event {})",
                                call.context.dry_run() ? "dry run: " : "", call.subject.shown(), status,
                                location.shown(), report.changed, rule.name, call.event.id());
    }
    if (!call.context.dry_run()) call.context.state().erase(key);
    return foley::done();
}

}  // namespace protect_final
