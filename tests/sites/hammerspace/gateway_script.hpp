// GatewayScript: one command to the share's gateway, taken apart: "./main.exr?.set_rec
// #assigned_labels=add_label("x")".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace foley::sites {

struct GatewayScript {
    enum class Verb { add, remove, remove_force, has, list };
    enum class Scope { all, local, inherited, object };
    enum class Depth { one, tree, folders };  // folders: the tree, but only what is no file

    std::string name;  // of the entry; empty: the folder itself
    Verb verb = Verb::has;
    Scope scope = Scope::all;
    Depth depth = Depth::one;
    bool json = false;
    std::string label;

    // Nothing: not a command that the simulated share understands. Trailing NULs do not count.
    static std::optional<GatewayScript> parse(std::string_view command);
};

}  // namespace foley::sites
