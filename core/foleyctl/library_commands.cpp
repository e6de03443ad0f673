#include "core/config/units.hpp"
#include "core/control/json_fields.hpp"
#include "core/foleyctl/commands.hpp"
#include "core/foleyctl/library_trust.hpp"
#include "core/foleyctl/plain_text.hpp"
#include "core/foleyd/library_probe.hpp"
#include "core/foleyd/programs.hpp"

#include <fmt/format.h>

#include <iostream>

namespace foley::core {
namespace {

LibraryProbe probe(const std::string& library) {
    if (!std::filesystem::exists(library)) throw Refused(library + ": there is no such file");
    return probe_library(find_program("foley-host"), library);
}

std::string library_json(const Hello& hello) {
    JsonText out;
    write(out, hello);
    return out.take();
}

CtlExit refuse(Session& session, const std::string& library, const LibraryProbe& probed) {
    if (session.as_json) {
        std::cout << "{\"loads\":false,\"refusal\":" << json::quote(probed.refusal) << "}\n";
    } else {
        for (const std::string& line : probed.output)
            std::cerr << "  " << one_line(line) << '\n';
        std::cerr << one_line(library) << ": " << one_line(probed.refusal) << '\n';
    }
    return CtlExit::refused;
}

CtlExit check(Session& session, const std::string& library) {
    LibraryProbe probed = probe(library);
    if (!probed.hello) return refuse(session, library, probed);
    const std::optional<std::string> untrusted = why_untrusted(library, session.config);
    if (untrusted && session.config) {
        probed.refusal = "can be loaded, but foleyd refuses the file: " + *untrusted;
        return refuse(session, library, probed);
    }
    const std::string hello = library_json(*probed.hello);
    const std::string warning =
        untrusted ? "as the file lies there, foleyd refuses it unless its configuration trusts more: " + *untrusted +
                        ". With --config FILE this is known."
                  : "";
    if (session.as_json) {
        std::cout << "{\"loads\":true," << (untrusted ? "\"warning\":" + json::quote(warning) + "," : "")
                  << "\"library\":" << hello << "}\n";
        return CtlExit::ok;
    }
    std::cout << one_line(library) << (untrusted ? " can be loaded\n" : " loads\n");
    if (untrusted) std::cerr << "warning: " << one_line(warning) << '\n';
    for (const std::string& line : probed.output)
        std::cout << "  it said: " << one_line(line) << '\n';
    show_library(session.screen(), json::parse(hello));
    return CtlExit::ok;
}

// A default as one would write it in the configuration.
std::string written(const SettingDeclaration& setting) {
    if (setting.default_value.empty()) return {};
    const json::Document value = json::parse(setting.default_value);
    const auto number = json::integer(value);
    if (setting.type == SettingType::duration && number) return format_duration(std::chrono::microseconds(*number));
    if (setting.type == SettingType::size && number) return format_size(static_cast<std::uint64_t>(*number));
    return setting.default_value;  // JSON is YAML
}

std::string example(const SettingDeclaration& setting) {
    if (std::string value = written(setting); !value.empty()) return value;
    switch (setting.type) {
        case SettingType::boolean:
            return "true";
        case SettingType::integer:
        case SettingType::number:
            return setting.minimum.empty() ? "1" : setting.minimum;
        case SettingType::duration:
            return "5s";
        case SettingType::size:
            return "64 MiB";
        case SettingType::path:
            return "/some/path";
        case SettingType::secret:
            return "{file: /etc/foley/secrets/name}";
        case SettingType::list:
            return "[]";
        case SettingType::map:
            return "{}";
        case SettingType::choice:
            return setting.choices.empty() ? "…" : setting.choices.front();
        case SettingType::text:
            break;
    }
    return "text";
}

// What can stand in the configuration, ready to be pasted there.
void print_settings(const std::string& plugin, const Hello& hello) {
    std::cout << "plugins:\n  " << one_line(plugin) << ":\n";
    if (hello.settings.empty()) {
        std::cout << "    # this plugin has no settings\n";
        return;
    }
    std::cout << "    settings:\n";
    for (const SettingDeclaration& setting : hello.settings) {
        std::string notes(to_string(setting.type));
        for (const std::string& choice : setting.choices)
            notes += (&choice == setting.choices.data() ? ": " : ", ") + choice;
        if (setting.required) notes += "; required";
        std::cout << fmt::format("      # {} ({})\n      {}{}: {}\n", one_line(setting.description), one_line(notes),
                                 setting.required ? "" : "# ", one_line(setting.name), one_line(example(setting)));
    }
}

CtlExit settings(Session& session, const std::string& library) {
    const LibraryProbe probed = probe(library);
    if (!probed.hello) return refuse(session, library, probed);
    if (session.as_json) {
        const json::Document hello = json::parse(library_json(*probed.hello));
        std::cout << json::stringify(json::find(hello, "settings")) << '\n';
    } else {
        print_settings(std::filesystem::path(library).stem().string(), *probed.hello);
    }
    return CtlExit::ok;
}

}  // namespace

void add_library_commands(CLI::App& app, Session& session) {
    auto library = std::make_shared<std::string>();
    auto* check_command = app.add_subcommand("check", "Would foleyd load this library? What does it declare?");
    check_command->add_option("LIBRARY", *library, "The plugin's file")->required();
    check_command->footer(
        "Needs no daemon. The library is loaded in a process of its own and not started. With --config it is known "
        "whom\n"
        "foleyd trusts, so an owner or a mode that it refuses is refused here too. Example:\n"
        "  foleyctl check build/plugins/greeter.so");
    check_command->callback(
        [&session, library] { session.chosen = [&session, library] { return check(session, *library); }; });
    auto* settings_command = app.add_subcommand("settings", "The settings that a library declares, as configuration");
    settings_command->add_option("LIBRARY", *library, "The plugin's file")->required();
    settings_command->callback(
        [&session, library] { session.chosen = [&session, library] { return settings(session, *library); }; });
}

}  // namespace foley::core
