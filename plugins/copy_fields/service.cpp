#include "copy_fields/service.hpp"

#include "copy_fields/field_value.hpp"
#include "copy_fields/totals.hpp"
#include "fields/schema.hpp"
#include "fields/site_failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace copy_fields {

using foley::site::shotgrid::field;
using foley::site::shotgrid::Link;
using foley::site::shotgrid::link_of;
namespace json = foley::json;

namespace {

constexpr std::size_t kMostWrites = 20;  // of one field of one entity
constexpr std::chrono::seconds kWithin{60};

class RunsInCircle : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Whether a total that is a number, a date, or anything that can be counted makes sense for the field.
bool can_hold(const Rule& rule, std::string_view from, std::string_view to) {
    if (rule.total == Total::count) return fits("number", to);
    if (rule.total == Total::min || rule.total == Total::max)
        return (fits("number", from) && from != "text" && fits(from, to)) ||
               (from.starts_with("date") && fits(from, to));
    return from != "text" && fits("number", from) && fits(from, to);
}

}  // namespace

struct Service::Work {
    const fields::Subject& subject;
    const foley::Event& event;
    foley::Context& context;
    foley::site::Shotgrid& shotgrid;
};

Service::Service(SettingHandles handles) : handles_(std::move(handles)), breaker_(kMostWrites, kWithin) {}

foley::Outcome Service::start(foley::Context& context) {
    try {
        settings_ = handles_.read();
    } catch (const std::invalid_argument& error) {
        return foley::failed(error.what());
    }
    std::string faults;
    try {
        check_schema(*connections_.borrow(context), faults);
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    }
    return faults.empty() ? foley::done() : foley::failed(faults);
}

void Service::check_schema(foley::site::Shotgrid& shotgrid, std::string& faults) {
    fields::Schema schema(shotgrid);
    for (const auto& rule : settings_.rules) {
        const auto complain = [&](const std::string& what) {
            faults += fmt::format("{}rules.{}: {}", faults.empty() ? "" : " ", rule.name, what);
        };
        bool known = true;
        for (const auto& name : rule.fields()) {
            const auto fault = schema.fault_of(rule.on, fields::FieldPath(name));
            if (!fault.empty()) complain(fault);
            known = known && fault.empty();
        }
        if (!known) continue;
        for (const auto& link : {rule.target_link(), rule.from ? rule.from->link() : std::string()}) {
            if (!link.empty() && schema.data_type(rule.on, fields::FieldPath(link)) != "entity")
                complain(fmt::format("{} leads to several entities; only a link to one can be followed.", link));
        }
        const auto to = schema.data_type(rule.on, rule.to);
        data_types_[rule.name] = to;
        const auto from = rule.from ? schema.data_type(rule.on, *rule.from) : std::string();
        if (rule.kind == Kind::stamp && to != "date" && to != "date_time")
            complain(
                fmt::format("{} is of the type {} and takes no time; only date and date_time do.", rule.to.text(), to));
        if ((rule.kind == Kind::copy && !fits(from, to)) || (rule.kind == Kind::total && !can_hold(rule, from, to)))
            complain(fmt::format("{} is of the type {}, and does not take what {} of the type {} gives.",
                                 rule.to.text(), to, rule.from->text(), from));
    }
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    const auto subject = fields::subject_of(event);
    if (!subject) return foley::ignored("it is about no entity");
    if (!settings_.projects.want(event)) return foley::ignored("not one of the projects");
    bool wrote = false;
    std::string failures;
    for (const auto& rule : settings_.rules) {
        if (!rule.concerned(*subject) && !rule.concerned_from_afar(*subject)) continue;
        const auto fail = [&](const char* what) {
            failures +=
                fmt::format("{}rule {}, {}: {}", failures.empty() ? "" : " ", rule.name, subject->shown(), what);
        };
        try {
            const auto shotgrid = connections_.borrow(event, context);
            Work work{*subject, event, context, *shotgrid};
            wrote = apply(rule, work) || wrote;
        } catch (const foley::SiteError& error) {
            auto outcome = fields::outcome_of(error, settings_.hold);
            if (outcome.kind() != foley::Outcome::Kind::failed) return outcome;
            // The other rules are no less wanted for that.
            fail(error.what());
        } catch (const RunsInCircle& error) {
            fail(error.what());
        }
    }
    if (!failures.empty()) return foley::failed(failures);
    return wrote ? foley::done() : foley::ignored("no rule has anything to write");
}

