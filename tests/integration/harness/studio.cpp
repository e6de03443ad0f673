#include "integration/harness/studio.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>

#include <sys/xattr.h>

namespace foley::testing {
namespace {

constexpr std::string_view kPrefix = "user.foley.label.";

Labels labels_of(const std::filesystem::path& path) {
    std::array<char, 4096> names{};
    const ssize_t size = ::listxattr(path.c_str(), names.data(), names.size());
    if (size < 0) throw std::system_error(errno, std::system_category(), "listxattr " + path.string());
    Labels labels;
    for (std::string_view rest(names.data(), static_cast<std::size_t>(size)); !rest.empty();) {
        const std::string_view name = rest.substr(0, rest.find('\0'));
        if (name.starts_with(kPrefix)) labels.emplace(name.substr(kPrefix.size()));
        rest.remove_prefix(name.size() + 1);
    }
    return labels;
}

std::string told(const Labels& labels) {
    std::string text;
    for (const std::string& label : labels)
        text += (text.empty() ? "" : "+") + label;
    return text.empty() ? "none" : text;
}

}  // namespace

Studio::Studio(Options options)
    : tree_(build_directory()),
      demo(site.with([&](sim::SimFtrack::World& world) {
          return sim::build_demo(world.site, {.mount = tree_.path().string(),
                                              .sequences = options.sequences,
                                              .shots = options.shots,
                                              .versions = options.versions,
                                              .configurations = true});
      })),
      daemon(with_site(options)) {
    make_tree();
}

const std::vector<std::string>& Studio::labels() {
    static const std::vector<std::string> kLabels = {"yul", "lax", "yyz", "muc"};
    return kLabels;
}

DaemonSetup Studio::with_site(const Options& options) {
    ::setenv("FOLEY_TEST_FTRACK_KEY", site.options().key.c_str(), 1);  // what basic_environment() hands on
    DaemonSetup setup = options.daemon;
    setup.sites += "  studio: {kind: ftrack, url: \"" + site.url() + "\", user: " + site.options().user +
                   ", api_key: {env: FOLEY_TEST_FTRACK_KEY}}\n";
    if (setup.sources.empty()) setup.sources = "  hub: {kind: ftrack, site: studio}\n";
    const std::string store = options.mount.empty() ? "xattr" : "gateway, mount: \"" + options.mount.string() + "\"";
    setup.plugins.push_back({.name = "hammertrack",
                             .settings = "label_store: " + store +
                                         ", menu: {yul: Montreal, lax: Los Angeles, yyz: Toronto, "
                                         "muc: Munich}, " +
                                         options.hammertrack,
                             .records = false});
    return setup;
}

void Studio::make_tree() {
    for (const sim::Demo::Task& task : demo.tasks) {
        std::filesystem::create_directories(tree_.path() / task.folder);
        entities_.push_back(task.id);
        entities_of_path_[task.folder].push_back(task.id);
        if (task.version.empty()) continue;
        entities_.push_back(task.version);
        const std::filesystem::path file(task.file);
        std::filesystem::create_directories(tree_.path() / file.parent_path());
        std::ofstream(tree_.path() / file) << "frames\n";
        entities_of_path_[task.file].push_back(task.version);
        // A sequence labels the folder that it is in.
        entities_of_path_[file.parent_path().string()].push_back(task.version);
    }
}

void Studio::set_labels(const std::string& entity, const std::vector<std::string>& labels) {
    site.set_choices(entity, "hs_location", labels);
}

LabelsOfPaths Studio::wanted() {
    return site.with([this](sim::SimFtrack::World& world) {
        LabelsOfPaths wanted;
        for (const auto& [path, entities] : entities_of_path_) {
            Labels& labels = wanted[path];
            for (const std::string& entity : entities) {
                for (const std::string& label : world.site.choices(entity, "hs_location"))
                    labels.insert(label);
            }
        }
        return wanted;
    });
}

LabelsOfPaths Studio::present() const {
    LabelsOfPaths present;
    for (const auto& [path, entities] : entities_of_path_)
        present[path] = labels_of(tree_.path() / path);
    return present;
}

std::vector<std::string> Studio::differences() {
    const LabelsOfPaths wanted = this->wanted(), present = this->present();
    std::vector<std::string> sentences;
    for (const auto& [path, labels] : wanted) {
        const Labels& found = present.at(path);
        if (found != labels) sentences.push_back(path + " should have " + told(labels) + ", has " + told(found));
    }
    return sentences;
}

void Studio::await_same(std::chrono::milliseconds limit) {
    try {
        daemon.await(
            "every path to have the labels that ftrack says", [this] { return differences().empty(); }, limit);
    } catch (const Unfulfilled& error) {
        std::string text = error.what();
        for (const std::string& sentence : differences())
            text += "\n" + sentence;
        throw Unfulfilled(text);
    }
}

}  // namespace foley::testing
