#include "core/report/mail_text.hpp"

#include "core/report/mail_message.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace foley::core {
namespace {

constexpr std::size_t kMaxFact = 500;
constexpr std::size_t kMaxWhat = 4096;
constexpr std::size_t kMaxDetails = 16384;
constexpr std::size_t kMaxGroups = 100;  // that a summary describes

std::string cut(const std::string& text, std::size_t limit) {
    return text.size() <= limit ? text : text.substr(0, limit) + " …";
}

std::string minutes(std::chrono::milliseconds period) {
    const auto seconds = std::chrono::round<std::chrono::seconds>(period).count();
    if (seconds < 120) return fmt::format("{} s", seconds);
    return fmt::format("{} min", (seconds + 30) / 60);
}

std::string plural(std::uint64_t count, const char* one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string times(std::uint64_t count) {
    return count == 1 ? "once" : fmt::format("{} times", count);
}

const char* subject_of(const Notice& notice) {
    return notice.kind == NoticeKind::source ? "Source" : "Plugin";
}

// The facts of a notice, a line each, whatever a plugin or a site put there.
std::string facts(const Notice& notice) {
    std::string text = fmt::format("{}:    {}\n", subject_of(notice), one_line(notice.name, kMaxFact));
    if (!notice.callback.empty()) text += fmt::format("Callback:  {}\n", one_line(notice.callback, kMaxFact));
    if (!notice.event.empty()) text += fmt::format("Event:     {}\n", one_line(notice.event, kMaxFact));
    return text;
}

std::string in_words(const NoticeGroup& group) {
    std::string text = fmt::format("{}: {}\n", times(group.count), title(group.last));
    text += facts(group.last);
    if (group.count > 1) {
        text += fmt::format("Between:   {} and {}; what follows is the last\n", utc_time(group.first_at),
                            utc_time(group.last.at));
    } else {
        text += fmt::format("When:      {}\n", utc_time(group.last.at));
    }
    return text + "\n" + cut(group.last.what, kMaxWhat) + "\n\nWhat to do: " + advice(group.last) + "\n";
}

}  // namespace

MailText describe(const Notice& notice, std::chrono::milliseconds period, const std::string& machine) {
    MailText mail;
    mail.subject = title(notice);
    if (!notice.event.empty()) mail.subject += ", event " + notice.event.substr(0, notice.event.find(' '));
    mail.body = facts(notice);
    mail.body += fmt::format("When:      {}\n", utc_time(notice.at));
    mail.body += fmt::format("Machine:   {}\n\n", machine);
    mail.body += cut(notice.what, kMaxWhat) + "\n\nWhat to do: " + advice(notice) + "\n";
    if (!notice.details.empty()) mail.body += "\n" + cut(notice.details, kMaxDetails) + "\n";
    mail.body += fmt::format("\n-- \nThe same again is counted, and told in one mail every {}.\n", minutes(period));
    return mail;
}

MailText describe(const Summary& summary, const std::string& machine) {
    std::uint64_t errors = summary.others;
    for (const NoticeGroup& group : summary.groups)
        errors += group.count;
    MailText mail;
    mail.subject = plural(errors, "further error");
    if (summary.groups.size() == 1 && summary.others == 0) {
        mail.subject = fmt::format("{} more: {}", times(errors), title(summary.groups.front().last));
    }
    mail.body = fmt::format("{} within {}.\nMachine:   {}\n", plural(errors, "further error"), minutes(summary.period),
                            machine);
    const std::size_t shown = std::min(summary.groups.size(), kMaxGroups);
    for (std::size_t i = 0; i < shown; ++i)
        mail.body += "\n" + in_words(summary.groups[i]);
    std::uint64_t untold = summary.others;
    for (std::size_t i = shown; i < summary.groups.size(); ++i)
        untold += summary.groups[i].count;
    if (untold > 0) {
        mail.body += fmt::format("\n{} of other kinds are not listed here. Read the log.\n", plural(untold, "error"));
    }
    mail.body +=
        fmt::format("\n-- \nAs long as it goes on there is one such mail every {}.\n", minutes(summary.period));
    return mail;
}

}  // namespace foley::core
