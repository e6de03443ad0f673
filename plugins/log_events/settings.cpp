#include "log_events/settings.hpp"

#include <stdexcept>

namespace log_events {

using namespace std::chrono_literals;
using foley::operator""_KiB;
using foley::operator""_MiB;
using foley::operator""_GiB;

SettingHandles::SettingHandles(foley::Registrar& registrar)
    : types_(registrar.setting("types", std::vector<std::string>{"*"},
                               "The types of event to write; Shotgun_Task_* is a prefix.")),
      exclude_types_(registrar.setting("exclude_types", std::vector<std::string>{}, "Types of event to leave out.")),
      attributes_(registrar.setting("attributes", std::vector<std::string>{"*"}, "Only changes of these fields.")),
      entity_types_(
          registrar.setting("entity_types", std::vector<std::string>{"*"}, "Only of entities of these types.")),
      projects_(registrar.setting("projects", std::vector<std::string>{}, "Only these projects, by name or id.")),
      exclude_projects_(
          registrar.setting("exclude_projects", std::vector<std::string>{}, "Never these projects, by name or id.")),
      to_(registrar.choice("to", Where::file, {{"file", Where::file}, {"log", Where::log}},
                           "Write to a file, or to the plugin's log.")),
      path_(registrar.optional<std::filesystem::path>("path", "The file, when writing to one.")),
      format_(registrar.choice("format", Format::json, {{"json", Format::json}, {"text", Format::text}},
                               "One JSON object per event, or the text below for each change.")),
      text_(registrar.setting("text",
                              "{at} {type} {project|-}: {entity_type} {entity_id} {entity} {attribute} {old|-} -> "
                              "{new|-} ({user|nobody})",
                              "A line of the format text, with the event's values in braces.")),
      payload_(registrar.setting("payload", false, "With format json: all that the site sent, too.")),
      sync_(registrar.setting("sync", false, "Each line is on the disk before its event counts as handled.")),
      max_size_(registrar.setting("max_size", 64_MiB, "The size at which a new file begins.").range(1_KiB, 1024_GiB)),
      keep_(registrar.setting("keep", 10, "How many old files are kept.").range(0, 1000)),
      hold_(registrar.setting("hold", 30s, "How long to wait before trying again while the file cannot be written.")
                .range(1s, 1h)) {}

Settings SettingHandles::read() const {
    Settings settings;
    settings.types = types_.get();
    settings.exclude_types = exclude_types_.get();
    settings.attributes = attributes_.get();
    settings.entity_types = entity_types_.get();
    settings.projects = {projects_.get(), exclude_projects_.get()};
    settings.to = to_.get();
    settings.path = path_.get();
    if (settings.to == Where::file && !settings.path.is_absolute())
        throw std::invalid_argument("path: name the file to write to, with its whole path, or set to: log.");
    if (format_.get() == Format::text) {
        try {
            settings.text.emplace(text_.get());
        } catch (const std::invalid_argument& error) {
            throw std::invalid_argument(std::string("text: ") + error.what());
        }
    }
    settings.payload = payload_.get();
    settings.limits = {.size = max_size_.get().bytes,
                       .keep = keep_.get(),
                       .sync = sync_.get(),
                       .unique = format_.get() == Format::json};
    settings.hold = hold_.get();
    return settings;
}

}  // namespace log_events
