// HttpRequest, HttpResponse: what a handler gets and gives, free of the library that reads and writes them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

struct HttpRequest {
    std::string method;                           // "GET"
    std::string path;                             // as sent, without the query: "/v1/plugins/hammertrack"
    std::map<std::string, std::string> captures;  // of the route's pattern: {"name", "hammertrack"}
    std::map<std::string, std::string> query;     // decoded; of a key given twice the last
    std::map<std::string, std::string> headers;   // names in lower case
    std::string body;

    const std::string& capture(const std::string& name) const { return captures.at(name); }
    std::optional<std::string> parameter(const std::string& name) const;
};

struct HttpResponse {
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
};

// {"error": sentence}
HttpResponse error_response(unsigned status, std::string_view sentence);

// "a%20b" is "a b"; nothing when a sign after % is not hexadecimal.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space = false);
std::string percent_encoded(std::string_view text);
// "a=1&b" is {a: 1, b: ""}; parts that cannot be decoded are left out.
std::map<std::string, std::string> parse_query(std::string_view text);

}  // namespace foley::core
