// Sent: which deliveries were made, so that an event that comes again is not told twice.
//
// What is in the plugin's store is forgotten after some weeks. A delivery that was made before a callback failed is
// remembered here too, since what a failed callback wrote is dropped.
//
// Thread: the callbacks'.
#pragma once

#include <foley/context.hpp>
#include <foley/shape.hpp>

#include <set>
#include <string>

namespace notify {

class Sent {
public:
    // `delivery` names event, rule and way.
    bool has(foley::Context& context, const std::string& delivery);
    void add(foley::Context& context, const std::string& delivery, foley::Timestamp at);
    // Forgets a slice of what is older than `before`; false when there may be more.
    bool forget(foley::Context& context, foley::Timestamp before);

private:
    std::set<std::string> here_;  // that the store may not have
    std::string forgotten_up_to_;
};

}  // namespace notify
