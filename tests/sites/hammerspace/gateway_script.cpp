#include "gateway_script.hpp"

namespace foley::sites {
namespace {

bool take(std::string_view& text, std::string_view word) {
    if (text.substr(0, word.size()) != word) return false;
    text.remove_prefix(word.size());
    return true;
}

// ("x"), to the end.
std::optional<std::string> take_argument(std::string_view text) {
    if (!take(text, "(\"") || text.size() < 2 || text.substr(text.size() - 2) != "\")") return std::nullopt;
    text.remove_suffix(2);
    if (text.empty() || text.find_first_of("\"\\\n\r") != std::string_view::npos) return std::nullopt;
    return std::string(text);
}

GatewayScript::Depth take_depth(std::string_view& text) {
    if (take(text, "_rec_nofiles")) return GatewayScript::Depth::folders;
    if (take(text, "_rec")) return GatewayScript::Depth::tree;
    return GatewayScript::Depth::one;
}

GatewayScript::Scope take_scope(std::string_view& text) {
    if (take(text, "_local")) return GatewayScript::Scope::local;
    if (take(text, "_inherited")) return GatewayScript::Scope::inherited;
    if (take(text, "_object")) return GatewayScript::Scope::object;
    return GatewayScript::Scope::all;
}

bool parse_set(std::string_view text, GatewayScript& script) {
    script.depth = take_depth(text);
    if (!take(text, " #assigned_labels=")) return false;
    if (take(text, "add_label")) {
        script.verb = GatewayScript::Verb::add;
    } else if (take(text, "delete_label")) {
        script.verb = GatewayScript::Verb::remove;
    } else if (take(text, "delete_force_label")) {
        script.verb = GatewayScript::Verb::remove_force;
    } else {
        return false;
    }
    const auto label = take_argument(text);
    if (label) script.label = *label;
    return label.has_value();
}

bool parse_eval(std::string_view text, GatewayScript& script) {
    if (!take(text, "_compact")) take(text, "_raw");
    script.depth = take_depth(text);
    script.json = take(text, "_json");
    if (take(text, " has_label")) {
        script.verb = GatewayScript::Verb::has;
        script.scope = take_scope(text);
        const auto label = take_argument(text);
        if (label) script.label = *label;
        return label.has_value();
    }
    if (!take(text, " list_labels")) return false;
    script.verb = GatewayScript::Verb::list;
    script.scope = take_scope(text);
    return text.empty();
}

}  // namespace

std::optional<GatewayScript> GatewayScript::parse(std::string_view command) {
    while (!command.empty() && command.back() == '\0')
        command.remove_suffix(1);
    if (!take(command, "./")) return std::nullopt;
    const auto mark = command.find("?.");
    if (mark == std::string_view::npos) return std::nullopt;
    GatewayScript script;
    script.name = command.substr(0, mark);
    command.remove_prefix(mark + 2);
    bool good = false;
    if (take(command, "set")) {
        good = parse_set(command, script);
    } else if (take(command, "eval")) {
        good = parse_eval(command, script);
    }
    if (!good) return std::nullopt;
    return script;
}

}  // namespace foley::sites
