// What mails need to know; main fills it from the configuration.
#pragma once

#include "core/report/notice.hpp"

#include <foley/site/smtp.hpp>

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace foley::core {

using Addresses = std::vector<std::string>;

// How much is mailed.
struct MailLimits {
    std::chrono::milliseconds period = std::chrono::minutes(15);
    unsigned at_once = 10;  // mails within a period to the same people that do not wait for the summary at its end
};

struct MailOptions {
    site::SmtpServer server;
    std::string from;
    std::string subject_prefix = "[Foley]";
    std::string machine;  // stands in each mail
    MailLimits limits;
    std::set<NoticeKind> about;

    Addresses to;                             // of what concerns no plugin
    Addresses to_by_default;                  // of plugins that are not named below
    std::map<std::string, Addresses> to_for;  // by plugin

    const Addresses& recipients(const Notice& notice) const {
        if (notice.kind == NoticeKind::source) return to;
        const auto found = to_for.find(notice.name);
        return found == to_for.end() ? to_by_default : found->second;
    }
};

}  // namespace foley::core
