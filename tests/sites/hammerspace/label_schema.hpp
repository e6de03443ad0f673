// LabelSchema: the labels that the administrator of the simulated share has defined, and which of them imply others.
// Names are compared without case.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace foley::sites {

std::string fold(std::string_view name);

class LabelSchema {
public:
    // Defines a label, or changes what it implies. Throws std::invalid_argument when an implied one is not defined.
    void define(std::string_view name, const std::set<std::string>& implied = {});
    void remove(std::string_view name);
    bool knows(std::string_view name) const;

    // The labels and all that they imply, folded.
    std::set<std::string> closed(const std::set<std::string>& folded) const;

private:
    std::map<std::string, std::set<std::string>> implied_;  // both folded
};

}  // namespace foley::sites
