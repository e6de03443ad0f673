// How each section of the configuration is read. Private to this room: load.cpp calls these in turn.
#pragma once

#include "core/config/configuration.hpp"
#include "core/config/map_reader.hpp"

#include <optional>
#include <string>

namespace foley::core {

LogConfig read_log(const YamlNode* node, const ReadingContext& context, Problems& problems);
std::optional<MailConfig> read_mail(const YamlNode* node, const ReadingContext& context, Problems& problems);
ControlConfig read_control(const YamlNode* node, const ReadingContext& context, Problems& problems);
JournalConfig read_journal(const YamlNode* node, const ReadingContext& context, Problems& problems);
SiteConfig read_site(const YamlEntry& entry, const ReadingContext& context, Problems& problems);
SourceConfig read_source(const YamlEntry& entry, const ReadingContext& context, Problems& problems);
// `base` holds the defaults; `settings` are read only where a plugin is named.
PluginConfig read_plugin(const YamlNode& node, const std::string& path, PluginConfig base, bool named,
                         const ReadingContext& context, Problems& problems);

std::optional<WebhookConfig> read_webhook(MapReader& source);
void read_plugin_mail(MapReader& plugin, PluginMailConfig& target);

// What is known only when everything has been read: names that nothing bears, circles. `root` for the places.
void check_names(const Configuration& configuration, const YamlNode& root, Problems& problems);
void check_webhooks(const Configuration& configuration, Problems& problems);
void check_mail(const Configuration& configuration, Problems& problems);

}  // namespace foley::core