bool Service::apply(const Rule& rule, Work& work) {
    if (rule.kind == Kind::total) return apply_total(rule, work);
    bool wrote = false;
    if (rule.concerned(work.subject)) {
        const auto& value = work.event.change().new_value;
        // A stamp is of the event that made the condition true, and of none that came before or after it.
        if (rule.kind == Kind::stamp && !value.is_null() && !rule.when.allows(work.subject.attribute, value.json()))
            return false;
        const auto entity = work.shotgrid.find_one(
            {.type = rule.on, .filter = field("id").is(work.subject.id), .fields = rule.fields()});
        if (entity.IsObject()) wrote = apply_to(rule, entity, work);
    }
    if (rule.concerned_from_afar(work.subject)) {
        const Link source{work.subject.type, work.subject.id};
        work.shotgrid.find_pages(
            {.type = rule.on, .filter = field(rule.from->link()).is(source), .fields = rule.fields()},
            [&](const json::Value& page) {
                for (const auto& entity : page.GetArray()) {
                    work.context.progress(rule.name);
                    wrote = apply_to(rule, entity, work) || wrote;
                }
                return true;
            });
    }
    return wrote;
}

bool Service::apply_to(const Rule& rule, const json::Value& entity, Work& work) {
    if (!rule.when.holds(entity)) return false;
    Link target{rule.on, json::integer(json::member(entity, "id")).value_or(0)};
    if (!rule.to.hops().empty()) {
        const auto linked = link_of(json::member(entity, rule.target_link()));
        if (!linked || linked->type != rule.target_type()) return false;
        target = *linked;
    }
    const auto& present = json::member(entity, rule.to.text());
    if (rule.only_empty && !is_empty(present)) return false;
    const auto& type = data_types_[rule.name];
    switch (rule.kind) {
        case Kind::stamp: {
            auto wanted = stamp_for(work.event.created_at(), type);
            // An event that comes late does not set back what a later one has set.
            if (present.IsString() && json::stringify(present) > wanted) return false;
            return write(rule, target, present, wanted, work);
        }
        case Kind::value:
            return write(rule, target, present, for_field(*rule.value, type), work);
        case Kind::copy:
        case Kind::total:
            break;
    }
    return write(rule, target, present, for_field(json::member(entity, rule.from->text()), type), work);
}

bool Service::apply_total(const Rule& rule, Work& work) {
    const auto link = rule.target_link();
    std::vector<Link> parents;
    const auto add = [&](const json::Value& value) {
        const auto parent = link_of(value);
        if (!parent || parent->type != rule.target_type()) return;
        if (std::find(parents.begin(), parents.end(), *parent) == parents.end()) parents.push_back(*parent);
    };
    const auto entity = work.shotgrid.find_one({.type = rule.on,
                                                .filter = field("id").is(work.subject.id),
                                                .fields = {link},
                                                .retired = work.subject.action == "remove"});
    add(json::member(entity, link));
    if (work.subject.attribute == link) {
        add(work.event.change().old_value.json());
        add(work.event.change().new_value.json());
    }
    bool wrote = false;
    for (const auto& parent : parents) {
        work.context.progress(rule.name);
        const auto now = work.shotgrid.find_one(
            {.type = parent.type, .filter = field("id").is(parent.id), .fields = {rule.to.last()}});
        if (!now.IsObject()) continue;
        const auto children =
            work.shotgrid.find({.type = rule.on, .filter = field(link).is(parent), .fields = rule.fields()});
        const auto total = json::parse(total_of(rule, children));
        wrote =
            write(rule, parent, json::member(now, rule.to.last()), for_field(total, data_types_[rule.name]), work) ||
            wrote;
    }
    return wrote;
}

bool Service::write(const Rule& rule, const Link& target, const json::Value& present, const std::string& wanted,
                    Work& work) {
    const auto value = json::parse(wanted);
    if (is_same(present, value)) return false;
    const auto shown = fmt::format("{} {}.{}", target.type, target.id, rule.to.last());
    if (!breaker_.allows(shown, std::chrono::steady_clock::now()))
        throw RunsInCircle(
            fmt::format("{} was written {} times within a minute, so rules run in a circle. Look which "
                        "of them write and read it.",
                        shown, kMostWrites));
    work.shotgrid.update(target.type, target.id,
                         foley::site::shotgrid::Fields().set(
                             rule.to.last(), foley::site::shotgrid::Value(static_cast<const json::Value&>(value))));
    work.context.log().info("{}: {} {} from {} to {}", rule.name, shown,
                            work.context.dry_run() ? "would be changed" : "changed", json::stringify(present), wanted);
    return true;
}

}  // namespace copy_fields
