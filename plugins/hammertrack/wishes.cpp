#include "hammertrack/wishes.hpp"

namespace hammertrack {

Wish wish_of(const Values& values, const LabelMenu& menu) {
    Wish wish;
    for (const std::string& value : values) {
        if (auto label = menu.find(value)) {
            wish.labels.insert(std::move(*label));
        } else {
            wish.unknown.push_back(value);
        }
    }
    return wish;
}

}  // namespace hammertrack
