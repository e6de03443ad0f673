// Engine: what people ask and do, on top of the runners.
#include "core/engine/engine_impl.hpp"
#include "core/event/account.hpp"

#include <algorithm>
#include <utility>

namespace foley::core {
Engine::Engine(boost::asio::io_context& io, Journal& journal, const Clock& clock, EngineOptions options,
               EngineListener& listener)
    : impl_(std::make_unique<Impl>(io, journal, clock, std::move(options), listener)) {}
Engine::~Engine() = default;

void Engine::add_source(std::unique_ptr<Source> source) {
    impl_->sources.push_back(std::move(source));
}
void Engine::start() {
    impl_->start();
}
void Engine::shut_down(std::function<void()> done) {
    impl_->shut_down(std::move(done));
}
void Engine::reconfigure(EngineOptions options) {
    impl_->reconfigure(std::move(options));
}

EngineStatus Engine::status() const {
    EngineStatus status;
    status.journal = impl_->journal.info();
    status.started_at = impl_->started_at;
    status.notes = impl_->notes;
    if (std::string hangs = impl_->scan_problem(); !hangs.empty()) status.notes.push_back(std::move(hangs));
    status.notes.insert(status.notes.end(), impl_->check_notes.begin(), impl_->check_notes.end());
    if (!impl_->prune_problem.empty()) status.notes.push_back("pruning: " + impl_->prune_problem);
    for (const std::unique_ptr<Source>& source : impl_->sources) {
        const SourceStatus its = source->status();
        if (its.state == SourceState::stopped_by_journal) status.journal_problem = its.detail;
    }
    return status;
}

std::vector<PluginStatus> Engine::plugins() const {
    std::vector<PluginStatus> all;
    for (const auto& [name, runner] : impl_->runners)
        all.push_back(runner->status());
    for (PluginStatus& plugin : impl_->available_plugins())
        all.push_back(std::move(plugin));
    std::sort(all.begin(), all.end(), [](const auto& one, const auto& other) { return one.name < other.name; });
    return all;
}

std::optional<PluginStatus> Engine::plugin(const std::string& name) const {
    if (const std::shared_ptr<PluginRunner> one = impl_->runner(name)) return one->status();
    for (PluginStatus& available : impl_->available_plugins()) {
        if (available.name == name) return std::move(available);
    }
    return std::nullopt;
}

std::vector<SourceStatus> Engine::sources() const {
    std::vector<SourceStatus> all;
    for (const std::unique_ptr<Source>& source : impl_->sources)
        all.push_back(source->status());
    return all;
}

// ── plugins ──────────────────────────────────────────────────────────────────────────────────────────────────────────

void Engine::enable(const std::string& plugin, bool skip_event, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    runner->enable(skip_event, std::move(done));
}

void Engine::disable(const std::string& plugin, const std::string& why, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    runner->disable(why, std::move(done));
}

void Engine::pause(const std::string& plugin, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    runner->pause(std::move(done));
}

void Engine::resume(const std::string& plugin, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    runner->resume(std::move(done));
}

void Engine::reload(const std::string& plugin, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    runner->reload(std::move(done));
}

void Engine::rollback(const std::string& plugin, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    runner->rollback(std::move(done));
}

void Engine::seek(const std::string& plugin, StartRule rule, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    runner->with_consumer_at_rest([rule = std::move(rule)](Consumer& consumer) { consumer.seek(rule); },
                                  std::move(done));
}

void Engine::replay(const std::string& plugin, std::vector<Sequence> events, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    runner->with_consumer_at_rest(
        [events = std::move(events)](Consumer& consumer) {
            for (const Sequence event : events) {
                if (!consumer.replay(event)) {
                    throw std::runtime_error("event " + std::to_string(event.value) +
                                             " is not in the journal (any more); the events before it in your list "
                                             "are replayed");
                }
            }
        },
        std::move(done));
}

void Engine::forget(const std::string& plugin, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    if (!runner->is_absent()) {
        return done(plugin + " has a file in a plugin directory; remove that first, then forget the plugin");
    }
    impl_->release(plugin, [impl = impl_.get(), plugin, done = std::move(done)] {
        impl->ask<bool>([journal = &impl->journal, plugin] { return journal->remove_consumer(plugin); },
                        [done](const std::string& error, bool) { done(error); });
    });
}

void Engine::pause_source(const std::string& name, bool paused, Done done) {
    Source* source = impl_->source(name);
    if (source == nullptr) return done("there is no source " + name + "; `foleyctl sources` lists them");
    source->pause(paused);
    done({});
}

// ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────────

void Engine::events(Sequence after, std::size_t limit, bool tail, std::function<void(std::string, Page)> done) {
    impl_->ask<Page>(
        [journal = &impl_->journal, after, limit, tail] {
            Sequence from = after;
            if (tail) {
                const Sequence head = journal->head();
                from = Sequence{head.value - std::min<std::uint64_t>(head.value, limit)};
            }
            return Page{journal->read(from, limit)};
        },
        std::move(done));
}

void Engine::event(Sequence sequence, std::function<void(std::string, std::shared_ptr<const Event>)> done) {
    impl_->ask<std::shared_ptr<const Event>>([journal = &impl_->journal, sequence] { return journal->find(sequence); },
                                             std::move(done));
}

void Engine::emit(std::vector<Event> events, std::function<void(std::string, AppendResult)> done) {
    impl_->ask<AppendResult>(
        [journal = &impl_->journal, events = std::make_shared<std::vector<Event>>(std::move(events))] {
            AppendResult total;
            // One append has one source: runs of the same source go together.
            for (std::size_t begin = 0; begin < events->size();) {
                std::size_t end = begin;
                while (end < events->size() && (*events)[end].source == (*events)[begin].source)
                    ++end;
                const AppendResult part =
                    journal->append((*events)[begin].source, std::span(events->data() + begin, end - begin));
                total.appended += part.appended;
                total.duplicates += part.duplicates;
                total.head = part.head;
                begin = end;
            }
            return total;
        },
        std::move(done));
}

void Engine::backlog(const std::string& plugin, std::function<void(std::string, std::vector<RetryEntry>)> done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin), {});
    if (!runner->consumer()) return done({}, {});
    constexpr std::size_t kMost = 1000;
    impl_->ask<std::vector<RetryEntry>>([consumer = runner->consumer()] { return consumer->backlog(kMost); },
                                        std::move(done));
}

