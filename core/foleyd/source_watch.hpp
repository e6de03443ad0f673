// SourceWatch: notices when a source comes to take no events for a reason that needs a person.
// Thread: the engine's.
#pragma once

#include "core/report/notice.hpp"
#include "core/source/source.hpp"

#include <set>
#include <string>
#include <vector>

namespace foley::core {

class SourceWatch {
public:
    // Looks at all sources; what is told once is told again only after the source was well in between.
    std::vector<Notice> look(const std::vector<SourceStatus>& sources, Timestamp now);

private:
    std::set<std::string> told_;  // names
};

}  // namespace foley::core
