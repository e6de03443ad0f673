#include "core/config/load.hpp"

#include "core/config/sections.hpp"
#include "core/os/accounts.hpp"
#include "core/os/unique_fd.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

constexpr std::size_t kMaxFile = std::size_t{8} << 20;

struct Text {
    std::string text;
    bool readable_by_others = false;
};

std::string system_sentence() {
    return std::error_code(errno, std::generic_category()).message();
}

std::optional<Text> read_whole(const std::filesystem::path& file, Problems& problems) {
    const auto refuse = [&](const std::string& why) {
        problems.add({file.string(), 0, 0}, "cannot read this configuration: " + why);
        return std::nullopt;
    };
    const UniqueFd descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!descriptor) return refuse(system_sentence());
    struct stat facts {};
    if (::fstat(descriptor.get(), &facts) != 0) return refuse(system_sentence());
    if (S_ISDIR(facts.st_mode)) return refuse("it is a directory");
    Text result;
    result.readable_by_others = (facts.st_mode & S_IROTH) != 0;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t got = ::read(descriptor.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refuse(system_sentence());
        if (got == 0) return result;
        result.text.append(buffer.data(), static_cast<std::size_t>(got));
        if (result.text.size() > kMaxFile) return refuse("it is larger than 8 MiB");
    }
}

// The files that a pattern of `include` names, sorted.
std::vector<std::filesystem::path> expand(const std::filesystem::path& pattern) {
    glob_t found{};
    std::vector<std::filesystem::path> files;
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    return files;
}

void merge_section(YamlNode& root, const YamlEntry& section, Problems& problems) {
    YamlNode* target = nullptr;
    for (YamlEntry& entry : root.entries) {
        if (entry.key == section.key) target = &entry.value;
    }
    if (target == nullptr || target->kind == YamlNode::Kind::null) {
        std::erase_if(root.entries, [&](const YamlEntry& entry) { return entry.key == section.key; });
        root.entries.push_back(section);
        return;
    }
    for (const YamlEntry& entry : section.value.entries) {
        if (const YamlNode* earlier = target->find(entry.key)) {
            problems.add(entry.position, section.key + "." + entry.key + ": given twice; it stands in " +
                                             to_string(earlier->position()) + " already");
        } else {
            target->entries.push_back(entry);
        }
    }
}

void include_file(YamlNode& root, const std::filesystem::path& file, ReadingContext& context, Problems& problems) {
    const auto text = read_whole(file, problems);
    if (!text) return;
    context.readable_by_others = context.readable_by_others || text->readable_by_others;
    const auto included = parse_yaml(text->text, file.string(), problems);
    if (!included) return;
    for (const YamlEntry& section : included->entries) {
        const bool fits = section.key == "sites" || section.key == "sources" || section.key == "plugins";
        if (!fits) {
            problems.add(section.position,
                         section.key + ": an included file holds sites, sources and plugins, no more");
        } else if (section.value.kind == YamlNode::Kind::map) {
            merge_section(root, section, problems);
        } else if (section.value.kind != YamlNode::Kind::null) {
            problems.add(section.value.position(),
                         section.key + ": expected a mapping of names, found " + std::string(describe(section.value)));
        }
    }
}

void read_includes(YamlNode& root, MapReader& reader, ReadingContext& context, Problems& problems) {
    const YamlNode* node = reader.find("include");
    if (node == nullptr) return;
    const Position position = node->position();
    const auto patterns = as_texts(*node, "include", problems);
    if (!patterns) return;
    for (const std::string& pattern : *patterns) {
        const auto files = expand(context.folder / pattern);
        const bool is_pattern = pattern.find_first_of("*?[") != std::string::npos;
        if (files.empty() && !is_pattern) problems.add(position, "include: there is no file " + pattern);
        for (const auto& file : files)
            include_file(root, file, context, problems);
    }
}

void read_directories(MapReader& reader, Configuration& target) {
    const YamlNode* node = reader.require("plugin_directories");
    if (node == nullptr) return;
    const std::vector<YamlNode> alone{*node};
    const bool list = node->kind == YamlNode::Kind::sequence;
    for (const YamlNode& item : list ? node->items : alone) {
        PluginDirectoryConfig directory;
        directory.position = item.position();
        if (item.kind == YamlNode::Kind::scalar) {
            directory.path = (reader.context().folder / item.text).lexically_normal();
        } else {
            MapReader entry(&item, "plugin_directories", reader.context(), reader.problems());
            if (entry.require("path") != nullptr) entry.read("path", directory.path);
            entry.read_choice<bool>("order", directory.strict_order, {{"free", false}, {"strict", true}});
            entry.read_choice<bool>("use", directory.only_configured, {{"all", false}, {"configured", true}});
            entry.finish();
        }
        // As the folder of a file in it is written: without a slash at the end.
        if (!directory.path.has_filename()) directory.path = directory.path.parent_path();
        if (!directory.path.empty()) target.plugin_directories.push_back(std::move(directory));
    }
}

