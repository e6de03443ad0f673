// FtrackSubscription: an expression of the ftrack event hub, as used for subscriptions and for the target of an event:
//
//     topic=ftrack.update and (data.entities.0=x or not source.user.username="bob")
//
// The grammar is the one of ftrack's own clients: `and`, `or`, `not` in any case, parentheses, conditions
// `field operator value` with = != < <= > >=, a value bare or in quotes, nothing inside quotes is unescaped. A field
// walks through nested objects at its dots; where it leads nowhere the condition is false, also for !=. Texts are
// compared by code point. A condition that ftrack's clients end in an error for (a number compared with <) is false.
//
// A value that ends in '*', with =: by default a prefix, which is what people mean; ftrack's Python client looks for a
// substring, which `Wildcard::substring` does. On a list it asks for an element, on an object for a key, exactly.
//
// Immutable after construction; any thread.
#pragma once

#include <foley/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace foley::site {

class FtrackSubscription {
public:
    enum class Wildcard { prefix, substring };

    // Throws ValidationError that says where in the text the mistake is; an empty expression is one.
    explicit FtrackSubscription(std::string_view expression, Wildcard wildcard = Wildcard::prefix);
    FtrackSubscription(FtrackSubscription&&) noexcept;
    FtrackSubscription& operator=(FtrackSubscription&&) noexcept;
    ~FtrackSubscription();

    // `value` is an event object, or a subscriber's metadata when the expression is a target.
    bool matches(const rapidjson::Value& value) const;

    const std::string& text() const noexcept { return text_; }

    // The topic, when the expression is nothing but `topic=x`, without a wildcard.
    const std::string& only_topic() const noexcept { return only_topic_; }

    struct Node;

private:
    std::string text_;
    std::string only_topic_;
    Wildcard wildcard_;
    std::unique_ptr<const Node> root_;
};

}  // namespace foley::site
