#include "core/engine/engine_impl.hpp"
#include "core/os/files.hpp"

#include <foley/abi.h>

#include <algorithm>
#include <exception>
#include <set>
#include <system_error>
#include <utility>

namespace foley::core {
namespace {

std::string boot_id() {
    std::string text = read_file("/proc/sys/kernel/random/boot_id");
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text;
}

PageIdentity identity(const Journal& journal, std::uint64_t generations_back) {
    const JournalInfo info = journal.info();
    return {boot_id(), info.id, info.generation - std::min(info.generation, generations_back)};
}

// Sentences: which directories cannot be watched. On the pool: following a path can hang in a dead file system.
std::vector<std::string> watch_only(FileWatcher& watcher, const EngineOptions& options) {
    std::set<std::filesystem::path> unused = watcher.watched();
    std::vector<std::string> problems;
    for (const PluginDirectoryOptions& directory : options.directories) {
        unused.erase(directory.path);
        try {
            watcher.watch(directory.path);
        } catch (const std::system_error& error) {
            problems.push_back("plugin directory " + directory.path.string() +
                               " cannot be watched, so it is only looked at every " +
                               std::to_string(options.rescan.count()) + " ms: " + error.code().message());
        }
    }
    for (const std::filesystem::path& directory : unused)
        watcher.forget(directory);
    return problems;
}

std::shared_ptr<const LibraryStore> make_store(const EngineOptions& options) {
    return std::make_shared<const LibraryStore>(options.state_directory / "copies", options.trusted_owners,
                                                options.trusted_groups);
}

}  // namespace

Engine::Impl::Impl(boost::asio::io_context& context, Journal& the_journal, const Clock& the_clock,
                   EngineOptions options, EngineListener& the_listener)
    : io(context),
      journal(the_journal),
      clock(the_clock),
      listener(the_listener),
      services{io,
               journal_pool,
               file_pool,
               journal,
               clock,
               listener,
               nullptr,
               make_store(options),
               identity(journal, 0),
               identity(journal, 1),
               [this](const std::string& plugin, Sequence event) { return may_pass(plugin, event); },
               [this](const std::string& plugin, Sequence event) { return kept_back_by(plugin, event); },
               [this](const std::string& plugin) { progressed(plugin); },
               [this](const std::string& plugin, std::function<void()> done) { release(plugin, std::move(done)); },
               [this](const Event& event, const std::string& json) { reply(event, json); },
               [this](const std::string& source) { return site_of_source(source); },
               [this](const PluginOptions& plugin) { return sites_json(plugin); },
               [this](const std::string& name, const PluginOptions& plugin) { return own_users(name, plugin); }},
      tracker_(options.settle),
      scan_timer_(io),
      rescan_timer_(io),
      prune_timer_(io),
      check_timer_(io),
      rest_timer_(io),
      catch_up_timer_(io),
      shutdown_timer_(io) {
    services.options = std::make_shared<const EngineOptions>(std::move(options));
}

Engine::Impl::~Impl() {
    *self_ = nullptr;
    subscription_.reset();
    for (const std::unique_ptr<Source>& one : sources)
        one->stop();
    for (const std::unique_ptr<Source>& one : sources)
        one->join();
    // Tasks hold runners and consumers; none may outlive the journal.
    journal_pool.join();
    file_pool.join();
    for (const auto& [name, one] : runners)
        one->abandon();
    runners.clear();
}

// ── life ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

void Engine::Impl::start() {
    started_at = clock.now();
    std::filesystem::create_directories(services.options->state_directory / "pages");
    std::filesystem::create_directories(services.options->state_directory / "copies");
    for (const std::string& known : journal.consumer_names()) {
        if (is_plugin_name(known)) make_runner(known, true)->start();  // damage can make any text of one
    }
    for (const auto& [name, options] : services.options->plugins) {
        if (!runners.contains(name)) make_runner(name, false)->start();
    }
    subscription_ = journal.on_append([this, posted = growth_posted_, alive = self_](Sequence) {
        // On the thread of whoever wrote; a flood of commits becomes one wake-up.
        if (posted->exchange(true)) return;
        boost::asio::post(io, [posted, alive] {
            posted->store(false);
            if (*alive != nullptr) (*alive)->journal_grew();
        });
    });
    try {
        watcher_ = std::make_shared<FileWatcher>(
            io, [this](const std::filesystem::path&) { scan_soon(std::chrono::milliseconds(5)); });
    } catch (const std::system_error& error) {
        no_watcher_ = std::string("plugin directories are only looked at now and then: ") + error.what();
        listener.on_engine_log(FOLEY_LOG_WARNING, no_watcher_);
    }
    scan();
    for (const std::unique_ptr<Source>& one : sources)
        one->start();
    prune_later();
    check_journal();
    rest_later();
}

void Engine::Impl::journal_grew() {
    last_growth_ = clock.steady();
    rest_later();
    bool some_lag = false;
    for (const auto& [name, one] : runners) {
        // Whoever comes after it waits until it has gone past.
        const bool may_lag = order_.behind(name).empty();
        some_lag = !one->journal_grew(may_lag) || some_lag;
    }
    if (some_lag) catch_up_later();
}

// In a flood, plugins that want nothing of it are woken for many commits at once.
void Engine::Impl::catch_up_later() {
    constexpr std::chrono::milliseconds kWait{50};
    if (catch_up_waits_ || shutting_down_) return;
    catch_up_waits_ = true;
    catch_up_timer_.expires_after(kWait);
    catch_up_timer_.async_wait([this, alive = self_](boost::system::error_code error) {
        if (error || *alive == nullptr || shutting_down_) return;
        catch_up_waits_ = false;
        for (const auto& [name, one] : runners) {
            if (one->lags()) one->catch_up();
        }
    });
}

std::string Engine::Impl::scan_problem() const {
    constexpr std::chrono::seconds kLong{30};
    const auto running = clock.steady() - scan_began_;
    if (!scanning_ || running < kLong) return {};
    return "plugin directories have been looked at for " + std::to_string(running / std::chrono::seconds(1)) +
           " s without an answer; one of them may lie on a dead file system";
}

std::shared_ptr<PluginRunner> Engine::Impl::make_runner(const std::string& name, bool known) {
    auto made = std::make_shared<PluginRunner>(services, name, options_of(name), known);
    runners.emplace(name, made);
    for (const auto& [other, one] : runners)
        one->accounts_changed();
    return made;
}

const PluginOptions& Engine::Impl::options_of(const std::string& plugin) const {
    const auto found = services.options->plugins.find(plugin);
    return found == services.options->plugins.end() ? services.options->defaults : found->second;
}

std::shared_ptr<PluginRunner> Engine::Impl::runner(const std::string& name) const {
    const auto found = runners.find(name);
    return found == runners.end() ? nullptr : found->second;
}

Source* Engine::Impl::source(const std::string& name) const {
    for (const std::unique_ptr<Source>& one : sources) {
        if (one->name() == name) return one.get();
    }
    return nullptr;
}

void Engine::Impl::reconfigure(EngineOptions options) {
    tracker_.set_settle(options.settle);
    services.store = make_store(options);
    services.options = std::make_shared<const EngineOptions>(std::move(options));
    for (const auto& [name, one] : runners) {
        if (is_left_out(name)) continue;  // the scan takes its file away; until then it goes on as it is
        const PluginOptions& now = options_of(name);
        if (now.fingerprint != one->options().fingerprint) one->set_options(now);
    }
    for (const auto& [name, one] : runners)
        one->accounts_changed();
    for (const auto& [name, plugin] : services.options->plugins) {
        if (!runners.contains(name)) make_runner(name, false)->start();
    }
    order_ = PluginOrder(*services.options, files_);
    scan();
}

void Engine::Impl::shut_down(std::function<void()> done) {
    if (shutting_down_) return;
    shutting_down_ = true;
    shut_down_done_ = std::move(done);
    scan_timer_.cancel();
    rescan_timer_.cancel();
    prune_timer_.cancel();
    check_timer_.cancel();
    rest_timer_.cancel();
    catch_up_timer_.cancel();
    for (const std::unique_ptr<Source>& one : sources)
        one->stop();
    runners_to_stop_ = runners.size() + 1;
    shutdown_timer_.expires_after(services.options->shutdown_timeout);
    shutdown_timer_.async_wait([this](boost::system::error_code error) {
        if (error || !shut_down_done_) return;
        listener.on_engine_log(FOLEY_LOG_ERROR, "not all hosts ended in time; they are killed");
        std::exchange(shut_down_done_, nullptr)();
    });
    const std::map<std::string, std::shared_ptr<PluginRunner>> all = runners;
    for (const auto& [name, one] : all) {
        one->shut_down([this, alive = self_] {
            if (*alive != nullptr) runner_stopped();
        });
    }
    runner_stopped();
}

void Engine::Impl::runner_stopped() {
    if (--runners_to_stop_ > 0 || !shut_down_done_) return;
    shutdown_timer_.cancel();
    std::exchange(shut_down_done_, nullptr)();
}

// ── plugin files ─────────────────────────────────────────────────────────────────────────────────────────────────────

void Engine::Impl::scan_soon(std::chrono::milliseconds delay) {
    if (shutting_down_) return;
    scan_timer_.expires_after(delay);
    scan_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) scan();
    });
}

