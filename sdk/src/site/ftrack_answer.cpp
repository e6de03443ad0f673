#include "ftrack_answer.hpp"

#include "json_members.hpp"

#include <foley/site/error.hpp>

#include <charconv>
#include <chrono>
#include <optional>

namespace foley::site {

namespace {

constexpr std::size_t kHead = 200;

// The first bytes of a foreign text, fit for a log: one line, no control characters.
std::string head_of(std::string_view text) {
    std::string out(text.substr(0, kHead));
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return out;
}

// Only the form in seconds; a date is as good as none, since the wait is bounded anyway.
std::optional<std::chrono::seconds> retry_after(const Response& response) {
    const auto header = response.header("Retry-After");
    if (!header) return std::nullopt;
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars(header->data(), header->data() + header->size(), seconds);
    if (error != std::errc() || end != header->data() + header->size() || seconds > 86400) return std::nullopt;
    return std::chrono::seconds(seconds);
}

[[noreturn]] void throw_exception_object(const rapidjson::Value& object, int status, const std::string& subject) {
    const std::string name(member_text(object, "exception"));
    std::string sentence = subject + ": " + name;
    if (const auto content = member_text(object, "content"); !content.empty())
        sentence += ": " + std::string(content.substr(0, 2000));
    if (name == "InvalidCredentialsError" || status == 401)
        throw AuthenticationError(sentence + ". Check the API user and key of this site.");
    if (name == "PermissionError" || name == "FTAuthenticationError" || status == 403) throw PermissionError(sentence);
    if (name == "ValidationError") throw ValidationError(sentence);
    throw ServerError(sentence, name, status);
}

[[noreturn]] void throw_status(const Response& response, const std::string& subject) {
    const std::string sentence = subject + " answers with HTTP status " + std::to_string(response.status) +
                                 (response.body.empty() ? std::string() : ": " + head_of(response.body));
    if (response.status == 401) throw AuthenticationError(sentence + ". Check the API user and key of this site.");
    if (response.status == 403) throw PermissionError(sentence);
    throw StatusError(sentence, response.status, retry_after(response));
}

}  // namespace

void read_ftrack_answer(const Response& response, std::size_t operations, const std::string& subject,
                        rapidjson::Document& out) {
    const bool good_status = response.status >= 200 && response.status < 300;
    bool parsed = true;
    try {
        out = json::parse(response.body);
    } catch (const json::ParseError&) {
        parsed = false;
    }
    if (parsed && out.IsObject() && member_of(out, "exception") != nullptr)
        throw_exception_object(out, response.status, subject);
    if (!good_status) throw_status(response, subject);
    if (!parsed)
        throw NotJsonError(subject + " answers with something that is not JSON: " + head_of(response.body),
                           response.body.substr(0, kHead));
    if (!out.IsArray() || out.Size() != operations)
        throw NotJsonError(subject + " answers with JSON of another form than the API's: " + head_of(response.body),
                           response.body.substr(0, kHead));
}

}  // namespace foley::site
