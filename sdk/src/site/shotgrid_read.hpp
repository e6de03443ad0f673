// What a read of a ShotGrid site sends and gets, and how it depends on the site's version. Internal to the client.
#pragma once

#include <foley/site/shotgrid.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace foley::site {

// From the results of `info`. The version is a list of numbers, [8, 72, 0], with "Dev" after them in a development
// build. Throws NotJsonError when there is none, ServerError when it is older than the API.
ShotgridInfo read_info(rapidjson::Document results, const std::string& subject);

// The parameters of `read`.
std::string read_parameters(const ShotgridQuery& query, const ShotgridInfo& info, std::size_t size, std::size_t page,
                            bool pages_follow);

// The results of `read`.
struct ShotgridRead {
    rapidjson::Document entities;       // an array
    std::optional<bool> next;           // whether there is another page; sites before 7.4.0 do not say
    std::optional<std::int64_t> count;  // and say how many there are in all
    std::vector<std::size_t> changed;   // indices of the entities that differ from what the site sent

    // After so many entities of this page and those before it.
    bool has_more(std::size_t seen) const noexcept;
};
// Throws NotJsonError.
ShotgridRead read_results(rapidjson::Document results, const std::string& subject);

}  // namespace foley::site
