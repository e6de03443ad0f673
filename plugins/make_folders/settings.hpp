// Settings: make_folders' settings as its parts want them. The README explains each.
#pragma once

#include "fields/subject.hpp"
#include "make_folders/folder_tree.hpp"
#include "make_folders/path_template.hpp"

#include <foley/registrar.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace make_folders {

enum class Missing { fail, retry, wait };
enum class OnRename { say, make };

// Of one entity type.
struct TypeRule {
    PathTemplate path;
    std::vector<PathTemplate> folders;  // beneath it
    Rights rights;

    // All that is read of an entity.
    std::vector<std::string> fields() const;
    // Whether a change of this field can change the path.
    bool depends_on(std::string_view attribute) const;
};

struct Settings {
    std::string root;
    std::string mount;
    std::map<std::string, TypeRule, std::less<>> types;
    Naming naming;
    Missing missing = Missing::fail;
    OnRename on_rename = OnRename::say;
    fields::Projects projects;
    foley::Duration hold{};
};

// The declarations, made while the plugin registers.
class SettingHandles {
public:
    explicit SettingHandles(foley::Registrar& registrar);

    // From the plugin's start on. Throws std::invalid_argument with all that the daemon could not check.
    Settings read() const;

private:
    foley::Setting<std::filesystem::path> root_;
    foley::Setting<std::string> mount_;
    foley::Setting<foley::SettingMap> folders_;
    foley::Setting<std::string> mode_, owner_, group_;
    foley::Setting<bool> keep_blanks_, lower_case_;
    foley::Setting<Missing> missing_;
    foley::Setting<OnRename> on_rename_;
    foley::Setting<std::vector<std::string>> projects_, exclude_projects_;
    foley::Setting<foley::Duration> hold_;
};

}  // namespace make_folders