void Engine::dead_letters(const std::string& plugin,
                          std::function<void(std::string, std::vector<std::pair<std::string, DeadLetter>>)> done) {
    std::vector<std::pair<std::string, std::shared_ptr<Consumer>>> consumers;
    for (const auto& [name, runner] : impl_->runners) {
        if ((plugin.empty() || plugin == name) && runner->consumer()) consumers.emplace_back(name, runner->consumer());
    }
    if (!plugin.empty() && !impl_->runner(plugin)) return done(impl_->no_such_plugin(plugin), {});
    constexpr std::size_t kMost = 1000;
    impl_->ask<std::vector<std::pair<std::string, DeadLetter>>>(
        [consumers] {
            std::vector<std::pair<std::string, DeadLetter>> all;
            for (const auto& [name, consumer] : consumers) {
                for (DeadLetter& letter : consumer->dead_letters(kMost))
                    all.emplace_back(name, std::move(letter));
            }
            return all;
        },
        std::move(done));
}

void Engine::retry_dead_letter(const std::string& plugin, Sequence sequence, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    runner->with_consumer_at_rest(
        [plugin, sequence](Consumer& consumer) {
            if (!consumer.retry_dead_letter(sequence)) {
                throw std::runtime_error(plugin + " has no dead letter " + std::to_string(sequence.value));
            }
        },
        std::move(done));
}

void Engine::drop_dead_letter(const std::string& plugin, Sequence sequence, Done done) {
    const std::shared_ptr<PluginRunner> runner = impl_->runner(plugin);
    if (!runner) return done(impl_->no_such_plugin(plugin));
    if (!runner->consumer()) return done(plugin + " has no dead letters");
    impl_->ask<bool>([consumer = runner->consumer(), sequence] { return consumer->drop_dead_letter(sequence); },
                     [plugin, sequence, done = std::move(done)](const std::string& error, bool found) {
                         if (!error.empty() || found) return done(error);
                         done(plugin + " has no dead letter " + std::to_string(sequence.value));
                     });
}

