#include "json_members.hpp"

#include <foley/site/recording.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace foley::site {

namespace {

using rapidjson::Document;
using rapidjson::Value;
using Allocator = Document::AllocatorType;

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return lower(x) == lower(y);
    });
}

Value headers_value(const Headers& headers, const std::vector<std::string>& secret, Allocator& allocator) {
    Value out(rapidjson::kArrayType);
    for (const auto& [name, value] : headers) {
        const bool hidden = std::any_of(secret.begin(), secret.end(),
                                        [&name = name](const std::string& other) { return same_name(name, other); });
        Value pair(rapidjson::kArrayType);
        pair.PushBack(json::copy(name, allocator), allocator);
        pair.PushBack(json::copy(hidden ? "***" : value, allocator), allocator);
        out.PushBack(pair, allocator);
    }
    return out;
}

Headers headers_of(const Value& value) {
    Headers out;
    if (!value.IsArray()) return out;
    for (const auto& pair : value.GetArray())
        out.emplace_back(json::text_or_empty(pair, 0), json::text_or_empty(pair, 1));
    return out;
}

// ShotGrid has its credentials in the body.
constexpr std::string_view kSecretMembers[] = {"script_key", "user_password", "session_token", "auth_token"};

void mask(Value& value, Allocator& allocator) {
    if (value.IsArray()) {
        for (auto& element : value.GetArray())
            mask(element, allocator);
    } else if (value.IsObject()) {
        for (auto& member : value.GetObject()) {
            const auto name = json::text_or_empty(member.name);
            if (std::find(std::begin(kSecretMembers), std::end(kSecretMembers), name) != std::end(kSecretMembers)) {
                member.value = json::copy("***", allocator);
            } else {
                mask(member.value, allocator);
            }
        }
    }
}

// A body without secrets; as it is when it has none. One that seems to have some and is no JSON is not shown at all.
std::string masked(const std::string& body) {
    const bool suspicious =
        std::any_of(std::begin(kSecretMembers), std::end(kSecretMembers),
                    [&body](std::string_view name) { return body.find(name) != std::string::npos; });
    if (!suspicious) return body;
    try {
        auto document = json::parse(body);
        mask(document, document.GetAllocator());
        return json::stringify(document);
    } catch (const json::ParseError&) {
        return "***";
    }
}

constexpr std::string_view kKinds[] = {"connection",     "timeout",    "tls",        "status", "not_json",
                                       "authentication", "permission", "validation", "server"};

}  // namespace

struct Recorder::File {
    explicit File(const std::filesystem::path& where) : path(where), out(where, std::ios::binary | std::ios::app) {
        check();
    }
    void check() {
        if (!out) throw std::system_error(errno, std::generic_category(), "recording " + path.string());
    }
    void write(const Document& line) {
        out << json::stringify(line) << '\n' << std::flush;
        check();
    }
    std::filesystem::path path;
    std::ofstream out;
};

Recorder::Recorder(std::unique_ptr<Transport> inner, const std::filesystem::path& file,
                   std::vector<std::string> more_secret_headers)
    : inner_(std::move(inner)),
      file_(std::make_unique<File>(file)),
      secret_headers_{"ftrack-api-key", "ftrack-user", "authorization", "proxy-authorization",
                      "cookie",         "set-cookie",  "x-api-key"} {
    std::move(more_secret_headers.begin(), more_secret_headers.end(), std::back_inserter(secret_headers_));
}

Recorder::~Recorder() = default;

Response Recorder::send(const Request& request) {
    Document line(rapidjson::kObjectType);
    auto& allocator = line.GetAllocator();
    Value sent(rapidjson::kObjectType);
    sent.AddMember("method", json::copy(request.method, allocator), allocator);
    sent.AddMember("url", json::copy(request.url, allocator), allocator);
    sent.AddMember("headers", headers_value(request.headers, secret_headers_, allocator), allocator);
    sent.AddMember("body", json::copy(masked(request.body), allocator), allocator);
    sent.AddMember("effect", json::copy(request.effect == Request::Effect::read ? "read" : "write", allocator),
                   allocator);
    sent.AddMember("what", json::copy(request.what, allocator), allocator);
    line.AddMember("request", sent, allocator);
    try {
        Response response = inner_->send(request);
        Value got(rapidjson::kObjectType);
        got.AddMember("status", response.status, allocator);
        got.AddMember("headers", headers_value(response.headers, secret_headers_, allocator), allocator);
        got.AddMember("body", json::copy(response.body, allocator), allocator);
        line.AddMember("response", got, allocator);
        file_->write(line);
        return response;
    } catch (const SiteError& error) {
        Value lost(rapidjson::kObjectType);
        lost.AddMember("kind", json::copy(kKinds[static_cast<std::size_t>(error.kind())], allocator), allocator);
        lost.AddMember("transient", error.transient(), allocator);
        lost.AddMember("sentence", json::copy(error.what(), allocator), allocator);
        line.AddMember("error", lost, allocator);
        file_->write(line);
        throw;
    }
}

Replayer::Replayer(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::system_error(errno, std::generic_category(), "recording " + file.string());
    std::string text;
    for (std::size_t number = 1; std::getline(in, text); ++number) {
        const auto where = "recording " + file.string() + ", line " + std::to_string(number) + ": ";
        Document line;
        try {
            line = json::parse(text);
        } catch (const json::ParseError& error) {
            throw std::runtime_error(where + error.what());
        }
        Exchange exchange;
        exchange.method = json::text_or_empty(line, "request", "method");
        exchange.url = json::text_or_empty(line, "request", "url");
        exchange.body = json::text_or_empty(line, "request", "body");
        if (const auto* response = member_of(line, "response")) {
            exchange.response.status = static_cast<int>(json::integer(json::member(*response, "status")).value_or(0));
            exchange.response.headers = headers_of(json::member(*response, "headers"));
            exchange.response.body = member_text(*response, "body");
        } else if (const auto* error = member_of(line, "error")) {
            const auto* kind = std::find(std::begin(kKinds), std::end(kKinds), member_text(*error, "kind"));
            exchange.failed = true;
            if (kind != std::end(kKinds)) exchange.error_kind = static_cast<SiteError::Kind>(kind - kKinds);
            exchange.error_transient = json::is_true(json::member(*error, "transient"));
            exchange.error = member_text(*error, "sentence");
        }
        if (exchange.method.empty() || (exchange.response.status == 0 && !exchange.failed))
            throw std::runtime_error(where + "not an exchange of a recording");
        exchanges_.push_back(std::move(exchange));
    }
}

Response Replayer::send(const Request& request) {
    const auto body = masked(request.body);
    for (auto& exchange : exchanges_) {
        if (exchange.used || exchange.method != request.method || exchange.url != request.url || exchange.body != body)
            continue;
        exchange.used = true;
        if (exchange.failed) throw SiteError(exchange.error, exchange.error_transient, exchange.error_kind);
        return exchange.response;
    }
    throw ConnectionError(
        "the recording has no answer left for: " + request.what + " (" + request.method + " " + request.url + ")",
        Reached::no);
}

std::size_t Replayer::left() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(exchanges_.begin(), exchanges_.end(), [](const Exchange& exchange) { return !exchange.used; }));
}

}  // namespace foley::site
