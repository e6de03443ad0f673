// What a webhook delivery of ShotGrid says: who has signed it, and which events of the log it is about. What else it
// holds is poorer than the log, and is not looked at.
#pragma once

#include <foley/secret.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core::shotgrid {

// What the header X-SG-SIGNATURE says when a site with this secret sends this body: "sha1=" and the HMAC-SHA1 over its
// bytes in hexadecimal digits.
std::string webhook_signature(const Secret& secret, std::string_view body);

// Takes as long for a wrong signature as for a good one. An empty secret signs nothing.
bool is_signed(const Secret& secret, std::string_view body, std::string_view signature);

// The ids of the event log that a delivery names, alone or as one of a batch: ascending, each once, at most so many. A
// body of another form names none.
std::vector<std::uint64_t> named_events(std::string_view body, std::size_t most = 500);

}  // namespace foley::core::shotgrid
