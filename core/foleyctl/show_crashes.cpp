#include "core/event/types.hpp"
#include "core/foleyctl/plain_text.hpp"
#include "core/foleyctl/show.hpp"
#include "core/foleyctl/table.hpp"

#include <fmt/chrono.h>

namespace foley::core {
namespace {

// Microseconds since 1970, as people write them.
std::string time_of(const json::Value& microseconds) {
    const Timestamp at(std::chrono::microseconds(json::integer(microseconds).value_or(0)));
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
}

// Lists as lines, texts and numbers as they are: a report is read from top to bottom.
void show_report(const Screen& screen, const json::Value& report) {
    constexpr std::size_t kMember = 4, kItem = 6;
    screen.out << coloured(one_line(json::text_or_empty(report, "summary")), Colour::bold, screen.colours) << '\n';
    for (const auto& member : report.GetObject()) {
        const std::string name = one_line(json::text_or_empty(member.name));
        if (name == "summary") continue;
        if (member.value.IsArray()) {
            if (member.value.Empty()) continue;
            screen.out << "  " << name << '\n';
            for (const json::Value& item : member.value.GetArray()) {
                screen.out << "    " << indented(json::to_text(item), kItem) << '\n';
            }
        } else if (const std::string value = name == "at" ? time_of(member.value) : json::to_text(member.value);
                   !value.empty()) {
            screen.out << "  " << coloured(name + ": ", Colour::dim, screen.colours) << indented(value, kMember)
                       << '\n';
        }
    }
}

}  // namespace

void show_crashes(const Screen& screen, const json::Value& answer) {
    const json::Value& reports = json::find(answer, "crashes");
    if (!reports.IsArray() || reports.Empty()) screen.out << "no crashes\n";
    if (!reports.IsArray()) return;
    for (const json::Value& report : reports.GetArray()) {
        if (&report != reports.Begin()) screen.out << '\n';
        show_report(screen, report);
    }
}

}  // namespace foley::core
