#include "ftrack_answer.hpp"

#include "foreign_answer.hpp"
#include "json_members.hpp"

#include <foley/site/error.hpp>

namespace foley::site {

namespace {

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
