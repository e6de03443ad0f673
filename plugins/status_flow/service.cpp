#include "status_flow/service.hpp"

#include "fields/field_text.hpp"
#include "fields/site_failure.hpp"
#include "status_flow/rule_check.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace status_flow {

namespace json = foley::json;
using namespace foley::site::shotgrid;

namespace {

constexpr std::size_t kBatch = 100;  // writes that travel together: the site takes a tenth of a second for each

std::string type_of(const json::Value& entity) {
    return std::string(json::text_or_empty(entity, "type"));
}

std::string shown(const json::Value& entity) {
    return fmt::format("{} {}", type_of(entity), json::to_text(json::member(entity, "id")));
}

// As the configuration writes it, and an event: a checkbox is true or false.
std::string value_text(const json::Value& value) {
    return value.IsBool() ? json::to_text(value) : fields::text_of(value).value_or("");
}

std::int64_t id_of(const json::Value& entity) {
    return json::integer(json::member(entity, "id")).value_or(0);
}

bool is_already(const json::Value& present, const Value& wanted) {
    const auto value = json::parse(wanted.json());
    // The site keeps an empty text as nothing.
    const auto is_nothing = [](const json::Value& each) {
        return each.IsNull() || (each.IsString() && each.GetStringLength() == 0);
    };
    return present == value || (is_nothing(present) && is_nothing(value));
}

// What has to change at the target, and how it reads.
struct Difference {
    Fields fields;
    std::string shown;
};

Difference difference(const Rule& rule, const std::string& value, const json::Value& target) {
    Difference out;
    for (const auto& assignment : rule.set) {
        const auto* wanted = assignment.for_value(value);
        const auto& present = json::member(target, assignment.field);
        if (wanted == nullptr || is_already(present, *wanted)) continue;
        out.fields.set(assignment.field, *wanted);
        out.shown += fmt::format("{}{} {} -> {}", out.shown.empty() ? "" : ", ", assignment.field,
                                 json::stringify(present), wanted->json());
    }
    return out;
}

}  // namespace

struct Service::Call {
    const fields::Subject& subject;
    const foley::Event& event;
    foley::Context& context;
    foley::site::Shotgrid& shotgrid;
    Targets targets;
    bool wrote = false;
};

foley::Outcome Service::start(foley::Context& context) {
    try {
        settings_ = handles_.read();
        limit_.emplace(settings_.writes_per_minute);
        const auto faults = faults_of(settings_.rules, *connections_.borrow(context, settings_.site));
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
    const auto& became = event.change().new_value;
    for (const auto& rule : settings_.rules) {
        if (rule.from != subject.type || rule.field != subject.attribute) continue;
        // Saves questions only: what counts is what the site says, and another value has an event of its own.
        if (!became.is_null() && !rule.wants_value(became.text())) continue;
        if (rule.projects.want(event)) out.push_back(&rule);
    }
    return out;
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    const auto subject = fields::subject_of(event);
    if (!subject || subject->attribute.empty()) return foley::ignored("no field of an entity changed");
    if (!settings_.site.empty() && !event.site().empty() && event.site() != settings_.site)
        return foley::ignored("it is of another site");
    if (!settings_.projects.want(event)) return foley::ignored("not one of the projects");
    const auto rules = rules_for(event, *subject);
    if (rules.empty())
        return foley::ignored(
            fmt::format("no rule for {}.{} = {}", subject->type, subject->attribute, event.change().new_value.text()));
    try {
        const auto shotgrid = connections_.borrow(event, context);
        Call call{*subject, event, context, *shotgrid,
                  Targets(*shotgrid, [&] { context.progress("asking for " + subject->shown()); })};
        std::string notes;
        for (const auto* rule : rules)
            notes += fmt::format("{}rule {}: {}", notes.empty() ? "" : "; ", rule->name, apply(*rule, call));
        return call.wrote ? foley::done() : foley::ignored(notes);
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    }
}

std::string Service::apply(const Rule& rule, Call& call) {
    const auto source = call.shotgrid.find_one(
        {.type = rule.from, .filter = field("id").is(call.subject.id), .fields = rule.source_fields()});
    if (!source.IsObject()) return fmt::format("{} is gone", call.subject.shown());
    const auto value = value_text(json::member(source, rule.field));
    if (!rule.wants_value(value)) return fmt::format("{} is {} by now", call.subject.shown(), value);
    if (!rule.when.holds(source)) return "its `when` does not hold";
    auto targets = call.targets.find(rule, source);
    if (targets.empty()) return "there is nothing to set";
    std::string why = "all is set already";
    std::erase_if(targets, [&](const json::Document& target) {
        if (difference(rule, value, target).fields.empty()) return true;
        if (!rule.only_if.holds(target)) {
            why = fmt::format("the `only_if` does not hold for {}", shown(target));
            return true;
        }
        if (!call.targets.siblings_agree(rule, target)) {
            why = fmt::format("the others of {} are not all so", shown(target));
            return true;
        }
        if (!limit_->allows(type_of(target), id_of(target), WriteLimit::Clock::now())) {
            why = fmt::format("{} was set {} times within a minute", shown(target), settings_.writes_per_minute);
            call.context.log().error(
                "event {}: rule {}: {}, so it is left alone now. Rules, or another program, chase each other: see that "
                "none undoes what another sets, or raise writes_per_minute.",
                call.event.id(), rule.name, why);
            return true;
        }
        return false;
    });
    if (targets.empty()) return why;
    write(rule, value, targets, call);
    call.wrote = true;
    return "set";
}

void Service::write(const Rule& rule, const std::string& value, const std::vector<json::Document>& targets,
                    Call& call) {
    for (std::size_t begin = 0; begin < targets.size(); begin += kBatch) {
        const auto end = std::min(targets.size(), begin + kBatch);
        call.context.progress(fmt::format("setting {} of {}", end, targets.size()));
        foley::site::ShotgridBatch batch;
        std::string lines;
        for (std::size_t i = begin; i < end; ++i) {
            const auto change = difference(rule, value, targets[i]);
            batch.update(type_of(targets[i]), id_of(targets[i]), change.fields);
            lines += fmt::format("{}{}: {}", lines.empty() ? "" : "; ", shown(targets[i]), change.shown);
        }
        call.shotgrid.send(batch);
        for (std::size_t i = begin; i < end; ++i)
            limit_->count(type_of(targets[i]), id_of(targets[i]), WriteLimit::Clock::now());
        call.context.log().info("{}{} is {}: {} (rule {}, event {})", call.context.dry_run() ? "dry run: " : "",
                                call.subject.shown(), value, lines, rule.name, call.event.id());
    }
}

}  // namespace status_flow
