// Choices: the values that the site's schema knows for a list or a status.
//
// Thread: one at a time. Throws: SiteError.
#pragma once

#include <foley/json.hpp>
#include <foley/site/shotgrid.hpp>

#include <map>
#include <string>
#include <string_view>

namespace rules {

class Choices {
public:
    // shotgrid must outlive it.
    explicit Choices(foley::site::Shotgrid& shotgrid) : shotgrid_(shotgrid) {}

    // Why the field, which must exist, cannot have this value, as a sentence with the values that it can; empty when it
    // can.
    std::string fault_of(const std::string& type, std::string_view field, std::string_view value);

private:
    foley::site::Shotgrid& shotgrid_;
    std::map<std::string, foley::json::Document, std::less<>> types_;
};

}  // namespace rules
