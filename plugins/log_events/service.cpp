#include "log_events/service.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace log_events {
namespace {

bool matches(const std::vector<std::string>& patterns, std::string_view text) {
    return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
        if (!pattern.ends_with('*')) return pattern == text;
        pattern.remove_suffix(1);
        return text.starts_with(pattern);
    });
}

}  // namespace

foley::Outcome Service::start(foley::Context& context) {
    try {
        settings_ = handles_.read();
    } catch (const std::invalid_argument& error) {
        return foley::failed(error.what());
    }
    if (settings_.to == Where::file && !context.dry_run()) file_.emplace(settings_.path, settings_.limits);
    return foley::done();
}

bool Service::wants(const foley::Event& event) const {
    if (!matches(settings_.types, event.type()) || matches(settings_.exclude_types, event.type())) return false;
    if (!settings_.projects.want(event)) return false;
    const auto changes = event.changes();
    if (changes.empty()) return matches(settings_.attributes, "") && matches(settings_.entity_types, "");
    return std::any_of(changes.begin(), changes.end(), [&](const foley::Change& change) {
        return matches(settings_.attributes, change.attribute) && matches(settings_.entity_types, change.entity.type);
    });
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    if (!wants(event)) return foley::ignored("not one of those to write");
    const auto line = settings_.text ? settings_.text->render(event) : json_line(event, settings_.payload);
    if (!file_) {
        context.log().write(FOLEY_LOG_INFO, line);
        return foley::done();
    }
    try {
        return file_->append(line) ? foley::done() : foley::ignored("written already, before a crash");
    } catch (const std::system_error& error) {
        return foley::hold(settings_.hold, std::string(error.what()) +
                                               ". Events wait until it works: make room, make the folder, or give "
                                               "foleyd's user the right to write there.");
    }
}

}  // namespace log_events
