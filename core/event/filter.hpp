// Filter: which events a callback wants. The daemon matches, so an unwanted event never reaches a host.
#pragma once

#include "core/event/event.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

// Each clause is a list of alternatives; an empty list, or "*" in it, stands for any. A pattern may end in "*" and is
// then a prefix ("Shotgun_Task_*"). All clauses that speak of a change (entity_type, attribute) must hold for one and
// the same change. Gap events match only filters of kind gap.
struct Filter {
    EventKind kind = EventKind::site;
    std::vector<std::string> source;
    std::vector<std::string> type;
    std::vector<std::string> attribute;
    std::vector<std::string> entity_type;
    std::vector<std::string> project;          // matches any of Event::projects
    std::vector<std::string> exclude_project;  // wins over project

    friend bool operator==(const Filter&, const Filter&) = default;
};

bool matches(const Filter& filter, const Event& event) noexcept;

// For a filter that does not match: which clause said no and why, in a sentence for `foleyctl explain`. Empty when it
// matches.
std::string explain_mismatch(const Filter& filter, const Event& event);

// The filters of one plugin's callbacks, indexed by event type, shared between threads. Immutable.
class FilterSet {
public:
    explicit FilterSet(std::vector<Filter> filters);
    bool wants(const Event& event) const noexcept;
    // False: wants none of this kind and type, whatever else it says.
    bool may_want(EventKind kind, std::string_view type) const noexcept;
    // The indices of the matching filters, ascending: the order of registration.
    std::vector<std::uint32_t> matching(const Event& event) const;
    const std::vector<Filter>& filters() const noexcept { return filters_; }

private:
    std::vector<Filter> filters_;
    // Indices of the filters whose types are all exact, by type; and of the others, which are tried for every event.
    std::map<std::string, std::vector<std::uint32_t>, std::less<>> by_type_;
    std::vector<std::uint32_t> other_;
};

}  // namespace foley::core
