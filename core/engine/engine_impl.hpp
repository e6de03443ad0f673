// Engine::Impl: what the engine owns. Split over engine.cpp (its life), engine_available.cpp (plugins that are not
// used), engine_upkeep.cpp (what it does for the journal) and engine_queries.cpp (what people ask and do).
#pragma once

#include "core/engine/engine.hpp"
#include "core/engine/plugin_order.hpp"
#include "core/engine/plugin_runner.hpp"
#include "core/os/file_watcher.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace foley::core {

class Engine::Impl {
public:
    Impl(boost::asio::io_context& io, Journal& journal, const Clock& clock, EngineOptions options,
         EngineListener& listener);
    ~Impl();

    void start();
    void shut_down(std::function<void()> done);
    void reconfigure(EngineOptions options);

    const PluginOptions& options_of(const std::string& plugin) const;
    std::shared_ptr<PluginRunner> runner(const std::string& name) const;
    Source* source(const std::string& name) const;
    // Ends the runner of a plugin that has no file, when its host has ended, and lets go of its consumer, then calls
    // `done`. At once for any other.
    void release(const std::string& plugin, std::function<void()> done);

    // The plugins that their directory does not use, as the status tells of them.
    std::vector<PluginStatus> available_plugins() const;
    // A sentence for whoever asks something of a plugin without a runner.
    std::string no_such_plugin(const std::string& name) const;

    // A sentence while a scan hangs.
    std::string scan_problem() const;

    // Runs `work` on the journal's pool and `done` on the engine's thread with its result; an exception becomes the
    // error's sentence.
    template <typename Result>
    void ask(std::function<Result()> work, std::function<void(std::string error, Result)> done) {
        boost::asio::post(journal_pool, [&io = io, work = std::move(work), done = std::move(done)] {
            Result result{};
            std::string error;
            try {
                result = work();
            } catch (const std::exception& exception) {
                error = exception.what();
            }
            boost::asio::post(io, [done, error = std::move(error), result = std::move(result)]() mutable {
                done(std::move(error), std::move(result));
            });
        });
    }

    boost::asio::io_context& io;
    Journal& journal;
    const Clock& clock;
    EngineListener& listener;
    boost::asio::thread_pool journal_pool{3};
    boost::asio::thread_pool file_pool{2};  // plugin files may lie on a dead mount
    RunnerServices services;
    std::vector<std::unique_ptr<Source>> sources;
    std::map<std::string, std::shared_ptr<PluginRunner>> runners;
    Timestamp started_at{};
    std::vector<std::string> notes;  // of the last scan
    std::string prune_problem;
    std::vector<std::string> check_notes;  // of the check of the journal after an unclean end

private:
    void scan();
    void scan_soon(std::chrono::milliseconds delay);
    void scanned(const DirectoryScan& found);
    void note_available(const std::vector<PluginFile>& files);
    // Whether the present configuration takes the file that the plugin has out of use.
    bool is_left_out(const std::string& plugin) const;
    std::shared_ptr<PluginRunner> make_runner(const std::string& name, bool known);
    bool may_pass(const std::string& plugin, Sequence event) const;
    std::string kept_back_by(const std::string& plugin, Sequence event) const;
    bool holds_back(const std::string& plugin, const std::string& other, Sequence event) const;
    void progressed(const std::string& plugin);
    void reply(const Event& event, const std::string& json);
    std::string_view site_of_source(const std::string& source) const;
    std::string sites_json(const PluginOptions& options) const;
    std::vector<std::string> own_users(const std::string& plugin, const PluginOptions& options) const;
    void prune_later();
    void prune();
    void check_journal();
    void check_step();
    void check_ended();
    void rest_later();
    void journal_grew();
    void catch_up_later();
    void runner_stopped();

    PluginOrder order_;
    PluginTracker tracker_;
    std::shared_ptr<FileWatcher> watcher_;  // shared with the scan on the pool; null: there can be none
    std::string no_watcher_;
    boost::asio::steady_timer scan_timer_, rescan_timer_, prune_timer_, check_timer_, rest_timer_, catch_up_timer_,
        shutdown_timer_;
    bool rest_waits_ = false, catch_up_waits_ = false;  // for their timers
    SteadyTime last_growth_{};
    std::shared_ptr<JournalCheck> check_;
    bool scanning_ = false, scan_again_ = false;
    SteadyTime scan_began_{};
    std::vector<PluginFile> files_;
    struct Available {
        PluginFile file;
        Timestamp since{};
    };
    std::map<std::string, Available> available_;
    std::shared_ptr<std::atomic<bool>> growth_posted_ = std::make_shared<std::atomic<bool>>(false);
    Journal::Subscription subscription_;
    std::set<std::string> told_;  // scan problems that were logged
    bool shutting_down_ = false;
    std::size_t runners_to_stop_ = 0;
    std::function<void()> shut_down_done_;
    std::shared_ptr<Impl*> self_ = std::make_shared<Impl*>(this);  // null for handlers that come too late
};

}  // namespace foley::core
