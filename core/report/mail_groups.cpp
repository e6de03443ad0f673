#include "core/report/mail_groups.hpp"

#include <algorithm>

namespace foley::core {

void MailGroups::configure(MailLimits limits, std::string machine) {
    limits_ = limits;
    machine_ = std::move(machine);
}

std::optional<MailGroups::Draft> MailGroups::add(const Notice& notice, const Addresses& to, SteadyTime now) {
    if (to.empty()) return std::nullopt;
    auto [found, is_new] = rounds_.try_emplace(to);
    Round& round = found->second;
    if (is_new) round.end = now + limits_.period;
    const std::string key = group_key(notice);
    if (!round.entries.contains(key) && round.entries.size() >= kMostGroups) {
        ++round.others;
        return std::nullopt;
    }
    Entry& entry = round.entries[key];
    entry.seen = true;
    if (!entry.told && entry.waiting.count == 0 && round.at_once < limits_.at_once) {
        entry.told = true;
        ++round.at_once;
        return Draft{to, describe(notice, limits_.period, machine_)};
    }
    if (entry.waiting.count++ == 0) entry.waiting.first_at = notice.at;
    entry.waiting.last = notice;
    entry.waiting.last.details.clear();
    return std::nullopt;
}

std::optional<SteadyTime> MailGroups::next_due() const {
    std::optional<SteadyTime> next;
    for (const auto& [to, round] : rounds_) {
        if (!next || round.end < *next) next = round.end;
    }
    return next;
}

std::optional<MailGroups::Draft> MailGroups::summary(const Addresses& to, Round& round) const {
    Summary told;
    told.period = limits_.period;
    told.others = std::exchange(round.others, 0);
    for (auto& [key, entry] : round.entries) {
        if (entry.waiting.count == 0) continue;
        told.groups.push_back(std::exchange(entry.waiting, {}));
        entry.told = true;
    }
    if (told.groups.empty() && told.others == 0) return std::nullopt;
    std::stable_sort(told.groups.begin(), told.groups.end(),
                     [](const NoticeGroup& a, const NoticeGroup& b) { return a.first_at < b.first_at; });
    return Draft{to, describe(told, machine_)};
}

std::vector<MailGroups::Draft> MailGroups::take_due(SteadyTime now) {
    std::vector<Draft> drafts;
    for (auto at = rounds_.begin(); at != rounds_.end();) {
        Round& round = at->second;
        if (round.end > now) {
            ++at;
            continue;
        }
        std::optional<Draft> draft = summary(at->first, round);
        if (!draft) {  // nothing came again: the next trouble is news
            at = rounds_.erase(at);
            continue;
        }
        drafts.push_back(std::move(*draft));
        // What came in this period is known in the next, so that it goes on being one mail a period.
        std::erase_if(round.entries, [](const auto& entry) { return !entry.second.seen; });
        for (auto& [key, entry] : round.entries)
            entry.seen = false;
        round.at_once = 0;
        round.end = now + limits_.period;
        ++at;
    }
    return drafts;
}

std::vector<MailGroups::Draft> MailGroups::take_all() {
    std::vector<Draft> drafts;
    for (auto& [to, round] : rounds_) {
        if (std::optional<Draft> draft = summary(to, round)) drafts.push_back(std::move(*draft));
    }
    rounds_.clear();
    return drafts;
}

}  // namespace foley::core
