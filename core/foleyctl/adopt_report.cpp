#include "core/foleyctl/adopt_report.hpp"

#include "core/foleyctl/adopt/written_configuration.hpp"
#include "core/foleyctl/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace foley::core {
namespace {

std::string missing_text(const NumberRanges& missing) {
    constexpr std::size_t kMost = 4;
    if (missing.empty()) return {};
    std::vector<std::string> ids = written_ids(missing);
    std::string text = std::to_string(missing.count()) + ":";
    for (std::size_t at = 0; at < std::min(ids.size(), kMost); ++at)
        text += " " + ids[at];
    return ids.size() > kMost ? text + " …" : text;
}

void show_plugins(const Screen& screen, const Adoption& adoption) {
    Table table({"PLUGIN", "HANDLED UP TO", "STILL MISSING", "REMARK", "DIRECTORY"});
    for (const AdoptedPlugin& plugin : adoption.plugins) {
        const std::string handled = plugin.handled ? std::to_string(*plugin.handled) : "starts at the newest";
        table.add({{plugin.name, Colour::bold},
                   {handled, plugin.handled ? Colour::none : Colour::warning},
                   {missing_text(plugin.missing)},
                   {plugin.remark},
                   {plugin.directory}});
    }
    screen.out << "plugins\n";
    if (table.empty()) {
        screen.out << "  none\n";
    } else {
        table.print(screen.out, screen.colours, "  ");
    }
    if (!adoption.first_id) return;
    screen.out << fmt::format("the source begins at event {}", *adoption.first_id);
    std::uint64_t newest = 0;
    for (const AdoptedPlugin& plugin : adoption.plugins)
        newest = std::max(newest, plugin.handled.value_or(0));
    if (newest >= *adoption.first_id)
        screen.out << fmt::format("; {} ids up to the newest position", newest - *adoption.first_id + 1);
    screen.out << "\n";
}

void show_left_out(const Screen& screen, const Adoption& adoption) {
    screen.out << coloured("not carried over", Colour::bold, screen.colours) << "\n";
    for (const auto* list : {&adoption.left_out, &adoption.settings.left_out}) {
        for (const NotCarriedOver& one : *list)
            screen.out << "  " << one.what << "\n      " << one.reason << "\n";
    }
}

void show_next(const Screen& screen, const AdoptionReport& report) {
    if (!report.written) {
        screen.out << "nothing was written. Stop shotgunEvents, then run this with --write, which makes\n  "
                   << report.configuration.string() << "\n";
        for (const auto& secret : report.secrets)
            screen.out << "  " << secret.string() << " (the secret, for its owner alone)\n";
        return;
    }
    screen.out << "written: " << report.configuration.string() << "\nnext\n";
    for (const auto& secret : report.secrets) {
        screen.out << "  chown root:foley " << secret.string() << " && chmod 0640 " << secret.string() << "\n";
    }
    screen.out << "  foleyd --config " << report.configuration.string() << " --check\n"
               << "then start foleyd; from then on it keeps the events for plugins that are not built yet\n";
}

void write_list(json::Writer& writer, const char* name, const std::vector<std::string>& texts) {
    writer.Key(name);
    writer.StartArray();
    for (const std::string& text : texts)
        writer.String(text);
    writer.EndArray();
}

void write_plugin(json::Writer& writer, const AdoptedPlugin& plugin) {
    writer.StartObject();
    writer.Key("name");
    writer.String(plugin.name);
    writer.Key("directory");
    writer.String(plugin.directory);
    writer.Key("handled");
    if (plugin.handled) {
        writer.Uint64(*plugin.handled);
    } else {
        writer.Null();
    }
    writer.Key("missing");
    writer.StartArray();
    for (const auto& [first, last] : plugin.missing.ranges()) {
        writer.StartArray();
        writer.Uint64(first);
        writer.Uint64(last);
        writer.EndArray();
    }
    writer.EndArray();
    writer.Key("remark");
    writer.String(plugin.remark);
    writer.EndObject();
}

void write_settings(json::Writer& writer, const Adoption& adoption) {
    writer.Key("carried_over");
    writer.StartArray();
    for (const CarriedOver& one : adoption.settings.carried) {
        writer.StartObject();
        writer.Key("from");
        writer.String(one.from);
        writer.Key("to");
        writer.String(one.to);
        writer.EndObject();
    }
    writer.EndArray();
    writer.Key("not_carried_over");
    writer.StartArray();
    for (const auto* list : {&adoption.left_out, &adoption.settings.left_out}) {
        for (const NotCarriedOver& one : *list) {
            writer.StartObject();
            writer.Key("what");
            writer.String(one.what);
            writer.Key("reason");
            writer.String(one.reason);
            writer.EndObject();
        }
    }
    writer.EndArray();
}

}  // namespace

void show_adoption(const Screen& screen, const AdoptionReport& report, const Adoption& adoption) {
    screen.out << coloured("shotgunEvents of " + report.origin.string(), Colour::bold, screen.colours) << "\n";
    if (!report.state_form.empty())
        screen.out << "  state file " << report.state_file.string() << ": " << report.state_form << "\n";
    for (const std::string& warning : adoption.warnings)
        screen.out << coloured("  ! " + warning, Colour::warning, screen.colours) << "\n";
    show_plugins(screen, adoption);
    screen.out << coloured("carried over", Colour::bold, screen.colours) << "\n";
    Table table({"SHOTGUNEVENTS", "FOLEY"});
    for (const CarriedOver& one : adoption.settings.carried)
        table.add({{one.from}, {one.to}});
    table.print(screen.out, screen.colours, "  ");
    show_left_out(screen, adoption);
    show_next(screen, report);
}

std::string adoption_json(const AdoptionReport& report, const Adoption& adoption) {
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    writer.Key("written");
    writer.Bool(report.written);
    writer.Key("configuration");
    writer.String(report.configuration.string());
    std::vector<std::string> secrets;
    secrets.reserve(report.secrets.size());
    for (const auto& secret : report.secrets)
        secrets.push_back(secret.string());
    write_list(writer, "secrets", secrets);
    writer.Key("source");
    writer.String(adoption.name);
    writer.Key("first_id");
    if (adoption.first_id) {
        writer.Uint64(*adoption.first_id);
    } else {
        writer.Null();
    }
    writer.Key("plugins");
    writer.StartArray();
    for (const AdoptedPlugin& plugin : adoption.plugins)
        write_plugin(writer, plugin);
    writer.EndArray();
    write_settings(writer, adoption);
    write_list(writer, "warnings", adoption.warnings);
    writer.EndObject();
    return buffer.GetString();
}

}  // namespace foley::core
