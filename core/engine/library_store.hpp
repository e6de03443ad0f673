// LibraryStore: the private copies of plugin libraries. A library is opened once, checked by its descriptor (owner,
// mode, whole ELF file) and copied aside before anything loads it, so that whoever overwrites the file in place cannot
// pull pages from under a running host. A copy is on disk before it is used, and one that is there already is used only
// when it is what its name says. The last few good copies of each plugin stay for rolling back.
//
// Owner: Engine. Threads: `take` and `prune` block and run on the pool, for one plugin one at a time; everything else
// is const. Errors: std::system_error for the disk; a file that cannot be used is an answer.
#pragma once

#include "core/engine/plugin_directory.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

struct LibraryCopy {
    std::filesystem::path path;  // <state>/copies/<plugin>/<build>.so
    std::string build;           // hex digest of the content
    friend bool operator==(const LibraryCopy&, const LibraryCopy&) = default;
};

class LibraryStore {
public:
    LibraryStore(std::filesystem::path directory, std::vector<std::string> trusted_owners,
                 std::vector<std::string> trusted_groups);

    struct Taken {
        std::optional<LibraryCopy> copy;
        std::string refused;         // sentence, when there is no copy
        bool still_growing = false;  // it is only a part of an ELF file: wait for it to change
    };
    Taken take(const PluginFile& file) const;

    // The copy of an earlier build; nothing when it is gone or broken. Blocking.
    std::optional<LibraryCopy> find(const std::string& plugin, const std::string& build) const;

    // Keeps the newest `keep` copies of the plugin, and those named in `in_use`.
    void prune(const std::string& plugin, unsigned keep, const std::vector<std::string>& in_use) const;

private:
    std::filesystem::path directory_;
    std::vector<std::string> trusted_owners_, trusted_groups_;
};

// What is wrong with these bytes as a shared library for this machine: a sentence, or nothing. `part` is set when the
// file looks cut short.
std::optional<std::string> why_not_a_library(std::string_view content, bool& part);

}  // namespace foley::core
