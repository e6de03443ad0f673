#include "core/journal/imported_position.hpp"

namespace foley::core {

bool ImportedPosition::covers(std::string_view event_source, std::string_view id, Sequence sequence) const noexcept {
    if (event_source != source) return sequence <= others_before;
    if (sequence <= judged_after) return false;
    const std::optional<std::uint64_t> number = decimal_id(id);  // a gap event has none
    return number && *number <= handled && !missing.contains(*number);
}

ImportedPosition imported_position(const StartHandled& rule, Sequence head) {
    ImportedPosition imported;
    imported.source = rule.source;
    imported.handled = rule.id;
    imported.missing = rule.missing;
    imported.missing.erase_from(rule.id);
    imported.others_before = head;
    return imported;
}

}  // namespace foley::core
