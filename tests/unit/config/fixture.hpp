// A folder of configuration files that goes away with the test.
#pragma once

#include "core/config/load.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

#include <sys/stat.h>

namespace foley::core {

class ConfigFolder {
public:
    ConfigFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "foley-config-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
        path_ = pattern;
    }
    ~ConfigFolder() { std::filesystem::remove_all(path_); }
    ConfigFolder(const ConfigFolder&) = delete;
    ConfigFolder& operator=(const ConfigFolder&) = delete;

    std::filesystem::path write(const std::string& name, const std::string& text, mode_t mode = 0600) {
        const auto file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        ::chmod(file.c_str(), mode);
        return file;
    }

    // Every problem of this text, a line each, with the folder's name left out.
    std::string problems(const std::string& text, mode_t mode = 0600) {
        try {
            load(text, mode);
        } catch (const ConfigError& error) {
            std::string lines = error.what();
            const std::string folder = path_.string() + "/";
            for (auto at = lines.find(folder); at != std::string::npos; at = lines.find(folder)) {
                lines.erase(at, folder.size());
            }
            return lines;
        }
        return {};
    }

    Configuration load(const std::string& text, mode_t mode = 0600) {
        return load_configuration(write("foley.yaml", text, mode), [this](const std::string& name) {
            const auto found = environment.find(name);
            return found != environment.end() ? std::optional(found->second) : std::nullopt;
        });
    }

    const std::filesystem::path& path() const noexcept { return path_; }
    std::map<std::string, std::string> environment;

private:
    std::filesystem::path path_;
};

}  // namespace foley::core
