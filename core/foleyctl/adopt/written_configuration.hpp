// The configuration of Foley that an adoption comes to, as text, and the files of secrets beside it.
#pragma once

#include "core/foleyctl/adopt/adoption.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace foley::core {

struct WrittenFile {
    std::filesystem::path path;  // relative to the folder of the configuration
    std::string content;
    unsigned mode = 0640;
};

// The YAML text; no secret stands in it. `origin` is the file that was adopted.
std::string written_configuration(const Adoption& adoption, const std::filesystem::path& origin);
// The secrets that it refers to as files.
std::vector<WrittenFile> written_secrets(const Adoption& adoption);

// Ids as one writes them: "101", "110-120".
std::vector<std::string> written_ids(const NumberRanges& ids);

}  // namespace foley::core
