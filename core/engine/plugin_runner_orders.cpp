// PluginRunner: what people order: enable, disable, pause, resume, reload, roll back, and work on the plugin's place.
#include "core/engine/plugin_runner.hpp"

#include <foley/abi.h>

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

namespace foley::core {

void PluginRunner::enable(bool skip_event, Done done) {
    if (!options_.enabled) {
        done(name_ + " is disabled in the configuration; set `enabled: true` there and send foleyd a SIGHUP");
        return;
    }
    if (!memo_.disabled && bad_build_.empty() && !memo_.paused) {
        done(name_ + " is not disabled; nothing to enable");
        return;
    }
    const Sequence event = memo_.disabled ? memo_.disabled->event : Sequence{};
    const std::string reason = memo_.disabled ? memo_.disabled->reason : std::string();
    if (skip_event && event.value == 0) {
        done(name_ + " is not disabled by an event; enable it without --skip-event");
        return;
    }
    const auto run_again = [self = shared_from_this(), done](const std::string& error) {
        if (error.empty()) {
            self->memo_.disabled.reset();
            self->memo_.paused = false;
            self->bad_build_.clear();
            self->file_problem_.clear();
            self->budget_.forget();
            self->start_after_.reset();
            self->save_memo();
            self->log(FOLEY_LOG_INFO, "enabled");
            self->advance_soon();
        }
        done(error);
    };
    if (!skip_event) {
        run_again({});
        return;
    }
    with_consumer_at_rest(
        [event, reason, now = services_.clock.now()](Consumer& consumer) {
            consumer.dead_letter(event, "skipped by hand: " + reason, AttemptRecord{}, now);
        },
        run_again);
}

void PluginRunner::disable(const std::string& why, Done done) {
    const std::string sentence = why.empty() ? "disabled by hand" : "disabled by hand: " + why;
    log(FOLEY_LOG_INFO, sentence);
    keep_disabled(sentence, copy_ ? copy_->build : "", {});
    done({});
}

void PluginRunner::pause(Done done) {
    memo_.paused = true;
    save_memo();
    advance();
    done({});
}

void PluginRunner::resume(Done done) {
    if (!memo_.paused) {
        done(name_ + " is not paused");
        return;
    }
    memo_.paused = false;
    save_memo();
    advance();
    done({});
}

void PluginRunner::reload(Done done) {
    if (!file_) {
        done(name_ + " has no file in any plugin directory");
        return;
    }
    take_copy(*file_, true);
    done({});
}

void PluginRunner::rollback(Done done) {
    const std::string present = active_ ? active_->copy.build : copy_ ? copy_->build : "";
    for (auto good = good_copies_.rbegin(); good != good_copies_.rend(); ++good) {
        if (good->build == present) continue;
        copy_ = *good;
        bad_build_.clear();
        memo_.disabled.reset();
        save_memo();
        reload_problem_ = "rolled back by hand to build " + good->build.substr(0, 12) + "; the newest file is not used";
        advance();
        done({});
        return;
    }
    done(name_ + " has no earlier good copy to go back to");
}

void PluginRunner::with_consumer_at_rest(std::function<void(Consumer&)> operation, Done done) {
    if (!consumer_) {
        done(name_ + " has no place in the journal yet: " +
             (journal_problem_.empty() ? "it is just being opened, try again" : journal_problem_));
        return;
    }
    operations_.push_back({std::move(operation), std::move(done)});
    advance();
}

void PluginRunner::run_operation() {
    operation_runs_ = true;
    give_back_waiting();
    Operation operation = std::move(operations_.front());
    operations_.pop_front();
    boost::asio::post(services_.journal_pool, [self = shared_from_this(), operation = std::move(operation)]() mutable {
        std::string problem;
        try {
            operation.run(*self->consumer_);
        } catch (const std::exception& error) {
            problem = error.what();
        }
        boost::asio::post(self->services_.io, [self, done = std::move(operation.done), problem]() mutable {
            if (self->stopped_) return;
            const auto finish = [self, done = std::move(done), problem] {
                self->operation_runs_ = false;
                self->journal_may_have_more_ = true;
                done(problem);
                self->services_.progressed(self->name_);
                self->advance();
            };
            if (problem.empty()) {
                self->pacer_->now(finish);
            } else {
                finish();
            }
        });
    });
}

}  // namespace foley::core