void Engine::Impl::scan() {
    if (scanning_ || shutting_down_) {
        scan_again_ = true;
        return;
    }
    scanning_ = true;
    scan_began_ = clock.steady();
    boost::asio::post(file_pool, [this, alive = self_, options = services.options, watcher = watcher_] {
        // First watched, then looked at: so nothing can change unnoticed in between.
        std::vector<std::string> unwatched;
        if (watcher) unwatched = watch_only(*watcher, *options);
        DirectoryScan found =
            scan_plugin_directories(options->directories, options->trusted_owners, options->trusted_groups);
        found.problems.insert(found.problems.end(), unwatched.begin(), unwatched.end());
        boost::asio::post(io, [alive, found = std::move(found)] {
            if (*alive != nullptr) (*alive)->scanned(found);
        });
    });
    rescan_timer_.expires_after(services.options->rescan);
    rescan_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) scan();
    });
}

void Engine::Impl::scanned(const DirectoryScan& found) {
    scanning_ = false;
    if (shutting_down_) return;
    for (const std::string& problem : found.problems) {
        if (told_.insert(problem).second) listener.on_engine_log(FOLEY_LOG_ERROR, problem);
    }
    std::erase_if(told_, [&](const std::string& told) {
        return std::find(found.problems.begin(), found.problems.end(), told) == found.problems.end();
    });
    notes = found.problems;
    if (!no_watcher_.empty()) notes.push_back(no_watcher_);
    for (const PluginFile& file : found.files) {
        if (!file.shadowed.empty()) notes.push_back(file.shadowed);
    }
    if (files_ != found.files) {
        files_ = found.files;
        order_ = PluginOrder(*services.options, files_);
    }
    notes.insert(notes.end(), order_.notes().begin(), order_.notes().end());
    note_available(found.available);
    const PluginTracker::Changes changes = tracker_.update(found, clock.steady());
    // What went first: a rename is both, and the new name may take the old one's place over (`state_of`).
    for (const std::string& name : changes.removed) {
        if (const std::shared_ptr<PluginRunner> one = runner(name)) one->file_removed();
    }
    for (const PluginFile& file : changes.appeared) {
        std::shared_ptr<PluginRunner> one = runner(file.name);
        if (!one) one = make_runner(file.name, false);
        one->file_seen(file);
    }
    for (const PluginFile& file : changes.settled)
        runner(file.name)->file_settled(file);
    if (std::exchange(scan_again_, false)) {
        scan();
    } else if (changes.look_again) {
        const auto wait = *changes.look_again - clock.steady();
        scan_soon(std::max(std::chrono::duration_cast<std::chrono::milliseconds>(wait) + std::chrono::milliseconds(1),
                           std::chrono::milliseconds(1)));
    }
}

