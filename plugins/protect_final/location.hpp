// Location: where the files of an entity lie, as one of the roots and the way beneath it.
//
// A path comes from the site: it is data. What is not absolute, holds "..", or lies beneath none of the roots is
// refused, as is a root itself. That no link leads out of the root is seen to when it is opened (tree.hpp).
#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace protect_final {

// A path that is never touched. what() is a sentence.
class PathRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Location {
    std::filesystem::path root;
    std::vector<std::string> steps;  // beneath the root, at least one

    std::string shown() const;
};

// How paths of other computers begin, and what that is here: "P:/show" is "/mnt/show".
using PathMap = std::map<std::string, std::string, std::less<>>;

// Throws PathRefused.
Location locate(std::string_view path, const std::vector<std::filesystem::path>& roots, const PathMap& map);

}  // namespace protect_final
