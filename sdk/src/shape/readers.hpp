// The readers behind read_facts, one per site, and what they share. Internal to the SDK.
#pragma once

#include <foley/shape.hpp>

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace foley::shape {

EventFacts read_ftrack(const json::Value& payload);
EventFacts read_shotgrid(const json::Value& payload);
EventFacts read_ayon(const json::Value& payload);
EventFacts read_plain(const json::Value& payload);

// An id, a type or a name is at most so long; what is longer is none. Every change of an event carries them, so one
// that is megabytes long would be multiplied by the changes.
inline constexpr std::size_t kLongestName = 1024;

// A string; empty for anything else.
std::string name_text(const json::Value& value);
template <typename Step, typename... Steps>
std::string name_text(const json::Value& value, const Step& step, const Steps&... steps) {
    return name_text(json::find(value, step, steps...));
}

// A string or a number as text; empty for anything else.
std::string scalar_text(const json::Value& value);

// Adds projects, each once. facts must outlive it.
class ProjectCollector {
public:
    explicit ProjectCollector(EventFacts& facts) : facts_(facts) {}
    // Nothing happens when it is empty or already there.
    void add(Project project);

private:
    EventFacts& facts_;
    std::set<std::pair<std::string, std::string>> seen_;
};

// The members of an object by name, the first of those with the same name; none for anything else. Payloads may hold
// very many, and looking each one up in the object itself would take quadratic time. Points into the object.
using MemberIndex = std::unordered_map<std::string_view, const json::Value*>;
MemberIndex index_members(const json::Value& object);
Value value_at(const MemberIndex& index, std::string_view name);

// The value under `name`; nothing said (a null Value) when the member is not there.
Value value_of(const json::Value& object, std::string_view name);

}  // namespace foley::shape