void Engine::crash_reports(const std::string& plugin, std::size_t limit,
                           std::function<void(std::string, std::vector<CrashReport>)> done) {
    const std::filesystem::path directory = impl_->services.options->state_directory / "crashes";
    impl_->ask<std::vector<CrashReport>>(
        [directory, plugin, limit] { return read_crash_reports(directory, plugin, limit); }, std::move(done));
}

// ── explain ──────────────────────────────────────────────────────────────────────────────────────────────────────────

namespace {

// What is known of one plugin for `explain`, gathered on the engine's thread.
struct ExplainPlugin {
    std::string name;
    std::shared_ptr<Consumer> consumer;
    std::shared_ptr<const FilterSet> filters;
    PluginStatus status;
    std::vector<std::string> own_users;
};

std::string why_unwanted(const ExplainPlugin& plugin, const Event& event) {
    if (!plugin.filters) return {};
    if (plugin.filters->wants(event)) {
        for (const std::string& account : plugin.own_users) {
            if (caused_by(event, account))
                return "skipped: caused by the plugin's own account, " + account + " (own_events: skip)";
        }
        return {};
    }
    std::string why = "not wanted:";
    const std::vector<Filter>& filters = plugin.filters->filters();
    for (std::size_t index = 0; index < filters.size(); ++index) {
        if (index > 0) why += ";";
        why += " filter " + std::to_string(index + 1) + ": " + explain_mismatch(filters[index], event);
    }
    return filters.empty() ? "not wanted: it has no callback for events" : why;
}

std::string explain_for(const ExplainPlugin& plugin, const Event& event) {
    if (!plugin.consumer) return "no place in the journal yet: " + std::string(to_string(plugin.status.state));
    constexpr std::size_t kMost = 100000;
    for (const DeadLetter& letter : plugin.consumer->dead_letters(kMost)) {
        if (letter.event->sequence == event.sequence) return "given up, kept as a dead letter: " + letter.reason;
    }
    for (const RetryEntry& entry : plugin.consumer->backlog(kMost)) {
        if (entry.event->sequence != event.sequence) continue;
        if (entry.state == RetryEntry::State::held) {
            return "held behind event " + std::to_string(entry.behind.value) +
                   ", which waits for a retry and shares an entity with it";
        }
        return "waits for a retry after " + std::to_string(entry.record.attempts) +
               " attempts: " + entry.record.last_reason;
    }
    const std::string unwanted = why_unwanted(plugin, event);
    if (plugin.consumer->finished(event.sequence)) {
        return unwanted.empty() ? "finished (or it came before the plugin's start)" : unwanted;
    }
    if (!unwanted.empty()) return "will be passed over when its turn comes; " + unwanted;
    if (plugin.status.in_callback == event.sequence) return "in a callback now";
    return "waits for its turn; the plugin is " + std::string(to_string(plugin.status.state)) +
           (plugin.status.reason.empty() ? "" : ": " + plugin.status.reason);
}

}  // namespace

void Engine::explain(Sequence sequence,
                     std::function<void(std::string, std::vector<std::pair<std::string, std::string>>)> done) {
    std::vector<ExplainPlugin> plugins;
    for (const auto& [name, runner] : impl_->runners) {
        plugins.push_back({name, runner->consumer(), runner->filters(), runner->status(),
                           impl_->services.own_users(name, runner->options())});
    }
    using Answer = std::vector<std::pair<std::string, std::string>>;
    impl_->ask<Answer>(
        [journal = &impl_->journal, plugins = std::move(plugins), sequence] {
            const std::shared_ptr<const Event> event = journal->find(sequence);
            if (!event) {
                throw std::runtime_error("event " + std::to_string(sequence.value) +
                                         " is not in the journal (any more)");
            }
            Answer answer;
            for (const ExplainPlugin& plugin : plugins) {
                try {
                    answer.emplace_back(plugin.name, explain_for(plugin, *event));
                } catch (const JournalError& error) {  // what is damaged of one hides nothing of the others
                    answer.emplace_back(plugin.name, error.what());
                }
            }
            return answer;
        },
        std::move(done));
}

}  // namespace foley::core
