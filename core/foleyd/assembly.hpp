// From the configuration to the options that each room declares.
#pragma once

#include "core/config/configuration.hpp"
#include "core/engine/plugin_options.hpp"
#include "core/http/server.hpp"
#include "core/journal/sqlite/sqlite_journal.hpp"
#include "core/report/log_options.hpp"
#include "core/report/mail_options.hpp"
#include "core/report/timing_log.hpp"
#include "core/source/source.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

struct Programs {
    std::filesystem::path host, symbolizer;
};

LogOptions log_options(const Configuration& configuration);
std::optional<MailOptions> mail_options(const Configuration& configuration);
// Null: there is none.
std::unique_ptr<TimingLog> make_timing_log(const Configuration& configuration, TimingLog::LogWriter log);
SqliteJournalOptions journal_options(const Configuration& configuration);
UnixListener control_listener(const Configuration& configuration);
EngineOptions engine_options(const std::shared_ptr<const Configuration>& configuration, const Programs& programs);
// What is wrong with the configured settings of a plugin that declares these.
std::vector<Problem> settings_problems(const Configuration& configuration, const std::string& plugin,
                                       const std::vector<SettingDeclaration>& declared);
std::vector<std::unique_ptr<Source>> make_sources(const Configuration& configuration, const SourceContext& context);

// What a running daemon cannot take over from a changed configuration: sentences, empty when there is nothing.
std::vector<std::string> needs_restart(const Configuration& before, const Configuration& now);

}  // namespace foley::core
