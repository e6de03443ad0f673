// What `foleyctl adopt` says: an adoption for people and for programs. No secret is shown.
#pragma once

#include "core/foleyctl/adopt/adoption.hpp"
#include "core/foleyctl/show.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace foley::core {

struct AdoptionReport {
    std::filesystem::path origin;  // the configuration that was read
    std::filesystem::path state_file;
    std::string state_form;               // "pickle of protocol 4"
    std::filesystem::path configuration;  // that was or would be written
    std::vector<std::filesystem::path> secrets;
    bool written = false;
};

void show_adoption(const Screen& screen, const AdoptionReport& report, const Adoption& adoption);
std::string adoption_json(const AdoptionReport& report, const Adoption& adoption);

}  // namespace foley::core
