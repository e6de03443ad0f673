#include "create_entities/service.hpp"

#include "create_entities/rule_check.hpp"
#include "fields/site_failure.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace create_entities {

namespace json = foley::json;
using namespace foley::site::shotgrid;
using namespace std::chrono_literals;

namespace {

constexpr auto kRemembered = std::chrono::hours(24) * 30;

foley::Timestamp now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string shown(const std::string& type, std::int64_t id) {
    return fmt::format("{} {}", type, id);
}

// A text, as the logs show it: a note can be long.
std::string shown(const Filled& one) {
    constexpr std::size_t kLongest = 80;
    const auto text = one.value ? one.value->json() : std::string("null");
    return fmt::format("{} {}", one.assignment->field,
                       text.size() <= kLongest ? text : fmt::format("… ({} bytes)", text.size()));
}

}  // namespace

struct Service::Call {
    const fields::Subject& subject;
    const foley::Event& event;
    foley::Context& context;
    foley::site::Shotgrid& shotgrid;
    bool created = false;
    std::optional<foley::Duration> wait = {};  // set: for what may still appear
};

foley::Outcome Service::start(foley::Context& context) {
    try {
        settings_ = handles_.read();
        doubt_.emplace(settings_.settle, now(), rules::Doubt::Clock::now());
        const auto faults = resolve(settings_.rules, *connections_.borrow(context, settings_.site));
        if (!faults.empty()) return foley::failed(fmt::format("{}", fmt::join(faults, " ")));
        return foley::done();
    } catch (const std::invalid_argument& error) {
        return foley::failed(error.what());
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    }
}

std::vector<const Rule*> Service::rules_for(const foley::Event& event, const fields::Subject& subject) const {
    std::vector<const Rule*> out;
    for (const auto& rule : settings_.rules) {
        if (rule.concerned(subject) && rule.projects.want(event)) out.push_back(&rule);
    }
    return out;
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    const auto subject = fields::subject_of(event);
    if (!subject) return foley::ignored("it is about no entity");
    if (!settings_.site.empty() && !event.site().empty() && event.site() != settings_.site)
        return foley::ignored("it is of another site");
    if (!settings_.projects.want(event)) return foley::ignored("not one of the projects");
    const auto rules = rules_for(event, *subject);
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
    return call.created ? foley::done() : foley::ignored(notes);
}

std::string Service::apply(const Rule& rule, Call& call) {
    const auto deed = fmt::format("{}/{}/{}", call.event.source(), call.event.id(), rule.name);
    if (!call.event.id().empty() && created_.has(call.context, deed)) return "it was created for this event before";
    const auto entity = call.shotgrid.find_one(
        {.type = rule.from, .filter = field("id").is(call.subject.id), .fields = rule.source_fields()});
    if (!entity.IsObject()) return fmt::format("{} is gone", call.subject.shown());
    if (!rule.wants(json::member(entity, rule.field))) return fmt::format("{} is not what it waits for", rule.field);
    if (!rule.when.holds(entity)) return "its `when` does not hold";
    const Source source{entity, call.event};
    const auto set = fill(rule.set, source);
    for (const auto& one : set) {
        if (one.assignment->field == "project" && !one.value)
            return fmt::format("{} has no project, and without one a {} would be out of reach", call.subject.shown(),
                               rule.create);
    }
    if (!rule.unless.empty()) {
        const auto there = one_with(call.shotgrid, rule.create, fill(rule.unless, source));
        if (there) return fmt::format("{} is there already", shown(rule.create, *there));
    }
    const auto made = made_since(call.shotgrid, rule.create, set, call.event.created_at());
    if (made) return fmt::format("{} is there since the event", shown(rule.create, *made));
    if (!call.context.dry_run()) call.wait = doubt_->left(call.event.received_at(), rules::Doubt::Clock::now());
    if (call.wait) return "it waits";
    const auto id = create(rule, set, source, call);
    if (!call.context.dry_run() && !call.event.id().empty()) created_.add(call.context, deed, now());
    call.created = true;
    return shown(rule.create, id);
}

std::int64_t Service::create(const Rule& rule, const std::vector<Filled>& set, const Source& source, Call& call) {
    Fields fields;
    std::string lines;
    for (const auto& one : set) {
        if (!one.value) continue;
        fields.set(one.assignment->field, *one.value);
        lines += fmt::format("{}{}", lines.empty() ? "" : ", ", shown(one));
    }
    Fields changes;
    for (const auto& one : fill(rule.then, source)) {
        changes.set(one.assignment->field, one.value.value_or(Value(nullptr)));
        lines += fmt::format("; then {}", shown(one));
    }
    json::Document answer;
    try {
        if (changes.empty()) {
            answer = call.shotgrid.create(rule.create, fields);
        } else {
            // All or nothing: an entity that was created and a field that was not emptied would be one too many later.
            foley::site::ShotgridBatch batch;
            batch.create(rule.create, fields);
            batch.update(rule.from, call.subject.id, changes);
            answer = call.shotgrid.send(batch);
        }
    } catch (const foley::SiteError& error) {
        doubt_->add(error, rules::Doubt::Clock::now());
        throw;
    }
    const auto& made = answer.IsArray() ? json::element(answer, 0) : static_cast<const json::Value&>(answer);
    const auto id = json::integer(json::member(made, "id")).value_or(0);
    call.context.log().info("{}{} for {}: {} (rule {}, event {})", call.context.dry_run() ? "dry run: " : "",
                            call.context.dry_run() ? rule.create : shown(rule.create, id), call.subject.shown(), lines,
                            rule.name, call.event.id());
    return id;
}

foley::Outcome Service::forget(foley::Context& context) {
    return created_.forget(context, now() - kRemembered) ? foley::done() : foley::again_after(100ms);
}

}  // namespace create_entities
