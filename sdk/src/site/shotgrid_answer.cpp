#include "shotgrid_answer.hpp"

#include "foreign_answer.hpp"
#include "json_members.hpp"

#include <foley/site/error.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace foley::site {

namespace {

constexpr std::size_t kLongestMessage = 2000;
// One entity that is nested deeper than anybody can use must not hide the others of its page.
constexpr std::size_t kDeepest = 4096;
// {"results": {"entities": [{…}, …]}}
constexpr std::size_t kLevelOfEntities = 3;

bool contains_word(std::string_view text, std::string_view lower_word) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; };
    return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(), same) != text.end();
}

bool is_fault(const rapidjson::Value& body) {
    return json::is_true(json::member(body, "exception"));
}

// A missing content type is taken for JSON.
bool says_json(const Response& response) {
    const auto type = response.header("Content-Type").value_or("application/json");
    return contains_word(type.substr(0, 16), "application/json") ||
           contains_word(type.substr(0, 15), "text/javascript");
}

std::optional<rapidjson::Document> parsed(const std::string& body, std::vector<json::Span>* entities) {
    try {
        return entities == nullptr ? json::parse(body, kDeepest)
                                   : json::parse(body, kDeepest, kLevelOfEntities, *entities);
    } catch (const json::ParseError&) {
        return std::nullopt;
    }
}

[[noreturn]] void throw_status(const Response& response, const std::string& subject) {
    std::string sentence = subject + ": HTTP status " + std::to_string(response.status);
    if (response.status == 503) sentence += ": the site is down for maintenance, or too busy";
    // The page of a 403 says why: API access blocked, address not allowed.
    const auto shown = response.status == 403 ? kLongestMessage : kHead;
    for (std::size_t at = 0; at < std::min(shown, response.body.size()); at += kHead)
        sentence += (at == 0 ? ": " : "") + head_of(std::string_view(response.body).substr(at));
    if (response.status == 401)
        throw AuthenticationError(sentence + ". Check the script name and the application key of this site.");
    if (response.status == 403) throw PermissionError(sentence);
    throw StatusError(sentence, response.status, retry_after(response));
}

[[noreturn]] void throw_fault(const rapidjson::Value& body, const std::string& subject) {
    const auto code = json::integer(json::member(body, "error_code")).value_or(0);
    const auto message = json::to_text(json::member(body, "message")).substr(0, kLongestMessage);
    const auto sentence = subject + ": " + (message.empty() ? "the site reports a fault" : message) + " (error " +
                          std::to_string(code) + ")";
    switch (code) {
        case 102:
            throw AuthenticationError(sentence + ". Check the script name and the application key of this site.");
        case 106:
            throw AuthenticationError(sentence + ". The login wants a second factor: use a script instead.");
        case 108:
        case 110:
            throw AuthenticationError(sentence + ". The site takes no passwords: use a script instead.");
        case 103:
            throw ValidationError(sentence);
        case 104:
            if (contains_word(message, "permi")) throw PermissionError(sentence);  // permission, not permitted
            break;
        default:
            break;
    }
    throw ServerError(sentence, std::to_string(code));
}

}  // namespace

rapidjson::Document shotgrid_answer(const Response& response, const std::string& subject,
                                    std::vector<json::Span>* entities) {
    const bool good_status = response.status >= 200 && response.status < 300;
    const bool client_fault = response.status >= 400 && response.status < 500;
    auto body = (good_status || client_fault) && says_json(response) ? parsed(response.body, entities) : std::nullopt;
    if (!good_status) {
        if (body && is_fault(*body)) return std::move(*body);
        throw_status(response, subject);
    }
    if (!body)
        throw NotJsonError(subject + ": the answer is not the JSON of the site's API: " + head_of(response.body),
                           response.body.substr(0, kHead));
    return std::move(*body);
}

bool take_results(rapidjson::Document& body, const std::string& subject) {
    if (is_fault(body)) throw_fault(body, subject);
    if (member_of(body, "results") == nullptr) return false;
    rapidjson::Value results = std::move(body["results"]);
    static_cast<rapidjson::Value&>(body) = std::move(results);
    return true;
}

bool unescape_entity(rapidjson::Value& entity, rapidjson::Document::AllocatorType& allocator) {
    constexpr std::string_view kEscaped = "&lt;";
    if (!entity.IsObject()) return false;
    bool changed = false;
    for (auto& member : entity.GetObject()) {
        auto text = json::text_or_empty(member.value);
        auto at = text.find(kEscaped);
        if (at == std::string_view::npos) continue;
        std::string plain;
        for (; at != std::string_view::npos; at = text.find(kEscaped)) {
            plain.append(text.substr(0, at)) += '<';
            text.remove_prefix(at + kEscaped.size());
        }
        member.value = json::copy(plain.append(text), allocator);
        changed = true;
    }
    return changed;
}

}  // namespace foley::site
