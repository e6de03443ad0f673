#include "core/report/notice.hpp"

#include <fmt/format.h>

#include <cctype>

#include <time.h>

namespace foley::core {
namespace {

constexpr std::size_t kKeyText = 300;

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

bool has_digit(std::string_view word) {
    return word.find_first_of("0123456789") != std::string_view::npos;
}

// Words with a digit in them (numbers, UUIDs, addresses, shot names) differ from event to event.
std::string without_numbers(std::string_view text) {
    std::string result;
    text = text.substr(0, kKeyText);
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_word(text[end]))
            ++end;
        if (end == at) {
            result += text[at++];
            continue;
        }
        const std::string_view word = text.substr(at, end - at);
        if (has_digit(word)) {
            result += '#';
        } else {
            result += word;
        }
        at = end;
    }
    return result;
}

}  // namespace

std::string group_key(const Notice& notice) {
    std::string key = std::to_string(static_cast<int>(notice.kind));
    key.append("\n").append(notice.name).append("\n").append(notice.callback);
    return key.append("\n").append(without_numbers(notice.what));
}

std::string title(const Notice& notice) {
    switch (notice.kind) {
        case NoticeKind::disabled:
            return notice.name + " is disabled";
        case NoticeKind::crash:
            return notice.name + " crashed";
        case NoticeKind::reload:
            return notice.name + ": the newest file cannot be used";
        case NoticeKind::dead_letter:
            return notice.name + " gave up on an event";
        case NoticeKind::source:
            return "source " + notice.name + " takes no events";
        case NoticeKind::log:
            return notice.name + " reports an error";
    }
    return notice.name;
}

std::string advice(const Notice& notice) {
    const std::string& name = notice.name;
    switch (notice.kind) {
        case NoticeKind::disabled:
            return fmt::format(
                "Its position stands still and nothing is lost. Mend the plugin: it goes on when its file changes. Or "
                "run "
                "it again with: foleyctl enable {0}. With --skip-event the event that failed becomes a dead letter.",
                name);
        case NoticeKind::crash:
            return fmt::format(
                "The whole report, with the last lines of its log: foleyctl crashes {0}. Whether it runs again: "
                "foleyctl "
                "plugins {0}.",
                name);
        case NoticeKind::reload:
            return fmt::format(
                "The copy that ran before goes on, if there is one. What the daemon says of the file: foleyctl check "
                "FILE.so. What runs now: foleyctl plugins {0}.",
                name);
        case NoticeKind::dead_letter:
            return fmt::format(
                "The event is kept, the plugin goes on. Look at it with: foleyctl dead-letters {0}. Retry or drop it "
                "by "
                "hand.",
                name);
        case NoticeKind::source:
            return fmt::format(
                "Mend what the sentence names; the source tries again by itself. How it does: foleyctl sources {0}.",
                name);
        case NoticeKind::log:
            return "Look into the plugin's log.";
    }
    return {};
}

std::string utc_time(Timestamp time) {
    const time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    struct tm parts {};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace foley::core
