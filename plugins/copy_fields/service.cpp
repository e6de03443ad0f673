#include "copy_fields/service.hpp"

#include "copy_fields/apply.hpp"
#include "copy_fields/rule_check.hpp"
#include "copy_fields/write.hpp"
#include "fields/schema.hpp"
#include "fields/site_failure.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace copy_fields {

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
    for (auto& rule : settings_.rules) {
        check_rule(rule, schema, [&](const std::string& what) {
            faults += fmt::format("{}rules.{}: {}", faults.empty() ? "" : " ", rule.name, what);
        });
    }
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    const auto subject = fields::subject_of(event);
    if (!subject) return foley::ignored("it is about no entity");
    if (!settings_.projects.want(event)) return foley::ignored("not one of the projects");
    bool wrote = false;
    std::string failures;
    for (const auto& rule : settings_.rules) {
        if (!concerns(rule, *subject)) continue;
        const auto fail = [&](const char* what) {
            failures +=
                fmt::format("{}rule {}, {}: {}", failures.empty() ? "" : " ", rule.name, subject->shown(), what);
        };
        try {
            const auto shotgrid = connections_.borrow(event, context);
            wrote = apply(rule, {*subject, event, context, *shotgrid, breaker_}) || wrote;
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

}  // namespace copy_fields