// ── what runners ask ─────────────────────────────────────────────────────────────────────────────────────────────────

bool Engine::Impl::holds_back(const std::string& plugin, const std::string& other, Sequence event) const {
    const std::shared_ptr<PluginRunner> before = runner(other);
    if (!before) return false;
    if (before->consumer() && before->consumer()->finished(event)) return false;
    if (options_of(plugin).when_disabled == WhenDisabled::wait) return true;
    return !before->lets_pass(event);
}

bool Engine::Impl::may_pass(const std::string& plugin, Sequence event) const {
    const std::vector<std::string>& before = order_.before(plugin);
    return std::none_of(before.begin(), before.end(),
                        [&](const std::string& other) { return holds_back(plugin, other, event); });
}

std::string Engine::Impl::kept_back_by(const std::string& plugin, Sequence event) const {
    for (const std::string& other : order_.before(plugin)) {
        if (holds_back(plugin, other, event)) return other;
    }
    return {};
}

void Engine::Impl::progressed(const std::string& plugin) {
    for (const std::string& name : order_.behind(plugin)) {
        // Posted: a runner may be in the middle of something when it says so.
        boost::asio::post(io, [alive = self_, name] {
            if (*alive == nullptr) return;
            if (const std::shared_ptr<PluginRunner> one = (*alive)->runner(name)) one->neighbour_progressed();
        });
    }
}

