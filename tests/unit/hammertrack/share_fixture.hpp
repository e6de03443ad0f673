// What the tests of hammertrack stand on: folders that go away by themselves, a simulated share, and the stores over
// it.
#pragma once

#include "hammertrack/label_store.hpp"
#include "hammertrack/share.hpp"
#include "sites/hammerspace/mounted_share.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hammertrack_test {

// Below the build folder, whose file system has extended attributes where /tmp may have none.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

inline const std::vector<std::pair<std::string, std::string>> kOptions{
    {"yul", "Montreal"}, {"lax", "Los Angeles"}, {"yyz", "Toronto"}, {"muc", "Munich"}};

// Remembers what was logged.
class Journal {
public:
    hammertrack::Log log();
    bool says(const std::string& part) const;
    std::size_t count(hammertrack::Level level) const;
    std::vector<std::pair<hammertrack::Level, std::string>> lines;
};

// A share with the folders demo/sh_010 and demo/sh_020, the file demo/sh_010/main.exr, and the labels of kOptions.
class SimulatedShare {
public:
    SimulatedShare();
    std::string root() const { return mounted_->mount_point().string(); }
    foley::sites::ShareModel& model() { return mounted_->model(); }
    foley::sites::ShareFaults& faults() { return mounted_->faults(); }
    const std::filesystem::path& backing() const { return backing_.path(); }
    // The commands so far without the questions.
    std::vector<std::string> changes() const;

private:
    Folder backing_;
    Folder mount_point_;
    std::unique_ptr<foley::sites::MountedShare> mounted_;
};

// False, and a word in the output, where FUSE cannot be mounted: the test is then skipped.
bool can_mount();

void make_demo_tree(const std::filesystem::path& root);

}  // namespace hammertrack_test
