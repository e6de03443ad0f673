// Secret: a text that must not be seen. It prints as ***; reveal() is the one way to the text, so a search for that
// word finds every place where a secret goes somewhere.
#pragma once

#include <cstring>
#include <ostream>
#include <string>
#include <utility>

namespace foley {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    Secret(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(const Secret&) = default;
    Secret& operator=(Secret&&) noexcept = default;
    ~Secret() { wipe(); }

    bool empty() const noexcept { return text_.empty(); }

    // Valid until the secret changes or ends. Not for logs, command lines or messages.
    const std::string& reveal() const noexcept { return text_; }

    friend bool operator==(const Secret&, const Secret&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "***"; }

private:
    // So that a core dump or freed memory shows less. Best effort: copies that the text made elsewhere stay.
    void wipe() noexcept {
        volatile char* bytes = text_.data();
        for (std::size_t i = 0; i < text_.size(); ++i)
            bytes[i] = 0;
    }

    std::string text_;
};

}  // namespace foley
