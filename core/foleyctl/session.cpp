#include "core/foleyctl/commands.hpp"
#include "core/foleyctl/table.hpp"

#include <iostream>

namespace foley::core {

DaemonLink& Session::daemon() {
    if (!link_) link_ = std::make_unique<DaemonLink>(choose_socket(socket, config));
    return *link_;
}

Screen Session::screen() const {
    return {std::cout, stdout_has_colours()};
}

}  // namespace foley::core
