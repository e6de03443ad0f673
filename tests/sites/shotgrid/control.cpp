#include "tests/sites/shotgrid/control.hpp"

#include <functional>
#include <map>
#include <stdexcept>

namespace foley::sim::shotgrid {

namespace {

using World = SimShotgrid::World;
using std::chrono::milliseconds;

std::string ids_text(const std::vector<std::int64_t>& ids) {
    std::string out;
    for (const auto id : ids)
        out += (out.empty() ? "" : ",") + std::to_string(id);
    return "[" + out + "]";
}

std::string links_text(const std::vector<Link>& links) {
    std::vector<std::int64_t> ids;
    ids.reserve(links.size());
    for (const auto& link : links)
        ids.push_back(link.id);
    return ids_text(ids);
}

std::string range_text(std::int64_t first, std::int64_t last) {
    return R"({"first":)" + std::to_string(first) + R"(,"last":)" + std::to_string(last) + "}";
}

std::string demo_text(const Demo& demo) {
    return R"({"project":)" + std::to_string(demo.project.id) + R"(,"jane":)" + std::to_string(demo.jane.id) +
           R"(,"ann":)" + std::to_string(demo.ann.id) + R"(,"sequences":)" + links_text(demo.sequences) +
           R"(,"shots":)" + links_text(demo.shots) + R"(,"tasks":)" + links_text(demo.tasks) + R"(,"versions":)" +
           links_text(demo.versions) + "}";
}

std::string state_text(World& world) {
    auto& log = world.site.log;
    log.settle(world.site.clock.now());
    std::string calls;
    for (const auto& [method, count] : world.calls)
        calls += (calls.empty() ? "" : ",") + json::quote(method) + ":" + std::to_string(count);
    return R"({"requests":)" + std::to_string(world.requests) + R"(,"calls":{)" + calls + R"(},"connections":)" +
           std::to_string(world.connections) + R"(,"faults":)" + std::to_string(world.faults.injected()) +
           R"(,"last_id":)" + std::to_string(log.last_id()) + R"(,"committed":)" +
           std::to_string(world.site.store.rows("EventLogEntry").size()) + R"(,"late":)" +
           std::to_string(log.waiting()) + R"(,"lost":)" + std::to_string(log.lost()) + R"(,"held":)" +
           std::to_string(log.held().size()) + R"(,"now":)" + json::quote(world.site.now_text()) + "}";
}

// What a body says, with what is missing at its default.
class Body {
public:
    explicit Body(const std::string& text) : value_(json::parse(text.empty() ? "{}" : text)) {}
    const json::Value& at(const char* name) const { return json::member(value_, name); }
    const json::Value& whole() const { return value_; }
    std::string text(const char* name) const { return std::string(json::text_or_empty(at(name))); }
    std::int64_t number(const char* name, std::int64_t otherwise) const {
        return json::integer(at(name)).value_or(otherwise);
    }
    double share(const char* name) const { return json::number(at(name)).value_or(0); }
    void flag(const char* name, bool& out) const {
        if (at(name).IsBool()) out = at(name).GetBool();
    }
    // {"type", "id", …} as the API's own methods take it.
    std::string address() const {
        return R"({"type":)" + json::quote(text("type")) + R"(,"id":)" + std::to_string(number("id", 0));
    }

private:
    json::Document value_;
};

HttpFault fault_from(const Body& body) {
    HttpFault out{.kind = fault_kind(body.text("kind"))};
    out.status = static_cast<unsigned>(body.number("status", 503));
    out.code = static_cast<int>(body.number("code", 104));
    out.text = body.text("text");
    out.method = body.text("method");
    out.delay = milliseconds(body.number("delay", 0));
    return out;
}

std::string act(World& world, const Demo& demo, const std::string& method, const Body& body) {
    auto parameters = body.address();
    if (method == "update") parameters += R"(,"fields":)" + fields_list(body.at("fields"));
    return R"({"events":)" + ids_text(write(world.site, method, parameters + "}", demo.jane)) + "}";
}

std::string set_faults(World& world, const Body& body) {
    world.faults.clear();
    std::vector<HttpFault> kinds;
    if (body.at("kinds").IsArray()) {
        for (const auto& kind : body.at("kinds").GetArray())
            kinds.push_back({.kind = fault_kind(std::string(json::text_or_empty(kind))), .delay = milliseconds(20)});
    }
    world.faults.set_share(body.share("share"), static_cast<std::uint64_t>(body.number("seed", 1)), std::move(kinds));
    return "{}";
}

std::string set_lateness(World& world, const Body& body) {
    Lateness lateness{body.share("late"), body.share("never"), milliseconds(body.number("longest", 60'000)),
                      static_cast<std::uint64_t>(body.number("seed", 1))};
    world.site.log.set_lateness(lateness);
    return "{}";
}

std::string release(World& world, const Body& body) {
    if (!body.at("ids").IsArray()) {
        world.site.log.release_all();
    } else {
        for (const auto& id : body.at("ids").GetArray())
            world.site.log.release(json::integer(id).value_or(0));
    }
    return "{}";
}

std::string set_clock(World& world, const Body& body) {
    auto& clock = world.site.clock;
    if (body.at("frozen").IsBool()) clock.freeze(body.at("frozen").GetBool());
    clock.offset = milliseconds(body.number("offset", clock.offset.count()));
    clock.date_offset = milliseconds(body.number("date_offset", clock.date_offset.count()));
    return "{}";
}

std::string set_mode(World& world, const Body& body) {
    body.flag("maintenance", world.faults.maintenance);
    body.flag("gzip", world.faults.gzip);
    body.flag("no_date", world.faults.no_date);
    body.flag("refuse_scripts", world.site.refuse_scripts);
    return "{}";
}

std::string set_version(World& world, const Body& body) {
    for (std::size_t i = 0; i < world.site.version.size(); ++i) {
        const auto part = json::integer(json::element(body.at("version"), i));
        if (part) world.site.version.at(i) = static_cast<unsigned>(*part);
    }
    world.site.page_limit =
        static_cast<std::size_t>(body.number("page_limit", static_cast<std::int64_t>(world.site.page_limit)));
    return "{}";
}

using Handler = std::function<std::string(World&, const Body&)>;

std::map<std::string, Handler> handlers(SimShotgrid& site, const Demo& demo, Artist& artist) {
    return {
        {"/state", [](World& world, const Body&) { return state_text(world); }},
        {"/demo", [&](World&, const Body&) { return demo_text(demo); }},
        {"/committed", [&](World&, const Body&) { return R"({"ids":)" + ids_text(site.committed()) + "}"; }},
        {"/change", [&](World& world, const Body& body) { return act(world, demo, "update", body); }},
        {"/retire", [&](World& world, const Body& body) { return act(world, demo, "delete", body); }},
        {"/revive", [&](World& world, const Body& body) { return act(world, demo, "revive", body); }},
        {"/create",
         [&](World&, const Body& body) {
             const auto id = site.create(body.text("type"), json::stringify(body.at("fields")), demo.jane);
             return R"({"id":)" + std::to_string(id) + "}";
         }},
        {"/work",
         [&](World&, const Body& body) {
             const auto ids = artist.work(static_cast<std::size_t>(body.number("changes", 1)));
             return ids.empty() ? std::string("{}") : range_text(ids.front(), ids.back());
         }},
        {"/event",
         [&](World&, const Body& body) {
             return R"({"id":)" + std::to_string(site.add_event(json::stringify(body.whole()))) + "}";
         }},
        {"/reserve",
         [](World& world, const Body& body) {
             const auto count = body.number("count", 1);
             const auto first = world.site.log.reserve(count);
             return range_text(first, first + count - 1);
         }},
        {"/commit",
         [](World& world, const Body& body) {
             if (!world.site.log.commit(body.number("id", 0), world.site.event_row(body.at("event"))))
                 throw std::invalid_argument("this id was never given, or has an entry");
             return std::string("{}");
         }},
        {"/lateness", set_lateness},
        {"/hold",
         [](World& world, const Body& body) {
             bool on = true;
             body.flag("on", on);
             world.site.log.hold(on);
             return R"({"ids":)" + ids_text(world.site.log.held()) + "}";
         }},
        {"/release", release},
        {"/discard",
         [](World& world, const Body&) {
             world.site.log.discard_all();
             return std::string("{}");
         }},
        {"/clock", set_clock},
        {"/advance",
         [&](World&, const Body& body) {
             site.advance(milliseconds(body.number("milliseconds", 0)));
             return std::string("{}");
         }},
        {"/fail",
         [](World& world, const Body& body) {
             world.faults.add(fault_from(body), static_cast<unsigned>(body.number("times", 1)));
             return std::string("{}");
         }},
        {"/faults", set_faults},
        {"/mode", set_mode},
        {"/version", set_version},
        {"/away",
         [&](World&, const Body& body) {
             site.be_away(milliseconds(body.number("milliseconds", 1000)));
             return std::string("{}");
         }},
    };
}

}  // namespace

std::pair<unsigned, std::string> control(SimShotgrid& site, const Demo& demo, Artist& artist, const std::string& path,
                                         const std::string& body) {
    const auto known = handlers(site, demo, artist);
    const auto found = known.find(path);
    if (found == known.end()) return {404, R"({"error":"there is nothing at /sim)" + path + "\"}"};
    try {
        const Body request(body);
        return {200, site.with([&](World& world) { return found->second(world, request); })};
    } catch (const std::exception& error) {
        return {400, R"({"error":)" + json::quote(error.what()) + "}"};
    }
}

}  // namespace foley::sim::shotgrid
