#include "core/report/mail_message.hpp"

#include <foley/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <time.h>

namespace foley::core {
namespace {

constexpr std::size_t kMaxSubject = 250;
constexpr std::size_t kMaxLine = 76;  // of quoted-printable, and of an encoded word with what surrounds it

unsigned char byte(char c) {
    return static_cast<unsigned char>(c);
}

// Also what other programs take for the end of a line: C1 controls (U+0085), U+2028, U+2029.
bool breaks_a_line(std::string_view character) {
    if (character.size() == 1) return byte(character[0]) < 0x20 || character[0] == 0x7f;
    if (character.size() == 2) return byte(character[0]) == 0xc2 && byte(character[1]) < 0xa0;
    return character == "\xe2\x80\xa8" || character == "\xe2\x80\xa9";
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view part = bytes.substr(at, 3);
        unsigned value = 0;
        for (std::size_t i = 0; i < 3; ++i)
            value = value << 8 | (i < part.size() ? byte(part[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= part.size() ? kLetters[value >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

std::string escaped(char c) {
    return fmt::format("={:02X}", byte(c));
}

// English whatever the locale is.
std::string date(Timestamp at) {
    constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    struct tm parts {};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays.at(static_cast<std::size_t>(parts.tm_wday)),
                       parts.tm_mday, kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

// One line of the body as lines of quoted-printable.
void append_line(std::string& out, std::string_view line) {
    std::size_t column = 0;
    const auto put = [&](std::string_view unit) {
        if (column + unit.size() > kMaxLine - 1) {  // the last place is for the mark of the soft break
            out += "=\r\n";
            column = 0;
        }
        out += unit;
        column += unit.size();
    };
    utf8::for_each(line, [&](std::string_view one) {
        const char c = one.front();
        if (c == '\t' || c == ' ') return put(one);
        if (one.size() == 1 && (byte(c) < 0x20 || byte(c) == 0x7f)) return put(fmt::format("\\x{:02x}", byte(c)));
        if (one.size() == 1 && c != '=') return put(one);
        for (const char each : one)
            put(escaped(each));
    });
    // A blank at the end of a line would be taken away on the way.
    if (!out.empty() && (out.back() == ' ' || out.back() == '\t')) {
        const std::string last = escaped(out.back());
        out.pop_back();
        if (column + last.size() > kMaxLine) out += "=\r\n";
        out += last;
    }
    out += "\r\n";
}

}  // namespace

std::string one_line(std::string_view text, std::size_t limit) {
    std::string line;
    bool full = false;
    utf8::for_each(text, [&](std::string_view one) {
        const std::string_view shown = breaks_a_line(one) ? std::string_view(" ") : one;
        if (shown == " " && (line.empty() || line.back() == ' ')) return;
        full = full || line.size() + shown.size() > limit;
        if (!full) line += shown;
    });
    while (!line.empty() && line.back() == ' ')
        line.pop_back();
    return line;
}

std::string header_text(std::string_view line) {
    const bool plain = std::all_of(line.begin(), line.end(), [](char c) { return byte(c) >= 0x20 && byte(c) < 0x7f; });
    // "=?" would be read as an encoded word.
    if (plain && line.find("=?") == std::string_view::npos) return std::string(line);
    constexpr std::size_t kBytes = 45;  // 60 letters of base64, and 12 around them
    std::string text, word;
    const auto flush = [&] {
        if (!text.empty()) text += "\r\n ";
        text += "=?UTF-8?B?" + base64(word) + "?=";
        word.clear();
    };
    utf8::for_each(line, [&](std::string_view one) {
        if (word.size() + one.size() > kBytes) flush();
        word += one;
    });
    if (!word.empty()) flush();
    return text;
}

std::string quoted_printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        append_line(result, line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

std::string to_message(const Mail& mail) {
    std::string to;
    for (const std::string& address : mail.to)
        to += (to.empty() ? "" : ",\r\n ") + address;
    const std::string domain = mail.from.substr(mail.from.find('@') + 1);
    std::string message = "Date: " + date(mail.at) + "\r\n";
    message += "From: " + mail.from + "\r\n";
    message += "To: " + to + "\r\n";
    message += "Subject: " + header_text(one_line(mail.subject, kMaxSubject)) + "\r\n";
    message += "Message-ID: <" + mail.id + "@" + domain + ">\r\n";
    message += "Auto-Submitted: auto-generated\r\n";
    message += "MIME-Version: 1.0\r\n";
    message += "Content-Type: text/plain; charset=utf-8\r\n";
    message += "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
    return message + quoted_printable(mail.body);
}

}  // namespace foley::core
