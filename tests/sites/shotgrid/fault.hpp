// Fault: what the site's API says no with, as HTTP 200 and {"exception": true, "error_code", "message"}.
#pragma once

#include <stdexcept>
#include <string>

namespace foley::sim::shotgrid {

class Fault : public std::runtime_error {
public:
    Fault(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
    int code() const noexcept { return code_; }

private:
    int code_;
};

inline constexpr int kNotAuthenticated = 102;
inline constexpr int kBadRequest = 103;
inline constexpr int kCrudFailure = 104;

}  // namespace foley::sim::shotgrid
