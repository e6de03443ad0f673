// Reads what a control request says; what makes no sense is a BadRequest with a sentence, which becomes a 400.
#pragma once

#include "core/http/message.hpp"
#include "core/journal/journal.hpp"

#include <foley/json.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

class BadRequest : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A number of the query; `fallback` when it is not there.
std::uint64_t query_number(const HttpRequest& request, const std::string& name, std::uint64_t fallback);
// "1", "true" or an empty value is true.
bool query_flag(const HttpRequest& request, const std::string& name);
Sequence captured_sequence(const HttpRequest& request);

// The body as a JSON object; an empty body is an empty object. Its members must be among `known`.
json::Document body_object(const HttpRequest& request, const std::vector<std::string_view>& known);

// {"to": "latest" | "earliest"} or {"after": N} or {"time": …} or {"source": …, "id": …}
StartRule start_rule(const HttpRequest& request);
// {"events": [N, …]} or {"from": N, "to": M}, at most 100000 of them.
std::vector<Sequence> replayed_events(const HttpRequest& request);

// One event per line of the body, each a JSON object, kept as it is; `source` and `shape` from the query. An event
// without an id gets one.
std::vector<Event> emitted_events(const HttpRequest& request, Timestamp now);

}  // namespace foley::core
