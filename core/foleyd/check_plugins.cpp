#include "core/foleyd/check_plugins.hpp"

#include "core/engine/plugin_directory.hpp"
#include "core/engine/trust.hpp"
#include "core/foleyd/library_probe.hpp"
#include "core/os/unique_fd.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace foley::core {
namespace {

const PluginOptions& options_of(const EngineOptions& options, const std::string& plugin) {
    const auto named = options.plugins.find(plugin);
    return named == options.plugins.end() ? options.defaults : named->second;
}

// Why the daemon would not even look into the file; the same rules as for what it copies aside.
std::optional<std::string> why_refused(const std::filesystem::path& library, const EngineOptions& options) {
    const UniqueFd file(::open(library.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) {
        return "cannot be opened: " + std::error_code(errno, std::generic_category()).message();
    }
    if (!S_ISREG(status.st_mode)) return std::string("is not a regular file");
    const auto why = why_file_untrusted(status, options.trusted_owners, options.trusted_groups);
    return why ? std::optional("is refused: " + *why) : std::nullopt;
}

}  // namespace

PluginCheck check_plugins(const std::shared_ptr<const Configuration>& configuration, const Programs& programs) {
    const EngineOptions options = engine_options(configuration, programs);
    const DirectoryScan scan =
        scan_plugin_directories(options.directories, options.trusted_owners, options.trusted_groups);
    PluginCheck check;
    check.warnings = scan.problems;
    std::vector<LibraryQuestion> questions;
    for (const PluginFile& file : scan.files) {
        if (!file.shadowed.empty()) check.warnings.push_back(file.shadowed);
        const PluginOptions& plugin = options_of(options, file.name);
        if (!plugin.enabled) continue;
        if (const auto why = why_refused(file.path, options)) {
            check.problems.push_back({{file.path.string(), 0, 0}, *why});
            continue;
        }
        check.asked.push_back(file.path);
        questions.push_back({file.path, plugin.limits, plugin.environment});
    }
    std::vector<LibraryProbe> answers = probe_libraries(programs.host, questions);
    for (std::size_t index = 0; index < answers.size(); ++index) {
        const std::filesystem::path& library = check.asked[index];
        if (!answers[index].hello) {
            check.problems.push_back({{library.string(), 0, 0}, "cannot be loaded: " + answers[index].refusal});
            continue;
        }
        const std::string name = library.stem().string();
        const Hello& hello = check.declared.emplace(name, *std::move(answers[index].hello)).first->second;
        for (Problem& problem : settings_problems(*configuration, name, hello.settings))
            check.problems.push_back(std::move(problem));
    }
    return check;
}

}  // namespace foley::core
