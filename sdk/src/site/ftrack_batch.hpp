// What is inside a FtrackBatch.
#pragma once

#include <foley/site/ftrack.hpp>

#include <string>
#include <vector>

namespace foley::site {

struct FtrackBatch::Operations {
    enum class Action { query, create, update, remove, information };

    struct Operation {
        Action action = Action::query;
        std::string entity_type;  // not of a query
        std::string id;           // of a create: the new entity's, when its type has one
    };

    Operations() : body(rapidjson::kArrayType), pretend(rapidjson::kArrayType) {}

    void add(Operation operation, rapidjson::Value wire, rapidjson::Value answer);
    bool writes() const noexcept;
    // For people: "update Task t-1 and 3 more".
    std::string what() const;

    rapidjson::Document body;     // the operations as they are sent
    rapidjson::Document pretend;  // what a site would answer, for a dry run
    std::vector<Operation> list;
    std::string first;  // what() of the first one
};

}  // namespace foley::site
