#include "notify/service.hpp"

#include "fields/field_text.hpp"
#include "fields/schema.hpp"
#include "fields/site_failure.hpp"
#include "notify/delivery.hpp"
#include "notify/people.hpp"

#include <foley/site/curl_transport.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <stdexcept>

namespace notify {

using namespace std::chrono_literals;
using foley::site::shotgrid::field;
namespace json = foley::json;

namespace {

constexpr auto kRemembered = 24h * 35;  // longer than any event is kept for a retry by itself

foley::Timestamp now() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string copy_of(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? c : '.';
    return out;
}

}  // namespace

struct Service::Told {
    const fields::Subject& subject;
    const foley::Event& event;
    const json::Value& entity;
    std::string site_url;

    std::optional<std::string> value(const std::string& name) const {
        if (!name.starts_with("event.")) return fields::text_of(json::member(entity, fields::FieldPath(name).text()));
        const auto some = [](std::string_view text) {
            return text.empty() ? std::nullopt : std::optional(std::string(text));
        };
        if (name == "event.user") return some(event.user().name);
        if (name == "event.old") return fields::text_of(event.change().old_value.json());
        if (name == "event.new") return fields::text_of(event.change().new_value.json());
        if (name == "event.attribute") return some(subject.attribute);
        if (name == "event.type") return some(event.type());
        if (name == "event.project") return some(event.project().name);
        if (name == "event.time")
            return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                               fmt::gmtime(std::chrono::system_clock::to_time_t(event.created_at())));
        return fmt::format("{}/detail/{}/{}", site_url, subject.type, subject.id);
    }
    std::string render(const fields::TextTemplate& text) const {
        return text.render([this](const std::string& name) { return value(name); });
    }
    // A JSON value with each text in it filled.
    json::Value filled(const json::Value& value, json::Document::AllocatorType& allocator) const {
        if (value.IsString()) return json::copy(render(fields::TextTemplate(json::text_or_empty(value))), allocator);
        if (value.IsArray()) {
            json::Value out(foley::rapidjson::kArrayType);
            for (const auto& each : value.GetArray())
                out.PushBack(filled(each, allocator), allocator);
            return out;
        }
        if (value.IsObject()) {
            json::Value out(foley::rapidjson::kObjectType);
            for (const auto& member : value.GetObject())
                out.AddMember(json::Value(member.name, allocator), filled(member.value, allocator), allocator);
            return out;
        }
        return {value, allocator};
    }
};

foley::Outcome Service::start(foley::Context& context) {
    try {
        settings_ = handles_.read();
    } catch (const std::invalid_argument& error) {
        return foley::failed(error.what());
    }
    if (!settings_.hook_url.empty()) {
        foley::site::CurlTransport::Options options;
        options.proxy = settings_.hook_proxy;
        options.ca_file = settings_.hook_ca_file;
        hook_ = std::make_unique<Hook>(settings_.hook_url, std::make_unique<foley::site::CurlTransport>(options),
                                       settings_.timeout);
    }
    try {
        const auto shotgrid = connections_.borrow(context);
        fields::Schema schema(*shotgrid);
        std::string faults;
        for (const auto& [name, rule] : settings_.rules) {
            auto names = rule.fields();
            names.insert(names.end(), rule.changes.begin(), rule.changes.end());
            for (const auto& each : names) {
                const auto fault = schema.fault_of(rule.on, fields::FieldPath(each));
                if (!fault.empty()) faults += fmt::format("{}rules.{}: {}", faults.empty() ? "" : " ", name, fault);
            }
        }
        if (!faults.empty()) return foley::failed(faults);
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    }
    return foley::done();
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    const auto subject = fields::subject_of(event);
    if (!subject) return foley::ignored("it is about no entity");
    if (!settings_.projects.want(event)) return foley::ignored("not one of the projects");
    bool told = false;
    std::string refused;
    std::optional<std::string> later;
    for (const auto& [name, rule] : settings_.rules) {
        if (!rule.wants(*subject)) continue;
        try {
            told = apply(name, rule, *subject, event, context) || told;
        } catch (const DeliveryRefused& error) {
            // The other rules are no less wanted for that.
            refused +=
                fmt::format("{}{} (rule {}, {})", refused.empty() ? "" : " ", error.what(), name, subject->shown());
        } catch (const DeliveryLater& error) {
            later = fmt::format("{} (rule {}, {})", error.what(), name, subject->shown());
        } catch (const DeliveryAway& error) {
            return foley::hold(settings_.hold, error.what());
        } catch (const foley::SiteError& error) {
            return fields::outcome_of(error, settings_.hold);
        }
    }
    if (later) return foley::retry(*later);
    if (!refused.empty()) return foley::failed(refused);
    return told ? foley::done() : foley::ignored("no rule has anything to tell of it");
}

