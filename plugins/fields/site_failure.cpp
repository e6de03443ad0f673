#include "fields/site_failure.hpp"

namespace fields {

foley::Outcome outcome_of(const foley::SiteError& error, foley::Duration hold) {
    using Kind = foley::SiteError::Kind;
    switch (error.kind()) {
        case Kind::connection:
        case Kind::timeout:
        case Kind::tls:
        case Kind::not_json:
        case Kind::authentication:
            return foley::hold(hold, error.what());
        case Kind::status:
            return error.transient() ? foley::hold(hold, error.what()) : foley::failed(error.what());
        case Kind::server:
            return error.transient() ? foley::retry(error.what()) : foley::failed(error.what());
        case Kind::permission:
        case Kind::validation:
            break;
    }
    return foley::failed(error.what());
}

}  // namespace fields
