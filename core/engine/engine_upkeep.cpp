// Engine: upkeep: old events are let go, memory is given back, and after an unclean end every row is looked at.
#include "core/engine/engine_impl.hpp"
#include "core/os/memory.hpp"

#include <foley/abi.h>

namespace foley::core {

// ── retention ────────────────────────────────────────────────────────────────────────────────────────────────────────

void Engine::Impl::prune_later() {
    prune_timer_.expires_after(services.options->prune_every);
    prune_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) prune();
    });
}

void Engine::Impl::prune() {
    std::vector<std::string> idle;
    for (const auto& [name, one] : runners) {
        switch (one->state()) {
            case PluginState::disabled:
            case PluginState::absent:
            case PluginState::refused:
                idle.push_back(name);
                break;
            case PluginState::paused:  // someone stopped it for a while and wants it to go on from there
            case PluginState::loading:
            case PluginState::starting:
            case PluginState::running:
            case PluginState::draining:
            case PluginState::blocked:
            case PluginState::restarting:
            case PluginState::stopped:
            case PluginState::available:
                break;
        }
    }
    ask<PruneResult>([this, idle, now = clock.now(),
                      retention = services.options->retention] { return journal.prune(retention, idle, now); },
                     [this, alive = self_](const std::string& error, const PruneResult& result) {
                         if (*alive == nullptr || shutting_down_) return;
                         std::string problem = error;
                         for (const std::string& one : result.problems)
                             problem += (problem.empty() ? "" : "; ") + one;
                         if (!problem.empty() && problem != prune_problem)
                             listener.on_engine_log(FOLEY_LOG_ERROR, "the journal cannot be pruned: " + problem);
                         prune_problem = problem;
                         for (const std::string& name : result.overtaken) {
                             listener.on_engine_log(FOLEY_LOG_WARNING,
                                                    "plugin " + name +
                                                        " stood still for too long: events it had not seen were "
                                                        "pruned; it gets a gap in their place");
                         }
                         prune_later();
                     });
}

// ── rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

// A flood of events leaves memory behind that nobody needs until the next one.
void Engine::Impl::rest_later() {
    constexpr std::chrono::seconds kQuiet{5};
    if (rest_waits_ || shutting_down_) return;
    rest_waits_ = true;
    rest_timer_.expires_after(kQuiet);
    rest_timer_.async_wait([this, kQuiet](boost::system::error_code error) {
        if (error) return;
        rest_waits_ = false;
        if (clock.steady() - last_growth_ < kQuiet) return rest_later();
        boost::asio::post(journal_pool, [&journal = journal] {
            journal.rest();
            give_back_free_memory();
        });
    });
}

// ── the check after an unclean end ───────────────────────────────────────────────────────────────────────────────────

void Engine::Impl::check_journal() {
    if (!journal.info().unclean) return;
    check_ = journal.begin_check();
    if (!check_) return;
    check_notes = {"the run before did not end in order: the journal's rows are being checked"};
    listener.on_engine_log(FOLEY_LOG_INFO, check_notes.front());
    check_step();
}

// On the pool, a slice at a time, with a rest after each: plugins have work to do after such an end.
void Engine::Impl::check_step() {
    constexpr std::chrono::milliseconds kRest{2};
    ask<bool>([check = check_] { return check->step(); },
              [this, alive = self_, kRest](const std::string& error, bool more) {
                  if (*alive == nullptr || shutting_down_) return;
                  if (!error.empty()) {
                      check_notes = {"the check of the journal's rows stopped: " + error};
                      listener.on_engine_log(FOLEY_LOG_ERROR, check_notes.front());
                      check_.reset();
                      return;
                  }
                  if (!more) return check_ended();
                  check_timer_.expires_after(kRest);
                  check_timer_.async_wait([this](boost::system::error_code aborted) {
                      if (!aborted) check_step();
                  });
              });
}

void Engine::Impl::check_ended() {
    constexpr std::size_t kShown = 10;
    const std::vector<std::string>& problems = check_->problems();
    const std::string rows = std::to_string(check_->rows());
    check_notes.clear();
    if (problems.empty()) {
        check_notes.push_back("the run before did not end in order; all " + rows + " rows of the journal are well");
        listener.on_engine_log(FOLEY_LOG_INFO, check_notes.front());
    }
    for (const std::string& problem : problems) {
        listener.on_engine_log(FOLEY_LOG_ERROR, "the check of the journal found: " + problem);
        if (check_notes.size() < kShown) check_notes.push_back(problem);
    }
    if (problems.size() > kShown) {
        check_notes.push_back("the check of the journal found " + std::to_string(problems.size() - kShown) +
                              " more; foleyd's log has them");
    }
    check_.reset();
}

}  // namespace foley::core
