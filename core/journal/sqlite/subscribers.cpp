#include "core/journal/sqlite/subscribers.hpp"

#include <algorithm>

namespace foley::core {

std::shared_ptr<void> Subscribers::add(Function function) {
    auto subscriber = std::make_shared<Subscriber>();
    subscriber->function = std::move(function);
    {
        const std::lock_guard lock(mutex_);
        all_.push_back(subscriber);
    }
    // The token ends the subscription itself: a call under way may keep the subscriber alive a little longer.
    Subscriber* const raw = subscriber.get();
    return {raw, [subscriber = std::move(subscriber)](void*) {
                const std::lock_guard lock(subscriber->mutex);
                subscriber->function = nullptr;
            }};
}

void Subscribers::tell(Sequence head) {
    std::vector<std::shared_ptr<Subscriber>> now;
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(all_, [](const auto& one) { return one.expired(); });
        for (const auto& one : all_)
            now.push_back(one.lock());
    }
    for (const auto& subscriber : now) {
        if (!subscriber) continue;
        const std::lock_guard lock(subscriber->mutex);
        // A copy, because the function may end its own subscription.
        if (const Function function = subscriber->function) function(head);
    }
}

}  // namespace foley::core
