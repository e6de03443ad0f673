// What mails say, as plain UTF-8: one notice, or the summary of many. Texts in notices come from plugins and sites;
// what becomes of control characters and line breaks on the wire is mail_message.hpp's business.
#pragma once

#include "core/report/notice.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace foley::core {

struct MailText {
    std::string subject;  // without the prefix
    std::string body;
};

// The same trouble, several times.
struct NoticeGroup {
    Notice last;  // without its details
    Timestamp first_at{};
    std::uint64_t count = 0;
};

struct Summary {
    std::vector<NoticeGroup> groups;
    std::uint64_t others = 0;  // of groups for which there was no room
    std::chrono::milliseconds period{};
};

// `period`: when repetitions are summarised; `machine`: where it happened.
MailText describe(const Notice& notice, std::chrono::milliseconds period, const std::string& machine);
MailText describe(const Summary& summary, const std::string& machine);

}  // namespace foley::core
