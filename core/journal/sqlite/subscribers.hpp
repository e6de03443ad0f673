// Subscribers: who wants to hear of new events. A subscription ends with its token; once the token's destructor has
// returned, the function is not called again and is not running (but for a token that its own function destroys).
//
// Threads: any. A function must not throw and must not wait.
#pragma once

#include "core/event/types.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace foley::core {

class Subscribers {
public:
    using Function = std::function<void(Sequence head)>;

    std::shared_ptr<void> add(Function function);
    void tell(Sequence head);

private:
    struct Subscriber {
        std::recursive_mutex mutex;
        Function function;  // empty: it has ended
    };
    std::mutex mutex_;
    std::vector<std::weak_ptr<Subscriber>> all_;
};

}  // namespace foley::core
