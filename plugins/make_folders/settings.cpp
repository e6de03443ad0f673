#include "make_folders/settings.hpp"

#include "make_folders/rights_of.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

namespace make_folders {
namespace {

using namespace std::chrono_literals;
namespace json = foley::json;

// What holds for every type that does not say otherwise.
struct Defaults {
    std::string mode, owner, group;
};

std::string text_at(const json::Value& rule, const char* name, const std::string& otherwise) {
    const auto& value = json::member(rule, name);
    return value.IsNull() ? otherwise : json::to_text(value);
}

TypeRule rule_of(const json::Value& rule, const Defaults& defaults) {
    if (rule.IsString())
        return {PathTemplate(json::text_or_empty(rule)), {}, rights_of(defaults.mode, defaults.owner, defaults.group)};
    if (!rule.IsObject()) throw std::invalid_argument("write a template, or a mapping with the template as path.");
    for (const auto& member : rule.GetObject()) {
        const auto key = json::text_or_empty(member.name);
        constexpr std::array<std::string_view, 5> kKnown{"path", "folders", "mode", "owner", "group"};
        if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end())
            throw std::invalid_argument(
                fmt::format("there is no \"{}\" here, only path, folders, mode, owner and group.", key));
    }
    if (!json::member(rule, "path").IsString()) throw std::invalid_argument("path: the template is missing.");
    TypeRule out{PathTemplate(json::text_or_empty(rule, "path")),
                 {},
                 rights_of(text_at(rule, "mode", defaults.mode), text_at(rule, "owner", defaults.owner),
                           text_at(rule, "group", defaults.group))};
    const auto& folders = json::member(rule, "folders");
    if (!folders.IsNull() && !folders.IsArray()) throw std::invalid_argument("folders: write a list of templates.");
    if (folders.IsArray()) {
        for (const auto& folder : folders.GetArray()) {
            out.folders.emplace_back(json::text_or_empty(folder));
            if (out.folders.back().base())
                throw std::invalid_argument(
                    fmt::format("folders: \"{}\" is beneath the path already, so it cannot "
                                "begin with the folder of a link.",
                                out.folders.back().text()));
        }
    }
    return out;
}

}  // namespace

std::vector<std::string> TypeRule::fields() const {
    std::set<std::string> names;
    const auto add = [&](const PathTemplate& one) {
        for (const auto& field : one.paths())
            names.insert(field.text());
    };
    add(path);
    std::for_each(folders.begin(), folders.end(), add);
    return {names.begin(), names.end()};
}

bool TypeRule::depends_on(std::string_view attribute) const {
    const auto uses = [&](const PathTemplate& one) {
        const auto paths = one.paths();
        return std::any_of(paths.begin(), paths.end(), [&](const auto& field) { return field.first() == attribute; });
    };
    return uses(path) || std::any_of(folders.begin(), folders.end(), uses);
}

SettingHandles::SettingHandles(foley::Registrar& registrar)
    : root_(registrar.required<std::filesystem::path>("root", "The folder beneath which all are made.")),
      mount_(registrar.setting("mount", "",
                               "What must be mounted before anything is made: the root, or a folder above it. Empty: "
                               "the root must not be empty.")),
      folders_(registrar.required<foley::SettingMap>(
          "folders",
          "Entity type to template: Shot: \"{project.tank_name}/{sg_sequence.Sequence.code}/{code}\"; or to path, "
          "folders (beneath it), mode, owner and group.")),
      mode_(registrar.setting("mode", "", "Of new folders, octal, in quotes: \"2775\". Empty: as the umask says.")),
      owner_(registrar.setting("owner", "", "Of new folders. Only root may give folders away.")),
      group_(registrar.setting("group", "", "Of new folders; foley's user must be a member.")),
      keep_blanks_(registrar.setting("keep_blanks", false, "Blanks in names stay; otherwise they become \"_\".")),
      lower_case_(registrar.setting("lower_case", false, "Names in lower case.")),
      missing_(registrar.choice("missing", Missing::fail,
                                {{"fail", Missing::fail}, {"retry", Missing::retry}, {"wait", Missing::wait}},
                                "A field of the template is empty: fail; try again for a day; or wait until the field "
                                "is filled.")),
      on_rename_(registrar.choice("on_rename", OnRename::say, {{"say", OnRename::say}, {"make", OnRename::make}},
                                  "An entity would now have another folder: only say so, or make that one too. Nothing "
                                  "is ever moved.")),
      projects_(registrar.setting("projects", std::vector<std::string>{}, "Only these, by id or name. None: all.")),
      exclude_projects_(registrar.setting("exclude_projects", std::vector<std::string>{}, "Not these.")),
      hold_(registrar.setting("hold", 30s, "How long to wait before trying again while the root or the site is away.")
                .range(1s, 1h)) {}

Settings SettingHandles::read() const {
    std::string faults;
    Settings out;
    out.root = root_.get().string();
    out.mount = mount_.get();
    if (!out.mount.empty() && out.mount.front() != '/')
        faults += fmt::format("mount: \"{}\" is no absolute path. ", out.mount);
    const Defaults defaults{mode_.get(), owner_.get(), group_.get()};
    const auto& folders = folders_.get().json();
    if (folders.MemberCount() == 0) faults += "folders: name at least one entity type. ";
    for (const auto& member : folders.GetObject()) {
        const std::string type(json::text_or_empty(member.name));
        try {
            out.types.emplace(type, rule_of(member.value, defaults));
        } catch (const std::invalid_argument& error) {
            faults += fmt::format("folders.{}: {} ", type, error.what());
        }
    }
    if (!faults.empty()) {
        faults.pop_back();
        throw std::invalid_argument(faults);
    }
    out.naming = {.keep_blanks = keep_blanks_.get(), .lower_case = lower_case_.get()};
    out.missing = missing_.get();
    out.on_rename = on_rename_.get();
    out.projects = {projects_.get(), exclude_projects_.get()};
    out.hold = hold_.get();
    return out;
}

}  // namespace make_folders
