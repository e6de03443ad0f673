#include "core/foleyctl/adopt/written_configuration.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace foley::core {
namespace {

// A text that YAML reads as itself; JSON's quotes are YAML's.
std::string scalar(const std::string& text) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/' ||
               c == '.' || c == '-';
    };
    const bool starts_well = !text.empty() && text.front() != '-' && text.front() != '.' && text.size() > 1;
    const bool is_word = text == "null" || text == "Null" || text == "NULL";
    if (starts_well && !is_word && std::all_of(text.begin(), text.end(), plain)) return text;
    return json::quote(text);
}

std::string reference(const SecretReference& secret) {
    return secret.variable.empty() ? "{file: " + scalar(secret.file) + "}" : "{env: " + scalar(secret.variable) + "}";
}

// A flow list, broken into lines below `indent` when it is long. `column` is where it begins.
std::string list(const std::vector<std::string>& items, const std::string& indent, std::size_t column) {
    constexpr std::size_t kLine = 100;
    std::string text = "[";
    std::size_t line = column + 1;
    for (const std::string& item : items) {
        if (text.size() > 1) {
            text += ",";
            const bool full = line + item.size() > kLine;
            text += full ? "\n" + indent : " ";
            line = full ? indent.size() : line + 1;
        }
        text += item;
        line += item.size() + 1;
    }
    return text + "]";
}

void write_log(std::string& out, const CarriedSettings& settings) {
    out += "log:\n  level: " + settings.log_level + "\n";
    if (!settings.log_file.empty()) {
        out += fmt::format("  file:\n    path: {}\n    keep_days: 10\n    per_plugin: {}\n", scalar(settings.log_file),
                           settings.log_per_plugin);
    }
    if (!settings.timing_file.empty()) {
        out += fmt::format("  timing:\n    path: {}\n    keep_days: 10\n", scalar(settings.timing_file));
    }
}

void write_mail(std::string& out, const CarriedMail& mail) {
    out += fmt::format("\nmail:\n  host: {}\n  port: {}\n  tls: {}\n", scalar(mail.host), mail.port,
                       mail.starttls ? "starttls" : "none");
    if (!mail.user.empty())
        out += fmt::format("  user: {}\n  password: {}\n", scalar(mail.user), reference(mail.password));
    out += "  from: " + scalar(mail.from) + "\n";
    std::vector<std::string> to;
    to.reserve(mail.to.size());
    for (const std::string& recipient : mail.to)
        to.push_back(scalar(recipient));
    out += "  to: " + list(to, "    ", 6) + "\n";
    if (!mail.subject.empty()) out += "  subject: " + scalar(mail.subject) + "\n";
}

void write_site(std::string& out, const Adoption& adoption) {
    const CarriedSettings& settings = adoption.settings;
    out += fmt::format("\nsites:\n  {}:\n    kind: shotgrid\n    url: {}\n    user: {}\n    api_key: {}\n",
                       adoption.name, scalar(settings.url), scalar(settings.script), reference(settings.key));
    if (!settings.proxy.empty()) out += "    proxy: " + scalar(settings.proxy) + "\n";
    out += fmt::format("\nsources:\n  {0}:\n    kind: shotgrid\n    site: {0}\n", adoption.name);
    if (adoption.first_id) {
        out += "    # The first event that one of the plugins below still has to handle.\n";
        out += fmt::format("    start: {{id: {}}}\n", *adoption.first_id);
    } else {
        out += "    start: latest\n";
    }
    if (settings.poll_idle > 0) {
        out += fmt::format("    poll: 1s\n    poll_idle: {}s\n", settings.poll_idle);
    }
    if (settings.page > 0) out += fmt::format("    page: {}\n", settings.page);
}

void write_plugins(std::string& out, const Adoption& adoption) {
    out += "\n# Plugins are found here by the name of their file: NAME.so takes the place of NAME.py.\n";
    out += "# In shotgunEvents each plugin saw an event after the one before it, by name. Where that matters write\n";
    out += "# {path: …, order: strict}; otherwise a slow plugin holds nobody back.\n";
    out += "plugin_directories:\n";
    for (const std::string& directory : adoption.settings.plugin_directories)
        out += "  - " + scalar(directory) + "\n";
    if (adoption.settings.plugin_directories.empty()) out += "  []\n";
    const bool positions = std::any_of(adoption.plugins.begin(), adoption.plugins.end(),
                                       [](const AdoptedPlugin& plugin) { return plugin.handled.has_value(); });
    out +=
        "\n# Where each plugin goes on. foleyd takes these places when it first reads them, before the plugins are\n";
    out +=
        "# built, so that no event is lost meanwhile; afterwards its journal knows better and `start` says nothing.\n";
    out += positions ? "plugins:\n" : "#plugins:\n";
    for (const AdoptedPlugin& plugin : adoption.plugins) {
        if (!plugin.remark.empty()) out += "  # " + plugin.remark + "\n";
        if (!plugin.handled) {
            out += "  #" + plugin.name + ": {start: latest}\n";
            continue;
        }
        std::string start = fmt::format("    start: {{source: {}, handled: {}", adoption.name, *plugin.handled);
        if (!plugin.missing.empty()) {
            start += ", missing: ";
            start += list(written_ids(plugin.missing), "      ", start.size());
        }
        out += "  " + scalar(plugin.name) + ":\n" + start + "}\n";
    }
}

}  // namespace

std::vector<std::string> written_ids(const NumberRanges& ids) {
    std::vector<std::string> items;
    items.reserve(ids.ranges().size());
    for (const auto& [first, last] : ids.ranges())
        items.push_back(first == last ? std::to_string(first) : fmt::format("{}-{}", first, last));
    return items;
}

std::string written_configuration(const Adoption& adoption, const std::filesystem::path& origin) {
    std::string out = "# Written by `foleyctl adopt shotgunevents` from " + origin.string() + ".\n";
    out += "# Everything that can stand here: etc/foley.yaml, which is annotated.\n\n";
    out += "state_dir: /var/lib/foley\n";
    if (!adoption.settings.pid_file.empty()) out += "#pid_file: " + scalar(adoption.settings.pid_file) + "\n";
    out += "\ncontrol:\n  socket: /run/foley/control.sock\n\n";
    out += "# A plugin that is not built yet holds its events so long; then it gets a gap in their place.\n";
    out += "journal:\n  retention_disabled: 90d\n\n";
    write_log(out, adoption.settings);
    if (adoption.settings.mail) write_mail(out, *adoption.settings.mail);
    write_site(out, adoption);
    write_plugins(out, adoption);
    return out;
}

std::vector<WrittenFile> written_secrets(const Adoption& adoption) {
    std::vector<WrittenFile> files;
    const auto add = [&](const SecretReference& secret) {
        constexpr unsigned kOwnerOnly = 0600;
        if (secret.variable.empty() && !secret.content.empty())
            files.push_back({secret.file, secret.content + "\n", kOwnerOnly});
    };
    add(adoption.settings.key);
    if (adoption.settings.mail) add(adoption.settings.mail->password);
    return files;
}

}  // namespace foley::core
