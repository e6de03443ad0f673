#include "tests/sites/shotgrid/faults.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace foley::sim::shotgrid {

namespace {

using Kind = HttpFault::Kind;

std::vector<HttpFault> passing_kinds() {
    std::vector<HttpFault> out;
    for (const unsigned status : {502U, 503U, 504U})
        out.push_back({.kind = Kind::status, .status = status});
    for (const Kind kind : {Kind::html, Kind::damaged, Kind::reset, Kind::cut, Kind::lost_answer})
        out.push_back({.kind = kind});
    out.push_back({.kind = Kind::slow, .delay = std::chrono::milliseconds(20)});
    return out;
}

}  // namespace

HttpFault::Kind fault_kind(const std::string& name) {
    static const std::map<std::string, Kind> names = {{"status", Kind::status},   {"html", Kind::html},
                                                      {"damaged", Kind::damaged}, {"wrong_form", Kind::wrong_form},
                                                      {"fault", Kind::fault},     {"reset", Kind::reset},
                                                      {"silence", Kind::silence}, {"lost_answer", Kind::lost_answer},
                                                      {"cut", Kind::cut},         {"slow", Kind::slow}};
    const auto found = names.find(name);
    if (found == names.end()) throw std::invalid_argument("there is no fault '" + name + "'");
    return found->second;
}

void Faults::add(const HttpFault& fault, unsigned times) {
    queue_.insert(queue_.end(), times, fault);
}

void Faults::set_share(double share, std::uint64_t seed, std::vector<HttpFault> kinds) {
    share_ = share;
    random_.seed(seed);
    kinds_ = kinds.empty() ? passing_kinds() : std::move(kinds);
}

void Faults::clear() {
    queue_.clear();
    share_ = 0;
    maintenance = false;
}

std::optional<HttpFault> Faults::draw() {
    if (share_ <= 0) return std::nullopt;
    const auto drawn = static_cast<double>(random_() >> 11U) / static_cast<double>(std::uint64_t{1} << 53U);
    if (drawn >= share_) return std::nullopt;
    return kinds_[random_() % kinds_.size()];
}

std::optional<HttpFault> Faults::next(const std::string& method) {
    std::optional<HttpFault> out;
    const auto found = std::find_if(queue_.begin(), queue_.end(), [&method](const HttpFault& fault) {
        return fault.method.empty() || fault.method == method;
    });
    if (maintenance) {
        out = HttpFault{.kind = Kind::status, .status = 503};
    } else if (found != queue_.end()) {
        out = std::move(*found);
        queue_.erase(found);
    } else {
        out = draw();
    }
    if (out) ++injected_;
    return out;
}

}  // namespace foley::sim::shotgrid
