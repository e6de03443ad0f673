// ftrack's query language, as far as it is used:
//
//     ["select" path {"," path} "from"] Type ["where" criteria] ["order by" path ["desc"|"asc"] {"," …}]
//     ["offset" N] ["limit" N]
//
// criteria: and, or, not, parentheses; conditions `path op value` with is = is_not != > < >= <= after before
// greater_than less_than like not_like, `path in (…)`, `path not_in (…)`, `path any (criteria)`, `path has (criteria)`.
#pragma once

#include "tests/sites/ftrack/store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::sim {

using Path = std::vector<std::string>;

struct Criteria {
    enum class Kind { all, any, negation, condition, related };
    enum class Operator { is, is_not, less, less_equal, greater, greater_equal, like, not_like, in, not_in };

    Kind kind = Kind::condition;
    std::vector<std::unique_ptr<Criteria>> terms;  // of all, any, negation; of related the inner criteria
    Path path;
    Operator op = Operator::is;
    std::vector<std::optional<std::string>> values;  // nothing: none
};

struct Query {
    std::vector<Path> select;
    std::string type;
    std::unique_ptr<Criteria> where;
    struct Order {
        Path path;
        bool descending = false;
    };
    std::vector<Order> order;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> limit;
};

// Throws ApiError ("ParseError") that says where.
Query parse_query(std::string_view text);

// The answer to a query: {"action":"query","data":[…],"metadata":{"next":{"offset":…}}}. Without `denormalize` an
// entity that occurs again is reduced to type and key, as ftrack does.
void run_query(const Query& query, const Store& store, bool denormalize, json::Document& out);

}  // namespace foley::sim
