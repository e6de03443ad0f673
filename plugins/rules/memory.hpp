// Memory: what was done for which event, so that an event that comes again is not answered twice.
//
// What is in the plugin's store can be forgotten after some weeks. What was done before a callback failed is remembered
// here too, since what a failed callback wrote is dropped.
//
// Thread: the callbacks'.
#pragma once

#include <foley/context.hpp>
#include <foley/shape.hpp>

#include <set>
#include <string>
#include <utility>

namespace rules {

class Memory {
public:
    // Its keys in the plugin's store begin with `prefix`.
    explicit Memory(std::string prefix) : prefix_(std::move(prefix)) {}

    // `deed` names event, rule and what else tells one from the other.
    bool has(foley::Context& context, const std::string& deed);
    void add(foley::Context& context, const std::string& deed, foley::Timestamp at);
    // Forgets a slice of what is older than `before`; false when there may be more.
    bool forget(foley::Context& context, foley::Timestamp before);

private:
    std::string prefix_;
    std::set<std::string> here_;  // that the store may not have
    std::string forgotten_up_to_;
};

}  // namespace rules
