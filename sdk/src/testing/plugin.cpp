#include "../abi_text.hpp"
#include "../setting_json.hpp"
#include "fake_host.hpp"
#include "match.hpp"

#include <algorithm>
#include <iostream>

#include <dlfcn.h>

namespace foley::testing {
namespace {

using detail::from_abi;
using detail::to_abi;

foley_plugin_entry_v1 load(const std::filesystem::path& library) {
    // Never closed: a C++ library cannot be unloaded safely, and the daemon does not try either.
    void* handle = dlopen(std::filesystem::absolute(library).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) throw Error("cannot load " + library.string() + ": " + dlerror());
    void* entry = dlsym(handle, FOLEY_ENTRY_NAME);
    if (!entry) {
        throw Error(library.string() + " is not a Foley plugin: it does not export " FOLEY_ENTRY_NAME
                                       ". Is there a FOLEY_PLUGIN in it?");
    }
    return reinterpret_cast<foley_plugin_entry_v1>(entry);
}

Outcome read_outcome(const foley_outcome& from) {
    return {static_cast<Outcome::Kind>(from.code), std::string(from_abi(from.why)), Duration{from.delay},
            from.backoff != 0};
}

foley_outcome empty_outcome() {
    foley_outcome outcome{};
    outcome.size = sizeof(outcome);
    outcome.code = FOLEY_DONE;
    return outcome;
}

// Borrows the texts of `event`.
foley_event to_abi_event(const SavedEvent& event) {
    foley_event result{};
    result.size = sizeof(result);
    result.sequence = event.sequence;
    result.kind = event.is_gap ? FOLEY_EVENT_GAP : FOLEY_EVENT_SITE;
    result.shape = static_cast<std::int32_t>(event.shape);
    result.source = to_abi(event.source);
    result.id = to_abi(event.id);
    result.type = to_abi(event.type);
    result.payload = to_abi(event.payload);
    result.site = to_abi(event.site);
    result.received_at = event.received_at.time_since_epoch().count();
    result.deadline = event.deadline ? event.deadline->time_since_epoch().count() : 0;
    result.attempt = event.attempt;
    return result;
}

std::string site_json(const SiteConnection& site) {
    std::string text = "{";
    const auto add = [&](std::string_view name, std::string_view value) {
        text += (text.size() > 1 ? "," : "") + json::quote(name) + ":" + json::quote(value);
    };
    add("name", site.name);
    add("kind", site.kind);
    add("url", site.url);
    add("user", site.user);
    add("secret", site.secret.reveal());
    add("proxy", site.proxy);
    add("ca_file", site.ca_file);
    for (const auto& [name, value] : site.options)
        add(name, value);
    return text + "}";
}

bool is_final(const Outcome& outcome) {
    return outcome.kind() == Outcome::Kind::done || outcome.kind() == Outcome::Kind::ignored;
}

std::string time_json(const std::optional<Timestamp>& time) {
    return time ? std::to_string(time->time_since_epoch().count()) : "null";
}

}  // namespace

Plugin::Plugin(const std::filesystem::path& library) : host_(std::make_unique<FakeHost>()) {
    enter(load(library));
}

Plugin::Plugin(foley_plugin_entry_v1 entry) : host_(std::make_unique<FakeHost>()) {
    enter(entry);
}

Plugin::Plugin(const std::function<void(Registrar&)>& body) : host_(std::make_unique<FakeHost>()) {
    enter([&](const foley_host* host, foley_plugin* plugin) {
        return detail::enter(host, plugin, body, {FOLEY_SDK_VERSION, FOLEY_COMPILER});
    });
}

Plugin::~Plugin() {
    stop();
}

void Plugin::enter(const std::function<int(const foley_host*, foley_plugin*)>& entry) {
    plugin_.size = sizeof(plugin_);
    host_->registering = true;
    const int code = entry(&host_->abi(), &plugin_);
    host_->registering = false;
    if (code == FOLEY_OK) return;
    const auto lines = host_->log();
    throw Error(lines.empty() ? "the plugin refused to register, code " + std::to_string(code) : lines.back().text);
}

Plugin& Plugin::set_value(std::string name, const detail::SettingValue& value) {
    host_->configured[std::move(name)] = detail::setting_json(value);
    return *this;
}

Plugin& Plugin::add_site(const SiteConnection& site) {
    if (host_->sites.empty()) host_->default_site = site.name;
    host_->sites[site.name] = site_json(site);
    return *this;
}

Plugin& Plugin::dry_run(bool on) {
    host_->dry_run = on;
    return *this;
}

Plugin& Plugin::store(std::string key, std::string value) {
    host_->state[std::move(key)] = std::move(value);
    return *this;
}

Outcome Plugin::start() {
    for (const auto& [name, value] : host_->configured) {
        const auto declared = [&](const DeclaredSetting& setting) { return setting.name == name; };
        if (std::none_of(host_->settings.begin(), host_->settings.end(), declared)) {
            throw Error("the test configures a setting \"" + name + "\" that the plugin does not declare.");
        }
    }
    host_->freeze_settings();
    started_ = true;
    if (!plugin_.start) return done();
    foley_outcome outcome = empty_outcome();
    host_->begin(false);
    plugin_.start(plugin_.self, &outcome);
    Outcome result = read_outcome(outcome);
    host_->end(result);
    return result;
}

void Plugin::stop() {
    if (!started_ || stopped_) return;
    stopped_ = true;
    if (!plugin_.stop) return;
    host_->begin(false);
    plugin_.stop(plugin_.self);
    host_->end(done());
}

Outcome Plugin::run(std::size_t index, const foley_event* event) {
    if (!started_) throw Error("the test feeds a plugin that it has not started: call start() first.");
    foley_outcome outcome = empty_outcome();
    host_->begin(event && event->deadline != 0);
    const FakeHost::Call& call = host_->calls[index];
    call.function(call.self, event, &outcome);
    Outcome result = read_outcome(outcome);
    host_->end(result);
    return result;
}

std::vector<Result> Plugin::deliver(const SavedEvent& event) {
    const json::Document payload = json::parse(event.payload);
    const EventFacts facts = read_facts(event.shape, payload);
    const auto wants = [&](const DeclaredCallback& callback) {
        if (event.is_gap) {
            return callback.kind == FOLEY_CALLBACK_GAP && matches(callback.filter.source, event.source);
        }
        return callback.kind == FOLEY_CALLBACK_EVENT && matches(callback.filter, event.source, event.type, facts);
    };
    const foley_event raw = to_abi_event(event);
    std::vector<Result> results;
    for (std::size_t i = 0; i < host_->callbacks.size(); ++i) {
        if (!wants(host_->callbacks[i])) continue;
        results.push_back({host_->callbacks[i].name, run(i, &raw)});
        if (!is_final(results.back().outcome)) break;
    }
    return results;
}

std::vector<Result> Plugin::gap(std::string source, std::optional<Timestamp> from, std::optional<Timestamp> until,
                                std::string reason) {
    SavedEvent event;
    event.is_gap = true;
    event.source = std::move(source);
    event.type = "foley.gap";
    event.payload = R"({"from":)" + time_json(from) + R"(,"until":)" + time_json(until) + R"(,"reason":)" +
                    json::quote(reason) + "}";
    return deliver(event);
}

Outcome Plugin::tick(std::string_view callback) {
    for (std::size_t i = 0; i < host_->callbacks.size(); ++i) {
        const DeclaredCallback& each = host_->callbacks[i];
        if (each.kind == FOLEY_CALLBACK_TIMER && each.name == callback) return run(i, nullptr);
    }
    throw Error("the plugin has no timer named \"" + std::string(callback) + "\".");
}

std::vector<Result> Plugin::tick() {
    std::vector<Result> results;
    for (std::size_t i = 0; i < host_->callbacks.size(); ++i) {
        const DeclaredCallback& each = host_->callbacks[i];
        if (each.kind == FOLEY_CALLBACK_TIMER) results.push_back({each.name, run(i, nullptr)});
    }
    return results;
}

const std::vector<DeclaredCallback>& Plugin::callbacks() const {
    return host_->callbacks;
}
const std::vector<DeclaredSetting>& Plugin::settings() const {
    return host_->settings;
}
std::string_view Plugin::sdk_version() const {
    return from_abi(plugin_.sdk_version);
}
std::vector<LogLine> Plugin::log() const {
    return host_->log();
}
std::vector<std::string> Plugin::progress() const {
    return host_->progress();
}
const std::vector<std::string>& Plugin::replies() const {
    return host_->replies;
}
const std::map<std::string, std::string>& Plugin::state() const {
    return host_->state;
}

bool Plugin::logged(std::string_view part) const {
    const auto lines = host_->log();
    return std::any_of(lines.begin(), lines.end(),
                       [&](const LogLine& line) { return line.text.find(part) != std::string::npos; });
}

void expect(bool condition, std::string_view what, const char* file, int line) {
    if (condition) return;
    throw Error(std::string(file) + ":" + std::to_string(line) + ": this does not hold: " + std::string(what));
}

int run(const std::function<void()>& tests) noexcept {
    try {
        tests();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
    } catch (...) {
        std::cerr << "a test threw something that is not a std::exception\n";
    }
    return 1;
}

}  // namespace foley::testing