void Engine::Impl::release(const std::string& plugin, std::function<void()> done) {
    const std::shared_ptr<PluginRunner> one = runner(plugin);
    if (!one || one->has_file()) {
        boost::asio::post(io, std::move(done));
        return;
    }
    one->shut_down([this, alive = self_, plugin, done = std::move(done)] {
        if (*alive == nullptr) return;
        boost::asio::post(io, [alive, plugin, done] {
            if (*alive == nullptr) return;
            (*alive)->runners.erase(plugin);
            for (const auto& [other, left] : (*alive)->runners)
                left->accounts_changed();
            done();
            (*alive)->tracker_.forget(plugin);  // a file that came back meanwhile is a new plugin
            (*alive)->scan_soon(std::chrono::milliseconds(1));
        });
    });
}

void Engine::Impl::reply(const Event& event, const std::string& json) {
    Source* from = source(event.source);
    if (from != nullptr && from->reply(event, json)) return;
    std::string why;
    if (event.deadline && clock.now() > *event.deadline) {
        why = "its deadline has passed";
    } else if (from == nullptr) {
        why = "there is no source " + event.source;
    } else if (const SourceState state = from->status().state; state != SourceState::live) {
        why = "the source " + event.source + " is " + std::string(to_string(state));
    } else {
        why = "the source " + event.source + " cannot reply to it";
    }
    listener.on_engine_log(FOLEY_LOG_WARNING,
                           "the reply to event " + std::to_string(event.sequence.value) + " was not sent: " + why);
}

std::string_view Engine::Impl::site_of_source(const std::string& name) const {
    const Source* from = source(name);
    return from == nullptr ? std::string_view() : from->site();
}

std::string Engine::Impl::sites_json(const PluginOptions& options) const {
    std::string json = "[";
    const auto add = [&json](const SiteOptions& site) { json += (json.size() > 1 ? "," : "") + site.json; };
    if (options.sites.empty()) {
        for (const SiteOptions& site : services.options->sites)
            add(site);
    }
    for (const std::string& name : options.sites) {
        for (const SiteOptions& site : services.options->sites) {
            if (site.name == name) add(site);
        }
    }
    return json + "]";
}

// SEMANTICS.md, "Own events": skipped by default only where the account is the plugin's alone.
std::vector<std::string> Engine::Impl::own_users(const std::string& plugin, const PluginOptions& options) const {
    std::vector<std::string> users;
    if (options.skip_own_events == false) return users;
    const bool by_default = !options.skip_own_events.has_value();
    if (by_default && options.sites.empty()) return users;
    for (const SiteOptions& site : services.options->sites) {
        if (site.user.empty()) continue;
        if (!options.sites.empty() &&
            std::find(options.sites.begin(), options.sites.end(), site.name) == options.sites.end()) {
            continue;
        }
        bool shared = false;
        if (by_default) {
            for (const SiteOptions& other : services.options->sites) {
                if (other.name == site.name || other.user != site.user) continue;
                shared = true;  // the same account under another name
            }
            for (const std::unique_ptr<Source>& one : sources)
                shared = shared || one->site() == site.name;
            for (const auto& [name, other] : runners) {
                const std::vector<std::string>& its = other->options().sites;
                if (name != plugin && (its.empty() || std::find(its.begin(), its.end(), site.name) != its.end())) {
                    shared = true;
                }
            }
        }
        if (!shared) users.push_back(site.user);
    }
    return users;
}

}  // namespace foley::core
