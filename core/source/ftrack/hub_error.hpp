// HubError: the connection to an event hub could not be made, or ended. Becomes the source's state.
#pragma once

#include <stdexcept>
#include <string>

namespace foley::core::ftrack {

class HubError : public std::runtime_error {
public:
    enum class Kind {
        lost,     // refused, reset, silent, sent away: try again soon
        refused,  // wrong credentials, an untrusted certificate, no hub at that address: needs a person
    };
    HubError(Kind kind, const std::string& sentence) : std::runtime_error(sentence), kind_(kind) {}
    Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

}  // namespace foley::core::ftrack
