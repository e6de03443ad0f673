#include "task_templates/service.hpp"

#include "fields/field_text.hpp"
#include "fields/site_failure.hpp"
#include "task_templates/rule_check.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <chrono>
#include <set>
#include <stdexcept>
#include <vector>

namespace task_templates {

namespace json = foley::json;
using namespace foley::site::shotgrid;

struct Service::Call {
    const fields::Subject& subject;
    const foley::Event& event;
    foley::Context& context;
    foley::site::Shotgrid& shotgrid;
    bool wrote = false;
    std::optional<foley::Duration> wait = {};  // set: for what may still appear
    std::vector<const Switch*> pressed = {};   // whose template was passed on
};

foley::Outcome Service::start(foley::Context& context) {
    try {
        settings_ = handles_.read();
        doubt_.emplace(settings_.settle,
                       std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()),
                       rules::Doubt::Clock::now());
        const auto faults = faults_of(settings_.rules, *connections_.borrow(context, settings_.site));
        if (!faults.empty()) return foley::failed(fmt::format("{}", fmt::join(faults, " ")));
        return foley::done();
    } catch (const std::invalid_argument& error) {
        return foley::failed(error.what());
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    }
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    const auto subject = fields::subject_of(event);
    if (!subject) return foley::ignored("it is about no entity");
    if (!settings_.site.empty() && !event.site().empty() && event.site() != settings_.site)
        return foley::ignored("it is of another site");
    std::vector<const Rule*> rules;
    for (const auto& rule : settings_.rules) {
        if (rule.concerned(*subject)) rules.push_back(&rule);
    }
    if (rules.empty()) return foley::ignored(fmt::format("no rule for {} {}", subject->type, subject->attribute));
    std::string notes;
    std::string failures;
    const auto add = [](std::string& to, const std::string& name, const std::string& what) {
        to += fmt::format("{}rule {}: {}", to.empty() ? "" : "; ", name, what);
    };
    const auto shotgrid = connections_.borrow(event, context);
    Call call{*subject, event, context, *shotgrid};
    for (const auto* rule : rules) {
        try {
            add(notes, rule->name, apply(*rule, call));
        } catch (const foley::SiteError& error) {
            auto outcome = fields::outcome_of(error, settings_.hold);
            if (outcome.kind() != foley::Outcome::Kind::failed) return outcome;
            // The other rules are no less wanted for that.
            add(failures, rule->name, error.what());
        }
        if (call.wait)
            return foley::hold(*call.wait, "what was sent to the site before, and not answered, may still appear");
    }
    if (!failures.empty()) return foley::failed(failures);
    try {
        reset(call);
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    }
    return call.wrote ? foley::done() : foley::ignored(notes);
}

std::optional<Scope> Service::scope_of(const Rule& rule, Call& call, std::string& why) {
    Scope scope;
    if (rule.on) {
        scope.template_id = call.subject.id;
    } else {
        const auto task = call.shotgrid.find_one(
            {.type = "Task", .filter = field("id").is(call.subject.id), .fields = {"task_template"}});
        const auto link = link_of(json::member(task, "task_template"));
        why = task.IsObject() ? "it is no task of a template" : fmt::format("{} is gone", call.subject.shown());
        if (!link) return std::nullopt;
        scope.template_id = link->id;
        scope.task = call.subject.id;
        if (rule.passes(call.subject.attribute)) scope.field = call.subject.attribute;
    }
    std::vector<std::string> names;
    for (const auto& path : rule.when.paths())
        names.push_back(path.text());
    if (rule.on) names.push_back(rule.on->field);
    if (names.empty()) return scope;
    const auto entity =
        call.shotgrid.find_one({.type = "TaskTemplate", .filter = field("id").is(scope.template_id), .fields = names});
    if (!entity.IsObject()) {
        why = fmt::format("TaskTemplate {} is gone", scope.template_id);
    } else if (rule.on && fields::text_of(json::member(entity, rule.on->field)).value_or("") != rule.on->value) {
        why = fmt::format("{} is not {}", rule.on->field, rule.on->value);
    } else if (!rule.when.holds(entity)) {
        why = "its `when` does not hold";
    } else {
        return scope;
    }
    return std::nullopt;
}

std::string Service::apply(const Rule& rule, Call& call) {
    std::string why;
    const auto scope = scope_of(rule, call, why);
    if (!scope) return why;
    const auto* mode = call.context.dry_run() ? "dry run: " : "";
    Passing passing(call.shotgrid, rule, settings_.projects,
                    {.progress = [&](const std::string& what) { call.context.progress(what); },
                     .wrote =
                         [&](const std::string& line) {
                             call.wrote = true;
                             call.context.log().info("{}{} (rule {}, event {})", mode, line, rule.name,
                                                     call.event.id());
                         },
                     .may_create =
                         [&] {
                             if (!call.context.dry_run())
                                 call.wait = doubt_->left(call.event.received_at(), rules::Doubt::Clock::now());
                             return !call.wait;
                         },
                     .failed = [&](const foley::SiteError& error) { doubt_->add(error, rules::Doubt::Clock::now()); }});
    const auto written = passing.pass(*scope);
    if (!written) return "it waits";
    if (rule.on) call.pressed.push_back(&*rule.on);
    return *written == 0 ? "all is as the template says" : fmt::format("{} tasks", *written);
}

// Last of all, since several rules can have the same switch, and what a kill has cut short is asked for again.
void Service::reset(Call& call) {
    if (call.pressed.empty()) return;
    Fields fields;
    std::set<std::string> seen;
    for (const auto* each : call.pressed) {
        if (seen.insert(each->field).second) fields.set(each->field, each->reset);
    }
    call.shotgrid.update("TaskTemplate", call.subject.id, fields);
    call.wrote = true;
}

}  // namespace task_templates
