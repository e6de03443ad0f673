#include "copy_fields/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace copy_fields {
namespace {

bool follows(Kind kind) {
    return kind == Kind::copy || kind == Kind::total || kind == Kind::calculation || kind == Kind::search;
}

// Where on its way the path meets the change: each entity that it goes through has a field that it reads.
void add_reaches(const fields::FieldPath& path, const fields::Subject& subject, std::vector<Rule::Reach>& reaches) {
    std::string link;
    const auto& hops = path.hops();
    for (std::size_t i = 0; i < hops.size(); ++i) {
        link += i == 0 ? hops[i].field : fmt::format(".{}.{}", hops[i - 1].type, hops[i].field);
        const auto& read = i + 1 < hops.size() ? hops[i + 1].field : path.last();
        if (subject.type != hops[i].type || subject.attribute != read) continue;
        const auto known = [&](const Rule::Reach& each) { return each.link == link && each.path == path.text(); };
        if (std::none_of(reaches.begin(), reaches.end(), known)) reaches.push_back({link, path.text()});
    }
}

}  // namespace

std::vector<fields::FieldPath> Rule::sources() const {
    if (expression) return expression->paths();
    if (search) return search->paths();
    return from ? std::vector<fields::FieldPath>{*from} : std::vector<fields::FieldPath>();
}

std::vector<std::string> Rule::fields() const {
    // Of several linked entities each is looked at for itself.
    std::set<std::string> names{spreads ? to.first() : to.text()};
    if (!spreads && !target_link().empty()) names.insert(target_link());
    for (const auto& path : sources())
        names.insert(path.text());
    for (const auto& path : when.paths())
        names.insert(path.text());
    return {names.begin(), names.end()};
}

bool Rule::concerned(const fields::Subject& subject) const {
    if (subject.type != on) return false;
    const auto reads = [&](const std::vector<fields::FieldPath>& paths) {
        return std::any_of(paths.begin(), paths.end(),
                           [&](const auto& path) { return path.first() == subject.attribute; });
    };
    const bool update = subject.action == "update";
    // Also in the making, whose own event does not say which fields were given.
    if (!changed.empty())
        return update && std::find(changed.begin(), changed.end(), subject.attribute) != changed.end();
    const bool of_condition = reads(when.paths());
    // A stamp wants to know when the condition came true, also when that was in the making.
    if (kind == Kind::stamp && !when.empty()) return update && of_condition;
    if (subject.action == "add") return true;
    if (subject.action == "revive") return follows(kind);
    if (subject.action == "remove") return kind == Kind::total;
    if (subject.in_create) return false;  // the making has an event of its own
    const bool of_link = follows(kind) && !to.hops().empty() && to.first() == subject.attribute;
    return of_condition || reads(sources()) || of_link;
}

std::vector<Rule::Reach> Rule::reaches(const fields::Subject& subject) const {
    std::vector<Reach> reaches;
    if (!changed.empty() || subject.action != "update") return reaches;
    for (const auto& path : when.paths())
        add_reaches(path, subject, reaches);
    for (const auto& path : sources())
        add_reaches(path, subject, reaches);
    return reaches;
}

}  // namespace copy_fields
