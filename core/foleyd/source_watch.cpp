#include "core/foleyd/source_watch.hpp"

namespace foley::core {

std::vector<Notice> SourceWatch::look(const std::vector<SourceStatus>& sources, Timestamp now) {
    std::vector<Notice> notices;
    for (const SourceStatus& source : sources) {
        const bool refused = source.state == SourceState::refused;
        const bool stopped = source.state == SourceState::stopped_by_journal;
        if (source.state == SourceState::live) told_.erase(source.name);
        if ((!refused && !stopped) || !told_.insert(source.name).second) continue;
        Notice notice;
        notice.kind = NoticeKind::source;
        notice.name = source.name;
        notice.what = refused ? "The site refuses it: " + source.detail : "The journal takes nothing: " + source.detail;
        notice.at = now;
        notices.push_back(std::move(notice));
    }
    return notices;
}

}  // namespace foley::core
