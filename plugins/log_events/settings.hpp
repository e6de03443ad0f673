// Settings: log_events' settings as its parts want them. The README explains each.
#pragma once

#include "fields/subject.hpp"
#include "log_events/line.hpp"
#include "log_events/log_file.hpp"

#include <foley/registrar.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace log_events {

enum class Where { file, log };
enum class Format { json, text };

struct Settings {
    std::vector<std::string> types, exclude_types, attributes, entity_types;
    fields::Projects projects;
    Where to = Where::file;
    std::filesystem::path path;
    std::optional<LineTemplate> text;  // none: JSON
    bool payload = false;
    LogFile::Limits limits;
    foley::Duration hold{};
};

// The declarations, made while the plugin registers.
class SettingHandles {
public:
    explicit SettingHandles(foley::Registrar& registrar);

    // From the plugin's start on. Throws std::invalid_argument with all that the daemon could not check.
    Settings read() const;

private:
    foley::Setting<std::vector<std::string>> types_, exclude_types_, attributes_, entity_types_, projects_,
        exclude_projects_;
    foley::Setting<Where> to_;
    foley::Setting<std::filesystem::path> path_;
    foley::Setting<Format> format_;
    foley::Setting<std::string> text_;
    foley::Setting<bool> payload_, sync_;
    foley::Setting<foley::ByteSize> max_size_;
    foley::Setting<std::int64_t> keep_;
    foley::Setting<foley::Duration> hold_;
};

}  // namespace log_events
