#include "tests/sites/ftrack/control.hpp"

#include <map>

namespace foley::sim {

namespace {

std::string list_of(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts)
        out += (out.empty() ? "" : ",") + json::quote(text);
    return "[" + out + "]";
}

std::string demo_text(const Demo& demo) {
    std::string tasks;
    for (const auto& task : demo.tasks)
        tasks += (tasks.empty() ? R"({"id":)" : R"(,{"id":)") + json::quote(task.id) + R"(,"name":)" +
                 json::quote(task.name) + R"(,"folder":)" + json::quote(task.folder) + R"(,"version":)" +
                 json::quote(task.version) + R"(,"file":)" + json::quote(task.file) + R"(,"frames":)" +
                 json::quote(task.frames) + "}";
    return R"({"project":)" + json::quote(demo.project) + R"(,"location":)" + json::quote(demo.location) +
           R"(,"sequences":)" + list_of(demo.sequences) + R"(,"shots":)" + list_of(demo.shots) + R"(,"tasks":[)" +
           tasks + "]}";
}

std::string state_text(SimFtrack& site) {
    return site.with([](SimFtrack::World& world) {
        return R"({"connections":)" + std::to_string(world.hub.connections()) + R"(,"subscriptions":)" +
               std::to_string(world.hub.subscriptions()) + R"(,"delivered":)" + std::to_string(world.hub.delivered()) +
               R"(,"heartbeats_answered":)" + std::to_string(world.hub.heartbeats_answered()) + R"(,"handshakes":)" +
               std::to_string(world.handshakes) + R"(,"api_requests":)" + std::to_string(world.api_requests) +
               R"(,"replies":)" + std::to_string(world.hub.published().size()) + "}";
    });
}

HandshakeFault handshake_fault(const std::string& name) {
    static const std::map<std::string, HandshakeFault> names = {
        {"none", HandshakeFault::none},
        {"busy", HandshakeFault::busy},
        {"unauthorised", HandshakeFault::unauthorised},
        {"error_object", HandshakeFault::error_object},
        {"empty", HandshakeFault::empty},
        {"html", HandshakeFault::html},
        {"silence", HandshakeFault::silence},
        {"no_greeting", HandshakeFault::no_greeting},
    };
    const auto found = names.find(name);
    if (found == names.end()) throw ApiError("ValidationError", "there is no handshake fault '" + name + "'");
    return found->second;
}

ApiFault api_fault(const json::Value& body) {
    static const std::map<std::string, ApiFault::Kind> names = {
        {"status", ApiFault::Kind::status},
        {"error_object", ApiFault::Kind::error_object},
        {"malformed", ApiFault::Kind::malformed},
        {"html", ApiFault::Kind::html},
        {"wrong_form", ApiFault::Kind::wrong_form},
        {"silence", ApiFault::Kind::silence},
        {"reset", ApiFault::Kind::reset},
        {"lost_answer", ApiFault::Kind::lost_answer},
        {"slow", ApiFault::Kind::slow},
    };
    const std::string name(json::text_or_empty(body, "kind"));
    const auto found = names.find(name);
    if (found == names.end()) throw ApiError("ValidationError", "there is no API fault '" + name + "'");
    ApiFault fault{found->second};
    fault.status = static_cast<unsigned>(json::integer(json::member(body, "status")).value_or(503));
    fault.delay = std::chrono::milliseconds(json::integer(json::member(body, "delay")).value_or(0));
    if (const auto text = json::text_or_empty(body, "text"); !text.empty()) fault.text = text;
    return fault;
}

// The value of `name` in "?a=b&c=d"; ids and keys need no escapes.
std::string query_value(const std::string& path, const std::string& name) {
    const auto start = path.find(name + "=");
    if (start == std::string::npos) return {};
    const auto value = start + name.size() + 1;
    return path.substr(value, path.find('&', value) - value);
}

std::string change(SimFtrack::World& world, const std::string& path, const json::Value& body) {
    const auto text = [&body](const char* name) { return std::string(json::text_or_empty(body, name)); };
    auto& site = world.site;
    if (path == "/set") {
        std::vector<std::string> values;
        const auto& list = json::member(body, "values");
        if (!list.IsArray()) throw ApiError("ValidationError", "values must be a list");
        for (const auto& value : list.GetArray())
            values.push_back(json::to_text(value));
        site.set_choices(text("entity"), text("key"), values);
    } else if (path == "/rename") {
        site.rename(text("entity"), text("name"));
    } else if (path == "/move") {
        site.move(text("entity"), text("parent"));
    } else if (path == "/add") {
        return R"({"id":)" + json::quote(site.add_context(text("type"), text("parent"), text("name"))) + "}";
    } else if (path == "/remove") {
        site.remove(text("entity"));
    } else if (path == "/component") {
        site.add_component_location(text("component"), text("location"), text("resource_identifier"));
    } else if (path == "/raw") {
        world.hub.send_raw(text("packet"));
    } else if (path == "/handshake") {
        world.faults.handshake = handshake_fault(text("fault"));
    } else if (path == "/api") {
        const auto times = json::integer(json::member(body, "times")).value_or(1);
        for (std::int64_t i = 0; i < times; ++i)
            world.faults.api.push_back(api_fault(body));
    } else if (path == "/mend") {
        world.faults.api.clear();
    } else if (path == "/silence") {
        world.hub.silent = json::is_true(json::member(body, "silent"));
    } else if (path == "/duplicates") {
        world.hub.duplicates = static_cast<unsigned>(json::integer(json::member(body, "count")).value_or(1));
    } else {
        throw ApiError("NotFoundError", "there is nothing at /sim" + path, 404);
    }
    return "{}";
}

}  // namespace

std::pair<unsigned, std::string> control(SimFtrack& site, const Demo& demo, const std::string& path,
                                         const std::string& body) {
    try {
        if (path == "/state") return {200, state_text(site)};
        if (path == "/demo") return {200, demo_text(demo)};
        if (path.starts_with("/choices?"))
            return {200, site.with([&](SimFtrack::World& world) {
                        return list_of(world.site.choices(query_value(path, "entity"), query_value(path, "key")));
                    })};
        const auto request = json::parse(body.empty() ? "{}" : body);
        if (path == "/publish") {
            const auto id = site.publish(std::string(json::text_or_empty(request, "topic")),
                                         json::stringify(json::member(request, "data")));
            return {200, R"({"id":)" + json::quote(id) + "}"};
        }
        if (path == "/drop") {
            site.drop_connections(json::is_true(json::member(request, "reset")));
            return {200, "{}"};
        }
        if (path == "/away") {
            site.be_away(
                std::chrono::milliseconds(json::integer(json::member(request, "milliseconds")).value_or(1000)));
            return {200, "{}"};
        }
        return {200, site.with([&](SimFtrack::World& world) { return change(world, path, request); })};
    } catch (const ApiError& error) {
        return {error.status(), R"({"error":)" + json::quote(error.what()) + "}"};
    } catch (const std::exception& error) {
        return {400, R"({"error":)" + json::quote(error.what()) + "}"};
    }
}

}  // namespace foley::sim
