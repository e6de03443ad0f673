// Faults of the simulated site, on demand: for the next requests, for a share of all, or until they are taken back.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace foley::sim::shotgrid {

// What one request gets instead of its answer, or after it.
struct HttpFault {
    enum class Kind {
        status,       // an HTTP status with a page
        html,         // a proxy's page with status 200
        damaged,      // JSON that breaks off
        wrong_form,   // JSON, but not of the API's form
        fault,        // a fault of the API with `code`
        silence,      // no answer
        reset,        // the connection is reset before the request is looked at
        cut,          // half of the answer, then a reset
        lost_answer,  // the request is carried out, and the connection reset before the answer
        slow,         // the answer comes after `delay`
    };
    Kind kind = Kind::status;
    unsigned status = 503;
    int code = 104;                      // of a fault
    std::string text = {};               // message of a fault, Retry-After of a status
    std::string method = {};             // only requests for this method; empty: any
    std::chrono::milliseconds delay{0};  // of slow
};

// Throws std::invalid_argument for a name that there is not.
HttpFault::Kind fault_kind(const std::string& name);

class Faults {
public:
    void add(const HttpFault& fault, unsigned times = 1);
    // So many of 1 requests fail, in ways drawn from `kinds` (empty: one of each that passes by itself).
    void set_share(double share, std::uint64_t seed, std::vector<HttpFault> kinds = {});
    void clear();
    // For a request that has come in.
    std::optional<HttpFault> next(const std::string& method);

    bool maintenance = false;  // every request gets 503 and a page
    bool gzip = false;         // answers are packed for whom that accepts
    bool no_date = false;      // no header Date
    std::uint64_t injected() const noexcept { return injected_; }

private:
    std::optional<HttpFault> draw();

    std::deque<HttpFault> queue_;
    double share_ = 0;
    std::mt19937_64 random_{1};
    std::vector<HttpFault> kinds_;
    std::uint64_t injected_ = 0;
};

}  // namespace foley::sim::shotgrid