bool Service::apply(const std::string& name, const Rule& rule, const fields::Subject& subject,
                    const foley::Event& event, foley::Context& context) {
    // What the event says that the field became counts too: an event between two of the wanted ones is none of them.
    if (!subject.attribute.empty() && !event.change().new_value.is_null() &&
        !rule.when.allows(subject.attribute, event.change().new_value.json()))
        return false;
    const auto shotgrid = connections_.borrow(event, context);
    const auto entity = shotgrid->find_one({.type = subject.type,
                                            .filter = field("id").is(subject.id),
                                            .fields = rule.fields(),
                                            .retired = rule.retired && subject.action == "remove"});
    if (!entity.IsObject() || !rule.when.holds(entity)) return false;
    const Told told{subject, event, entity, shotgrid->url()};
    const auto delivery = fmt::format("{}/{}/{}", event.source(), event.id(), name);
    if (rule.mails()) mail(delivery + "/mail", rule, told, context, *shotgrid);
    if (rule.hook) post(delivery + "/hook", rule, told, context);
    return true;
}

void Service::mail(const std::string& delivery, const Rule& rule, const Told& told, foley::Context& context,
                   foley::site::Shotgrid& shotgrid) {
    if (sent_.has(context, delivery)) return context.log().debug("{}: told before", delivery);
    const Mail mail{.from = settings_.from,
                    .to = recipients(shotgrid, rule, told.entity, told.event, context.log()),
                    .subject = told.render(rule.subject),
                    .body = told.render(rule.text),
                    .at = std::chrono::floor<std::chrono::seconds>(now()),
                    .id = copy_of(delivery)};
    if (mail.to.empty()) return context.log().info("{}: nobody is left to get the mail", told.subject.shown());
    const auto to = fmt::format("{}", fmt::join(mail.to, ", "));
    if (context.dry_run())
        return context.log().info("{}: would mail \"{}\" to {}", told.subject.shown(), mail.subject, to);
    context.progress("mail to " + to);
    send(settings_.server, mail);
    sent_.add(context, delivery, now());
    context.log().info("{}: mailed \"{}\" to {}", told.subject.shown(), mail.subject, to);
}

void Service::post(const std::string& delivery, const Rule& rule, const Told& told, foley::Context& context) {
    if (sent_.has(context, delivery)) return context.log().debug("{}: told before", delivery);
    json::Document body(foley::rapidjson::kObjectType);
    auto& allocator = body.GetAllocator();
    if (rule.hook_body) {
        static_cast<json::Value&>(body) = told.filled(*rule.hook_body, allocator);
    } else {
        body.AddMember("text", json::copy(told.render(rule.text), allocator), allocator);
    }
    const auto text = json::stringify(body);
    if (context.dry_run()) return context.log().info("{}: would post {}", told.subject.shown(), text);
    context.progress("web hook");
    hook_->post(text);
    sent_.add(context, delivery, now());
    context.log().info("{}: posted to the web hook", told.subject.shown());
}

foley::Outcome Service::forget(foley::Context& context) {
    return sent_.forget(context, now() - kRemembered) ? foley::done() : foley::again_after(100ms);
}

}  // namespace notify
