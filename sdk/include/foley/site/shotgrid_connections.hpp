// ShotgridConnections: a plugin's clients of its ShotGrid sites, kept from one event to the next, so that not every
// event pays for a connection of its own. (Reads share one; a write takes a fresh one each time, see CurlTransport: so
// it can never be sent twice.)
//
//     struct Plugin {
//         foley::site::ShotgridConnections connections;
//         foley::Outcome on_status(const foley::Event& event, foley::Context& context) {
//             const auto shotgrid = connections.borrow(event, context);
//             shotgrid->update("Task", 7, Fields().set("sg_status_list", "ip"));
//
// What is borrowed carries the session of the event, so that the page of whoever caused it shows the writes at once. In
// a dry run reads pass; a write is told to the plugin's log in one line without its body, which holds the key, and
// answered as if it had been done. Repeated requests are told to the log too, and each wait between them is progress,
// so that the watchdog knows.
//
// Owner: the plugin. Thread: one at a time, the callbacks'. Throws Error when the plugin has no such site or when that
// is no ShotGrid; what a client throws.
#pragma once

#include <foley/context.hpp>
#include <foley/event.hpp>
#include <foley/site/shotgrid.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace foley::site {

class ShotgridConnections {
    struct Kept;

public:
    using MakeTransport = std::function<std::unique_ptr<Transport>(const SiteConnection&)>;

    // `options` for each client; a `log` and a `wait` in them replace those described above. `make_transport`: for
    // tests; without it over HTTP.
    explicit ShotgridConnections(ShotgridOptions options = {}, MakeTransport make_transport = {});
    ~ShotgridConnections();
    ShotgridConnections(ShotgridConnections&&) noexcept;
    ShotgridConnections& operator=(ShotgridConnections&&) noexcept;

    // A client for as long as the callback runs; the connections must outlive it.
    class Borrowed {
    public:
        ~Borrowed();
        Borrowed(const Borrowed&) = delete;
        Borrowed& operator=(const Borrowed&) = delete;

        Shotgrid& operator*() const noexcept;
        Shotgrid* operator->() const noexcept { return &**this; }

    private:
        friend class ShotgridConnections;
        Borrowed(Kept& kept, Context& context, std::string_view session);

        Kept& kept_;
        Context* before_;  // who had it when this one began
    };

    // Of the site that the event came from, with the event's session. Where the event names no site (the file source):
    // the plugin's default.
    Borrowed borrow(const Event& event, Context& context);
    // For a start or a timer: without a session. Without a name: the plugin's default.
    Borrowed borrow(Context& context, std::string_view site = {});

private:
    Kept& kept(const Context& context, std::string_view site);

    ShotgridOptions options_;
    MakeTransport make_transport_;
    std::map<std::string, std::unique_ptr<Kept>, std::less<>> kept_;  // by the name of the site
};

}  // namespace foley::site
