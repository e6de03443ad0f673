#include "core/foleyctl/commands.hpp"
#include "core/os/files.hpp"

#include <cctype>
#include <iostream>
#include <system_error>

namespace foley::core {
namespace {

namespace fs = std::filesystem;

// The name becomes a file, a CMake target and a key of the configuration.
bool can_be_plugin(const std::string& name) {
    if (name.empty() || name.size() > 64 || std::isalpha(static_cast<unsigned char>(name.front())) == 0) return false;
    return std::all_of(name.begin(), name.end(),
                       [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

// Where the SDK keeps it: installed beside the program, or in the source tree of a build that is not installed.
fs::path find_template() {
    std::error_code error;
    const fs::path own = fs::read_symlink("/proc/self/exe", error);
    const fs::path installed = (own.parent_path() / ".." / FOLEY_TEMPLATE_FOLDER).lexically_normal();
    for (const fs::path& candidate : {installed, fs::path(FOLEY_TEMPLATE_SOURCE)}) {
        if (!candidate.empty() && fs::is_regular_file(candidate / "plugin.cpp", error)) return candidate;
    }
    throw Refused("the template of a plugin is not at " + installed.string() + "; install the SDK again");
}

std::string filled_in(std::string text, const std::string& name) {
    constexpr std::string_view kPlace = "@PLUGIN@";
    for (auto at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace, at + name.size())) {
        text.replace(at, kPlace.size(), name);
    }
    return text;
}

CtlExit make_plugin(Session& session, const std::string& name) {
    if (!can_be_plugin(name)) {
        throw CLI::ValidationError("NAME",
                                   "'" + name + "' cannot be a plugin's name; use letters, digits, '_' and '-'");
    }
    const fs::path source = find_template();
    const fs::path target = fs::current_path() / name;
    if (fs::exists(target)) throw Refused(target.string() + " exists already; choose another name or move it away");
    for (const auto& entry : fs::recursive_directory_iterator(source)) {
        if (!entry.is_regular_file()) continue;
        const fs::path file = target / fs::relative(entry.path(), source);
        fs::create_directories(file.parent_path());
        write_file_atomically(file, filled_in(read_file(entry.path()), name), Durability::page_cache, 0644);
    }
    if (session.as_json) {
        std::cout << "{\"folder\":" << json::quote(target.string()) << "}\n";
    } else {
        std::cout << target.string() << " is a plugin now. Build it and run its test:\n"
                  << "  cd " << name << "\n  cmake -B build && cmake --build build && ctest --test-dir build\n"
                  << "then look at it with: foleyctl check build/plugins/" << name << ".so\n";
    }
    return CtlExit::ok;
}

}  // namespace

void add_new_command(CLI::App& app, Session& session) {
    auto name = std::make_shared<std::string>();
    auto* command = app.add_subcommand("new", "Begin a plugin: a folder with code, test and build");
    command->add_option("NAME", *name, "The plugin's name")->required();
    command->footer("Example:\n  foleyctl new greeter");
    command->callback([&session, name] { session.chosen = [&session, name] { return make_plugin(session, *name); }; });
}

}  // namespace foley::core
