#include "share_fixture.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace hammertrack_test {

Folder::Folder() {
    std::string name = HAMMERTRACK_TEST_FOLDER "/hammertrack-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder in " HAMMERTRACK_TEST_FOLDER);
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

hammertrack::Log Journal::log() {
    return [this](hammertrack::Level level, const std::string& text) { lines.emplace_back(level, text); };
}

bool Journal::says(const std::string& part) const {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const auto& line) { return line.second.find(part) != std::string::npos; });
}

std::size_t Journal::count(hammertrack::Level level) const {
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.first == level; }));
}

void make_demo_tree(const std::filesystem::path& root) {
    std::filesystem::create_directories(root / "demo/sh_010");
    std::filesystem::create_directories(root / "demo/sh_020");
    std::ofstream(root / "demo/sh_010/main.exr") << "pixels";
}

SimulatedShare::SimulatedShare() {
    make_demo_tree(backing_.path());
    mounted_ = std::make_unique<foley::sites::MountedShare>(backing_.path(), mount_point_.path());
    for (const auto& [value, name] : kOptions)
        model().define_label(value);
}

std::vector<std::string> SimulatedShare::changes() const {
    std::vector<std::string> result;
    for (const auto& done : mounted_->model().history()) {
        if (done.command.find("?.set") == std::string::npos) continue;
        const auto equals = done.command.find('=');
        result.push_back(done.path + " " + done.command.substr(equals + 1));
    }
    return result;
}

bool can_mount() {
    static const std::string why = [] {
        if (auto reason = foley::sites::MountedShare::why_impossible(); !reason.empty()) return reason;
        try {
            const SimulatedShare tried;
            return std::string();
        } catch (const std::exception& error) {
            return std::string(error.what());
        }
    }();
    if (!why.empty()) WARN("SKIPPED: " << why);
    return why.empty();
}

}  // namespace hammertrack_test
