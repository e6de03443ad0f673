#include "hammertrack/attribute_ids.hpp"

#include <algorithm>
#include <string>

namespace hammertrack {
namespace {

constexpr std::chrono::seconds kBetween{5};

bool same(const Values& a, const Values& b) {
    return std::set<std::string>(a.begin(), a.end()) == std::set<std::string>(b.begin(), b.end());
}

}  // namespace

bool AttributeIds::keep(AttributeSetup::Configurations found) {
    for (const EntityKind kind : kinds_)
        tracker_.set_configurations(kind, found[kind]);
    const bool other = found != ids_;
    ids_ = std::move(found);
    return other;
}

bool AttributeIds::is_recent(Clock::time_point now) const noexcept {
    return learnt_ && now - *learnt_ < kBetween;
}

AttributeIds::Doubt AttributeIds::doubt(const Touched& touched, const std::set<Entity>& asked,
                                        const std::map<Entity, Values>& values) {
    Doubt result = Doubt::none;
    for (const Entity& entity : touched.relabelled) {
        if (asked.count(entity) == 0) continue;
        const auto found = values.find(entity);
        const auto said = touched.said.find(entity);
        if (found == values.end()) {
            if (said == touched.said.end() || !said->second.empty()) return Doubt::grave;
        } else if (said != touched.said.end() && !same(found->second, said->second)) {
            result = Doubt::some;
        }
    }
    return result;
}

bool AttributeIds::learn(const Touched& touched, const std::set<Entity>& asked, const std::map<Entity, Values>& values,
                         Clock::time_point now) {
    const Doubt found = doubt(touched, asked, values);
    if (found == Doubt::none) return false;
    if (found == Doubt::some && is_recent(now)) {
        if (!put_off_) put_off_ = ids_;
        return false;
    }
    const bool other = read();
    learnt_ = now;
    return other;
}

bool AttributeIds::catch_up(Clock::time_point now) {
    if (!put_off_ || is_recent(now)) return false;
    read();
    learnt_ = now;
    const bool other = ids_ != *put_off_;
    put_off_.reset();
    return other;
}

}  // namespace hammertrack
