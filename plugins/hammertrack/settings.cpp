#include "hammertrack/settings.hpp"

#include <foley/json.hpp>

#include <stdexcept>
#include <utility>
#include <vector>

namespace hammertrack {
namespace {

using namespace std::chrono_literals;

std::vector<std::pair<std::string, std::string>> menu_options(const foley::json::Value& map) {
    std::vector<std::pair<std::string, std::string>> options;
    if (!map.IsObject()) return options;
    for (const auto& member : map.GetObject()) {
        options.emplace_back(foley::json::to_text(member.name), foley::json::to_text(member.value));
    }
    return options;
}

std::set<EntityKind> kinds_of(const std::vector<std::string>& words, std::string& faults) {
    std::set<EntityKind> kinds;
    for (const std::string& word : words) {
        if (word == "tasks") {
            kinds.insert(EntityKind::task);
        } else if (word == "versions") {
            kinds.insert(EntityKind::version);
        } else {
            faults += "entities: \"" + word + "\" is neither tasks nor versions. ";
        }
    }
    if (kinds.empty() && faults.empty()) faults += "entities: name tasks, versions or both. ";
    return kinds;
}

template <typename To>
To as(const foley::Setting<foley::Duration>& setting) {
    return std::chrono::ceil<To>(setting.get());
}

}  // namespace

SettingHandles::SettingHandles(foley::Registrar& registrar)
    : site_(registrar.setting("site", "", "The name of the ftrack site; not needed when there is only one.")),
      attribute_key_(registrar.setting("attribute_key", "hs_location", "The key of the location attribute in ftrack.")),
      attribute_name_(registrar.setting("attribute_name", "Hammerspace Location",
                                        "The name of the attribute as artists see it, when it is created.")),
      location_(registrar.setting("location", "",
                                  "The id of the location that the share is; default: that of ftrack's centralized "
                                  "storage scenario.")),
      xattr_prefix_(registrar.setting("xattr_prefix", "user.foley.label.",
                                      "With label_store xattr: what comes before the label in the attribute's name.")),
      attribute_(registrar.choice(
          "attribute", AttributeMode::create,
          {{"create", AttributeMode::create}, {"check", AttributeMode::check}, {"overwrite", AttributeMode::overwrite}},
          "Create the attribute when there is none and report what differs; only report; or "
          "make it as configured.")),
      menu_(registrar.required<foley::SettingMap>("menu", "The labels and what artists see for each: yul: Montreal.")),
      entities_(registrar.setting("entities", std::vector<std::string>{"tasks", "versions"},
                                  "What carries the attribute: tasks, versions or both.")),
      task_path_(registrar.choice("task_path", TaskPath::parent,
                                  {{"parent", TaskPath::parent}, {"task", TaskPath::task}},
                                  "Where a task's labels go: to the folder of what it belongs to (the shot), or to a "
                                  "folder of the task's name in there.")),
      mount_(registrar.setting("mount", "",
                               "The folder that the share is mounted at; default: the Linux mount point of ftrack's "
                               "centralized storage scenario.")),
      hs_program_(registrar.setting("hs_program", "/usr/local/bin/hs", "With label_store command: the program hs.")),
      store_(registrar.choice(
          "label_store", StoreKind::gateway,
          {{"gateway", StoreKind::gateway}, {"command", StoreKind::command}, {"xattr", StoreKind::xattr}},
          "How labels are set: through the share's command gateway, by the program hs, or as "
          "extended attributes of a local file system.")),
      operation_timeout_(registrar.setting("operation_timeout", 60s, "How long one operation on the share may take.")
                             .range(100ms, 1h)),
      site_timeout_(registrar.setting("site_timeout", 60s, "How long ftrack may take to answer.").range(100ms, 10min)),
      hold_(registrar.setting("hold", 30s, "How long to wait before trying again while the share or the site is away.")
                .range(1s, 1h)),
      missing_for_(registrar
                       .setting("missing_for", 24h,
                                "How long an event waits for a folder that does not exist yet, before the "
                                "reconciliation takes over.")
                       .range(0s, 24h * 30)),
      reconcile_interval_(registrar.setting("reconcile_interval", 6h, "How often ftrack and the share are compared.")
                              .range(1s, 24h * 30)),
      share_check_(
          registrar.setting("share_check", 1h, "How often the share is asked whether it is one.").range(1s, 24h)),
      reconcile_slice_(registrar.setting("reconcile_slice", 50, "How many entities are compared between two events.")
                           .range(1, 500)) {}

Settings SettingHandles::read() const {
    std::string faults;
    const auto kinds = kinds_of(entities_.get(), faults);
    const auto absolute = [&](const std::string& name, const std::string& path) {
        if (!path.empty() && path.front() != '/') faults += name + ": \"" + path + "\" is no absolute path. ";
    };
    absolute("mount", mount_.get());
    absolute("hs_program", hs_program_.get());
    if (attribute_key_.get().empty()) faults += "attribute_key: it is empty. ";
    if (xattr_prefix_.get().compare(0, 5, "user.") != 0) faults += "xattr_prefix: it must begin with \"user.\". ";
    std::optional<LabelMenu> menu;
    try {
        menu.emplace(menu_options(menu_.get().json()));
    } catch (const std::invalid_argument& error) {
        faults += std::string("menu: ") + error.what() + " ";
    }
    if (!faults.empty()) {
        faults.pop_back();
        throw std::invalid_argument(faults);
    }
    return {.site = site_.get(),
            .attribute_key = attribute_key_.get(),
            .attribute_name = attribute_name_.get(),
            .attribute = attribute_.get(),
            .menu = std::move(*menu),
            .kinds = kinds,
            .task_path = task_path_.get(),
            .mount = mount_.get(),
            .location = location_.get(),
            .store = store_.get(),
            .hs_program = hs_program_.get(),
            .xattr_prefix = xattr_prefix_.get(),
            .operation_timeout = as<std::chrono::milliseconds>(operation_timeout_),
            .site_timeout = as<std::chrono::milliseconds>(site_timeout_),
            .hold = as<std::chrono::seconds>(hold_),
            .missing_for = as<std::chrono::seconds>(missing_for_),
            .reconcile_interval = as<std::chrono::seconds>(reconcile_interval_),
            .reconcile_slice = static_cast<std::size_t>(reconcile_slice_.get()),
            .share_check = as<std::chrono::milliseconds>(share_check_)};
}

}  // namespace hammertrack
