#include "label_schema.hpp"

#include <stdexcept>
#include <vector>

namespace foley::sites {

std::string fold(std::string_view name) {
    std::string folded(name);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

void LabelSchema::define(std::string_view name, const std::set<std::string>& implied) {
    std::set<std::string> folded;
    for (const std::string& each : implied) {
        if (!knows(each)) throw std::invalid_argument("the implied label \"" + each + "\" is not defined");
        folded.insert(fold(each));
    }
    implied_[fold(name)] = std::move(folded);
}

void LabelSchema::remove(std::string_view name) {
    implied_.erase(fold(name));
    for (auto& [label, implied] : implied_)
        implied.erase(fold(name));
}

bool LabelSchema::knows(std::string_view name) const {
    return implied_.count(fold(name)) != 0;
}

std::set<std::string> LabelSchema::closed(const std::set<std::string>& folded) const {
    std::set<std::string> result;
    std::vector<std::string> open(folded.begin(), folded.end());
    while (!open.empty()) {
        const std::string label = open.back();
        open.pop_back();
        if (!result.insert(label).second) continue;
        const auto found = implied_.find(label);
        if (found != implied_.end()) open.insert(open.end(), found->second.begin(), found->second.end());
    }
    return result;
}

}  // namespace foley::sites
