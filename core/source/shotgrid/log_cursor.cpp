#include "core/source/shotgrid/log_cursor.hpp"

#include <foley/json.hpp>

namespace foley::core::shotgrid {

std::string LogCursor::text(SteadyTime now) const {
    return R"({"version":1,"kind":"shotgrid","site":)" + json::quote(site) + R"(,"last":)" + std::to_string(last) +
           R"(,"gaps":)" + gaps.text(now) + "}";
}

LogCursor::Parsed LogCursor::parse(std::string_view text, SteadyTime now) {
    try {
        const auto document = json::parse(text);
        if (json::text_or_empty(document, "kind") != "shotgrid") return Parsed::foreign;
        const auto& newest = json::member(document, "last");
        if (json::integer(json::member(document, "version")) != 1 || !newest.IsUint64()) return Parsed::unknown;
        if (!gaps.restore(json::member(document, "gaps"), now)) return Parsed::unknown;
        last = newest.GetUint64();
        site = json::text_or_empty(document, "site");
        return Parsed::good;
    } catch (const json::ParseError&) {
        return Parsed::foreign;
    }
}

}  // namespace foley::core::shotgrid
