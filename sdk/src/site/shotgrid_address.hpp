// Where a ShotGrid site is, from what its connection says. Internal to the client.
#pragma once

#include <foley/site_connection.hpp>

#include <string>
#include <string_view>

namespace foley::site {

struct ShotgridAddress {
    std::string endpoint;       // what is posted to
    std::string shown;          // the site's url without user info and without a slash at the end
    std::string authorization;  // of an Authorization header for the url's user info; empty: none
};

// Throws ValidationError when the url is none of a site.
ShotgridAddress shotgrid_address(const SiteConnection& connection);

// A proxy as libcurl wants it. The vendor's form is [user:password@]host[:port]: the last @ ends the credentials, the
// first : splits them, 8080 is the port.
std::string shotgrid_proxy(std::string_view proxy);

}  // namespace foley::site
