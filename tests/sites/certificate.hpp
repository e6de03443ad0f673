// A certificate for a simulated site that speaks TLS.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

#include <unistd.h>

namespace foley::sim {

// A key and a certificate that vouches for itself, for one host name.
class Certificate {
public:
    explicit Certificate(const std::string& host) {
        std::string pattern = (std::filesystem::temp_directory_path() / "foley-tls-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::system_error(errno, std::generic_category(), "a folder for a certificate");
        folder_ = pattern;
        const auto command =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=" + host +
            " -addext subjectAltName=DNS:" + host + " -keyout " + key() + " -out " + file() + " 2>/dev/null";
        if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl could not make a certificate");
    }
    ~Certificate() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    std::string key() const { return (folder_ / "key.pem").string(); }
    std::string file() const { return (folder_ / "certificate.pem").string(); }

private:
    std::filesystem::path folder_;
};

}  // namespace foley::sim
