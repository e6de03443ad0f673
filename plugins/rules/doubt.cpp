#include "rules/doubt.hpp"

#include <foley/site/error.hpp>

#include <algorithm>

namespace rules {
namespace {

constexpr int kTooManyRequests = 429;
constexpr int kUnavailable = 503;

// Whether the site may carry out, or have carried out, what was answered so.
bool may_be_done(const foley::SiteError& error) {
    using Kind = foley::SiteError::Kind;
    using foley::site::Reached;
    switch (error.kind()) {
        case Kind::connection: {
            const auto* lost = dynamic_cast<const foley::site::ConnectionError*>(&error);
            return lost == nullptr || lost->reached() == Reached::maybe;
        }
        case Kind::timeout: {
            const auto* late = dynamic_cast<const foley::site::TimeoutError*>(&error);
            return late == nullptr || late->reached() == Reached::maybe;
        }
        case Kind::status: {
            // What a proxy says when it lost the site behind it. The site itself says the other two instead of working.
            const auto* status = dynamic_cast<const foley::site::StatusError*>(&error);
            return error.transient() &&
                   (status == nullptr || (status->status() != kTooManyRequests && status->status() != kUnavailable));
        }
        case Kind::server:
            return error.transient();
        case Kind::not_json:
            return true;
        case Kind::tls:
        case Kind::authentication:
        case Kind::permission:
        case Kind::validation:
            break;
    }
    return false;
}

}  // namespace

void Doubt::add(const foley::SiteError& error, Clock::time_point now) {
    if (may_be_done(error)) own_until_ = std::max(own_until_, now + settle_);
}

std::optional<foley::Duration> Doubt::left(foley::Timestamp received, Clock::time_point now) const {
    const auto until = received <= began_ ? std::max(own_until_, others_until_) : own_until_;
    if (until <= now) return std::nullopt;
    return std::chrono::ceil<foley::Duration>(until - now);
}

}  // namespace rules
