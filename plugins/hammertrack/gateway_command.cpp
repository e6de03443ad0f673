#include "hammertrack/gateway_command.hpp"

#include "hammertrack/errors.hpp"

#include <foley/utf8.hpp>

#include <algorithm>

namespace hammertrack {
namespace {

constexpr std::size_t kLongestWords = 400;

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view kBlank{" \t\r\n\v\f\0", 7};
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool equal_folded(std::string_view a, std::string_view upper) noexcept {
    return std::equal(a.begin(), a.end(), upper.begin(), upper.end(), [](char x, char y) {
        return (x >= 'a' && x <= 'z' ? static_cast<char>(x - 'a' + 'A') : x) == y;
    });
}

}  // namespace

std::string add_label_script(const Label& label) {
    return "set #assigned_labels=add_label(\"" + label.text() + "\")";
}

std::string remove_label_script(const Label& label) {
    return "set #assigned_labels=delete_force_label(\"" + label.text() + "\")";
}

std::string has_label_script(const Label& label) {
    return "eval has_label_local(\"" + label.text() + "\")";
}

std::string any_label_script(const Label& label) {
    return "eval has_label(\"" + label.text() + "\")";
}

std::string gateway_command(std::string_view name, const std::string& script) {
    const bool risky =
        name.find_first_of("\"\\?") != std::string_view::npos || !foley::utf8::is_valid(name) ||
        std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (risky) {
        throw PathRefused(
            "A file whose name has \" or \\ or ? in it, or is no UTF-8, cannot be named in a command to "
            "the share: \"" +
            share_words(name) + "\".");
    }
    return "./" + std::string(name) + "?." + script;
}

GatewayAnswer classify_answer(std::string_view answer, std::string_view command) noexcept {
    const std::string_view text = trimmed(answer);
    if (text.empty()) return GatewayAnswer::empty;
    if (text == trimmed(command)) return GatewayAnswer::echo;
    if (equal_folded(text, "TRUE")) return GatewayAnswer::yes;
    if (equal_folded(text, "FALSE")) return GatewayAnswer::no;
    return GatewayAnswer::words;
}

std::string share_words(std::string_view answer) {
    answer = trimmed(answer);
    std::string words;
    while (!answer.empty() && words.size() < kLongestWords) {
        const std::string_view before = answer;
        const auto code = foley::utf8::take(answer);
        const bool shown = code && *code >= 0x20 && *code != 0x7F;
        words += shown ? before.substr(0, before.size() - answer.size()) : std::string_view(code ? " " : "?");
    }
    if (!answer.empty()) words += " …";
    return words;
}

}  // namespace hammertrack
