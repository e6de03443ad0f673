// What the ftrack server answers, and the errors in it.
#pragma once

#include <foley/json.hpp>
#include <foley/site/transport.hpp>

#include <string>

namespace foley::site {

// Parses the answer to a request of `operations` operations into `out`, an array of as many elements. Throws what the
// answer says is wrong; the sentence begins with `subject`.
void read_ftrack_answer(const Response& response, std::size_t operations, const std::string& subject,
                        rapidjson::Document& out);

}  // namespace foley::site
