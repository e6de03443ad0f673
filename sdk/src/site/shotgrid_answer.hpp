// What a ShotGrid site answers: the checks from the HTTP status down to the results. Internal to the client.
#pragma once

#include <foley/json.hpp>
#include <foley/site/transport.hpp>

#include <string>
#include <vector>

namespace foley::site {

// The body of an answer that is the site's own, a fault included. Throws StatusError, PermissionError,
// AuthenticationError and NotJsonError, with sentences that begin with `subject`.
// `entities`: where in the body the objects stand that a read lists.
rapidjson::Document shotgrid_answer(const Response& response, const std::string& subject,
                                    std::vector<json::Span>* entities = nullptr);

// Reduces the body to its results. False: it had none, and is the result itself. Throws what the site's fault codes
// stand for.
bool take_results(rapidjson::Document& body, const std::string& subject);

// "&lt;" in the texts of an entity's first level becomes "<", as the vendor's client does it. Anything else than an
// object stays as it is. True: something was changed.
bool unescape_entity(rapidjson::Value& entity, rapidjson::Document::AllocatorType& allocator);

}  // namespace foley::site
