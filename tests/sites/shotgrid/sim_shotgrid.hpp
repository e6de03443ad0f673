// SimShotgrid: a simulated ShotGrid site on a port of this machine, with faults on demand. A real client of the
// JSON-RPC API could connect to it.
//
//     sim::SimShotgrid site;
//     const auto demo = site.with([](auto& world) { return sim::shotgrid::build_demo(world.site); });
//     Shotgrid client(site.connection());
//     site.change("Task", demo.tasks[0].id, R"({"sg_status_list":"ip"})");
//     site.fail({.kind = sim::shotgrid::HttpFault::Kind::status, .status = 502}, 2);
//
// It has a thread of its own, on which everything happens; `with` runs a function there and returns its result. The
// other functions may be called from any thread.
#pragma once

#include "tests/sites/shotgrid/faults.hpp"
#include "tests/sites/shotgrid/site.hpp"

#include <foley/site_connection.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace foley::sim {

struct SimShotgridOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any that is free
    std::string script = "foley";
    std::string key = "made-up-application-key";
    std::string certificate;  // PEM files: with them the site speaks TLS
    std::string private_key;
};

class SimShotgrid {
public:
    explicit SimShotgrid(SimShotgridOptions options = {});
    ~SimShotgrid();
    SimShotgrid(const SimShotgrid&) = delete;
    SimShotgrid& operator=(const SimShotgrid&) = delete;

    std::string url() const;
    std::uint16_t port() const noexcept;
    const SimShotgridOptions& options() const noexcept { return options_; }
    // As the script.
    SiteConnection connection() const;

    struct World {
        shotgrid::Site& site;
        shotgrid::Faults& faults;
        std::uint64_t requests = 0;                       // to the API
        std::map<std::string, std::uint64_t> calls;       // by method; those that got a fault instead of an answer too
        std::string last_call;                            // the body of the last request to the API
        std::map<std::string, std::string> last_headers;  // its headers, names in lower case
        std::uint64_t connections = 0;                    // that were accepted
    };
    template <typename Function>
    auto with(Function function) {
        using Result = std::invoke_result_t<Function, World&>;
        auto task = std::make_shared<std::packaged_task<Result(World&)>>(std::move(function));
        auto result = task->get_future();
        run_there([task](World& world) { (*task)(world); });
        return result.get();
    }

    // What someone does on the web page: the ids of the events that it causes, late and lost ones too. Without a user
    // it is the first person that there is, else the script.
    std::vector<std::int64_t> change(const std::string& type, std::int64_t id, const std::string& fields,
                                     const shotgrid::Link& user = {});
    std::vector<std::int64_t> retire(const std::string& type, std::int64_t id, const shotgrid::Link& user = {});
    std::vector<std::int64_t> revive(const std::string& type, std::int64_t id, const shotgrid::Link& user = {});
    // Returns the id of the entity.
    std::int64_t create(const std::string& type, const std::string& fields, const shotgrid::Link& user = {});

    // An entry of the log as it is given: {"event_type", "meta", …}, members may be missing. Returns its id.
    std::int64_t add_event(const std::string& event);
    // Ids that are taken and belong to nobody. Returns the first.
    std::int64_t reserve(std::int64_t count);
    // An entry under such an id; false when there is one already.
    bool commit(std::int64_t id, const std::string& event);
    // The ids of all entries that can be seen.
    std::vector<std::int64_t> committed();

    void fail(const shotgrid::HttpFault& fault, unsigned times = 1);
    void advance(std::chrono::milliseconds time);
    // Nobody can connect, and all connections are reset; later again on the same port.
    void stop_listening();
    void listen_again();
    // Both, with so much time between.
    void be_away(std::chrono::milliseconds time);
    std::uint64_t requests();
    std::uint64_t calls(const std::string& method);

    // For the program: serves POST and GET below /sim/. Returns status and JSON.
    using Control = std::function<std::pair<unsigned, std::string>(const std::string& path, const std::string& body)>;
    void set_control(Control control);

    class Server;  // the sockets behind it

private:
    void run_there(std::function<void(World&)> function);

    SimShotgridOptions options_;
    std::unique_ptr<Server> server_;
};

namespace shotgrid {

// The work behind the functions of the same name, for who is on the simulation's thread already.
std::vector<std::int64_t> write(Site& site, std::string_view method, const std::string& parameters, const Link& user);
std::string fields_list(const json::Value& fields);
// The user, or else the first person that there is, or the script.
Link someone(const Site& site, const Link& user);

}  // namespace shotgrid

}  // namespace foley::sim
