// Context: what a callback can use beside the event. It belongs to the SDK and is valid until the callback returns.
// Thread: the callback's; log() and progress() may be used from any thread while the callback runs.
#pragma once

#include <foley/abi.h>
#include <foley/json.hpp>
#include <foley/logger.hpp>
#include <foley/settings.hpp>
#include <foley/site_connection.hpp>
#include <foley/state.hpp>

#include <string>
#include <string_view>

namespace foley {

class Context {
public:
    // event_site: the site connection of the event at hand; empty: none.
    Context(const foley_host& host, std::string_view event_site);
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    const Logger& log() const noexcept { return logger_; }
    State& state() noexcept { return state_; }

    // The value of a setting that the plugin declared.
    template <typename T>
    decltype(auto) get(const Setting<T>& setting) const {
        return setting.get();
    }
    // The plugin's configured settings as one JSON object. Parsed at each call.
    json::Document settings() const;

    // The connection to a site of the configuration. Without a name: the site that the event came from, or else the
    // only one the plugin has. Throws Error when there is none. In a dry run the connection says so.
    SiteConnection site(std::string_view name = {}) const;

    // Change nothing outside; log what would be done.
    bool dry_run() const;

    // "Still at work": restarts the watchdog's clock for the present callback.
    void progress(std::string_view what) const noexcept;

    // Answers the person who waits for the event. The value is JSON. false: nobody waits, or no more.
    // Throws Error when the text is no JSON or the daemon is not reached.
    bool reply(std::string_view json) const;
    bool reply(const json::Value& value) const;

private:
    const foley_host& host_;
    std::string event_site_;
    Logger logger_;
    State state_;
};

}  // namespace foley
