#include "notify/mail.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace notify {
namespace {

constexpr std::size_t kLine = 57;  // bytes that make 76 letters of base64
constexpr std::size_t kWord = 45;  // bytes of an encoded word of a header, which may have 75 characters
constexpr std::size_t kLongestSubject = 250;

unsigned char byte(char c) {
    return static_cast<unsigned char>(c);
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view part = bytes.substr(at, 3);
        unsigned value = 0;
        for (std::size_t i = 0; i < 3; ++i)
            value = value << 8U | (i < part.size() ? byte(part[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= part.size() ? kLetters[value >> (18 - 6 * i) & 63U] : '=';
    }
    return text;
}

// Where a piece of at most `size` bytes ends without tearing a character of UTF-8.
std::size_t cut(std::string_view text, std::size_t size) {
    if (text.size() <= size) return text.size();
    while (size > 1 && (byte(text[size]) & 0xc0U) == 0x80)
        --size;
    return size;
}

std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text.substr(0, cut(text, kLongestSubject))) {
        const bool blank = byte(c) <= 0x20 || c == 0x7f;
        if (!blank || (!line.empty() && line.back() != ' ')) line += blank ? ' ' : c;
    }
    return line;
}

std::string header_text(std::string_view line) {
    const bool plain = std::all_of(line.begin(), line.end(), [](char c) { return byte(c) < 0x7f; });
    if (plain && line.find("=?") == std::string_view::npos) return std::string(line);
    std::string text;
    while (!line.empty()) {
        const auto size = cut(line, kWord);
        text.append(text.empty() ? "" : "\r\n ").append("=?UTF-8?B?").append(base64(line.substr(0, size))).append("?=");
        line.remove_prefix(size);
    }
    return text;
}

// English whatever the locale is.
std::string date(std::chrono::sys_seconds at) {
    constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto days = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day day(days);
    const std::chrono::hh_mm_ss time(at - days);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays.at(std::chrono::weekday(days).c_encoding()),
                       static_cast<unsigned>(day.day()), kMonths.at(static_cast<unsigned>(day.month()) - 1),
                       static_cast<int>(day.year()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

}  // namespace

bool is_address(std::string_view text) {
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.rfind('@') == at &&
           text.size() <= 254 && std::all_of(text.begin(), text.end(), [](char c) {
               return byte(c) > 0x20 && byte(c) < 0x7f &&
                      std::string_view("<>(),;:\\\"[]").find(c) == std::string_view::npos;
           });
}

std::string message_of(const Mail& mail) {
    std::string to;
    for (const auto& address : mail.to)
        to.append(to.empty() ? "" : ",\r\n ").append(address);
    std::string message = fmt::format(
        "Date: {}\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}@{}>\r\nAuto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        date(mail.at), mail.from, to, header_text(one_line(mail.subject)), mail.id,
        mail.from.substr(mail.from.find('@') + 1));
    std::string body;
    for (const char c : mail.body) {
        if (c == '\n') body += '\r';
        if (c != '\r') body += c;
    }
    body += "\r\n";
    for (std::size_t at = 0; at < body.size(); at += kLine)
        message.append(base64(std::string_view(body).substr(at, kLine))).append("\r\n");
    return message;
}

}  // namespace notify