void read_plugins(MapReader& reader, Configuration& target) {
    Problems& problems = reader.problems();
    if (const YamlNode* defaults = reader.find("plugin_defaults")) {
        target.plugin_defaults = read_plugin(*defaults, "plugin_defaults", {}, false, reader.context(), problems);
    }
    for_each_named(reader.find("plugins"), "plugins", problems, [&](const YamlEntry& entry) {
        PluginConfig plugin =
            read_plugin(entry.value, "plugins." + entry.key, target.plugin_defaults, true, reader.context(), problems);
        plugin.position = entry.position;
        target.plugins.emplace(entry.key, std::move(plugin));
    });
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// Users or groups, by name or by number. One that this machine does not know would trust nobody, in silence.
void read_accounts(MapReader& reader, std::string_view key, const std::string& kind,
                   std::optional<unsigned> (*look_up)(const std::string& name), std::vector<std::string>& target) {
    reader.read(key, target);
    const YamlNode* node = reader.find(key);
    if (node == nullptr) return;
    const std::vector<YamlNode> alone{*node};
    for (const YamlNode& item : node->kind == YamlNode::Kind::sequence ? node->items : alone) {
        if (item.kind != YamlNode::Kind::scalar || is_number(item.text)) continue;
        const std::string what = reader.name(key) + ": ";
        try {
            if (!look_up(item.text)) {
                reader.problems().add(item.position(),
                                      fmt::format("{}there is no {} '{}' on this machine", what, kind, item.text));
            }
        } catch (const std::system_error& error) {
            reader.problems().warn(item.position(), what + error.what());
        }
    }
}

void read_times(MapReader& reader, Configuration& target) {
    using namespace std::chrono_literals;
    reader.read_duration("settle", target.settle, 0ms, 10min);
    reader.read_duration("rescan", target.rescan, 10ms, 24h);
    reader.read_duration("drain_timeout", target.drain_timeout, 10ms, 24h);
    reader.read_duration("shutdown_timeout", target.shutdown_timeout, 100ms, 24h);
}

void read_root(MapReader& reader, Configuration& target) {
    Problems& problems = reader.problems();
    const ReadingContext& context = reader.context();
    reader.read("state_dir", target.state_directory);
    reader.read("pid_file", target.pid_file);
    target.log = read_log(reader.find("log"), context, problems);
    target.mail = read_mail(reader.find("mail"), context, problems);
    target.control = read_control(reader.find("control"), context, problems);
    target.journal = read_journal(reader.find("journal"), context, problems);
    for_each_named(reader.find("sites"), "sites", problems,
                   [&](const YamlEntry& entry) { target.sites.push_back(read_site(entry, context, problems)); });
    for_each_named(reader.find("sources"), "sources", problems,
                   [&](const YamlEntry& entry) { target.sources.push_back(read_source(entry, context, problems)); });
    read_directories(reader, target);
    read_accounts(reader, "trusted_owners", "user", user_id, target.trusted_owners);
    read_accounts(reader, "trusted_groups", "group", group_id, target.trusted_groups);
    read_times(reader, target);
    read_plugins(reader, target);
    reader.finish();
}

void read_tree(YamlNode& root, const std::string& name, Configuration& target, Problems& problems) {
    if (root.kind == YamlNode::Kind::null) {  // an empty file, or only comments
        root.kind = YamlNode::Kind::map;
        root.file = std::make_shared<const std::string>(name);
        root.line = root.column = 1;
    }
    if (root.kind == YamlNode::Kind::map) {
        MapReader includes(&root, "", target.reading, problems);
        read_includes(root, includes, target.reading, problems);
    }
    MapReader reader(&root, "", target.reading, problems);
    reader.find("include");
    read_root(reader, target);
    check_names(target, root, problems);
    check_mail(target, problems);
    check_webhooks(target, problems);
}

}  // namespace

EnvironmentLookup process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
    };
}

ReadConfiguration read_configuration(const std::filesystem::path& file, const EnvironmentLookup& environment) {
    Problems problems;
    Configuration result;
    result.file = std::filesystem::absolute(file).lexically_normal();
    result.reading = {environment, result.file.parent_path(), false};
    const auto text = read_whole(file, problems);
    auto root = text ? parse_yaml(text->text, file.string(), problems) : std::nullopt;
    if (root) {
        result.reading.readable_by_others = text->readable_by_others;
        read_tree(*root, file.string(), result, problems);
    }
    result.warnings = problems.warnings();
    return {std::move(result), problems.errors()};
}

Configuration load_configuration(const std::filesystem::path& file, const EnvironmentLookup& environment) {
    ReadConfiguration read = read_configuration(file, environment);
    if (!read.errors.empty()) throw ConfigError(std::move(read.errors));
    return std::move(read.configuration);
}

}  // namespace foley::core
