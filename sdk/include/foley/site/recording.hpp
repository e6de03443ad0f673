// Recorder and Replayer: keep what was said between a client and a site, and play it back without the site.
//
// A recording is a file of JSON lines, one exchange each: {"request":{method,url,headers,body,effect,what},
// "response":{status,headers,body}} or "error":{kind,transient,sentence}. Credentials (ftrack-api-key, ftrack-user,
// authorization, cookies and whatever else is named; in a body script_key, user_password, session_token and auth_token)
// are written as "***".
#pragma once

#include <foley/site/transport.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace foley::site {

// Writes each exchange with `inner` to a file, and flushes it. Throws std::system_error when the file cannot be
// written.
class Recorder final : public Transport {
public:
    Recorder(std::unique_ptr<Transport> inner, const std::filesystem::path& file,
             std::vector<std::string> more_secret_headers = {});
    ~Recorder() override;
    Response send(const Request& request) override;

private:
    struct File;
    std::unique_ptr<Transport> inner_;
    std::unique_ptr<File> file_;
    std::vector<std::string> secret_headers_;
};

// Answers from a recording. A request is answered by the first exchange, not used yet, with the same method, URL and
// body; there being none is a ConnectionError that names the request.
class Replayer final : public Transport {
public:
    // Throws std::runtime_error with the line number when the file is not a recording.
    explicit Replayer(const std::filesystem::path& file);
    Response send(const Request& request) override;
    std::size_t left() const noexcept;  // exchanges not used yet

private:
    struct Exchange {
        std::string method, url, body;
        Response response;
        bool failed = false;  // the exchange ended in an error
        SiteError::Kind error_kind = SiteError::Kind::connection;
        bool error_transient = true;
        std::string error;
        bool used = false;
    };
    std::vector<Exchange> exchanges_;
};

}  // namespace foley::site
