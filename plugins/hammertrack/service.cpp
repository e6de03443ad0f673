#include "hammertrack/service.hpp"

#include "hammertrack/command_store.hpp"
#include "hammertrack/errors.hpp"
#include "hammertrack/gateway_store.hpp"
#include "hammertrack/state_memory.hpp"
#include "hammertrack/xattr_store.hpp"

#include <algorithm>

namespace hammertrack {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kAtOnce = 50;       // entities that are followed together
constexpr std::size_t kInline = 200;      // more than these beneath one renamed thing are left to the timer
constexpr std::size_t kShownReasons = 3;  // of several, in an outcome

int level_of(Level level) noexcept {
    switch (level) {
        case Level::debug:
            return FOLEY_LOG_DEBUG;
        case Level::info:
            return FOLEY_LOG_INFO;
        case Level::warning:
            return FOLEY_LOG_WARNING;
        case Level::error:
            break;
    }
    return FOLEY_LOG_ERROR;
}

std::shared_ptr<LabelStore> make_store(const Settings& settings) {
    switch (settings.store) {
        case StoreKind::command:
            // The program is ended before the operation is given up on.
            return std::make_shared<CommandStore>(settings.hs_program, settings.operation_timeout * 9 / 10);
        case StoreKind::xattr:
            return std::make_shared<XattrStore>(settings.xattr_prefix);
        case StoreKind::gateway:
            break;
    }
    return std::make_shared<GatewayStore>();
}

// What the memory of placements depends on.
std::string fingerprint(const Settings& settings, const Storage& storage) {
    std::string text = settings.attribute_key + "|" + storage.root + "|" + storage.location + "|" +
                       (settings.task_path == TaskPath::parent ? "parent" : "task");
    for (const EntityKind kind : settings.kinds)
        text += kind == EntityKind::task ? "|tasks" : "|versions";
    return text;
}

std::string joined(const std::vector<std::string>& sentences) {
    std::string text;
    for (std::size_t i = 0; i < std::min(sentences.size(), kShownReasons); ++i)
        text += (i > 0 ? " " : "") + sentences[i];
    if (sentences.size() > kShownReasons) text += " And " + std::to_string(sentences.size() - kShownReasons) + " more.";
    return text;
}

// Whatever was asked: nothing can be until someone or time has mended it.
bool is_away(const foley::SiteError& error) noexcept {
    using Kind = foley::SiteError::Kind;
    const bool said_by_site = error.kind() == Kind::server;
    return (error.transient() && !said_by_site) || error.kind() == Kind::authentication || error.kind() == Kind::tls;
}

}  // namespace

struct Service::Call {
    Call(Service& service, foley::Context& from)
        : context(from), state(from.state()), placements(memory_of(service, state)), owner(service) {}

    Memory& memory() { return memory_of(owner, state); }
    Follower follower(Follower::Options options) {
        options.task_path = owner.settings_->task_path;
        options.progress = [this](const std::string& what) { context.progress(what); };
        return {*owner.tracker_, *owner.share_, *owner.labeller_,  owner.settings_->menu,
                placements,      owner.log_,    std::move(options)};
    }

    foley::Context& context;
    StateMemory state;
    Placements placements;
    Service& owner;

private:
    static Memory& memory_of(Service& service, StateMemory& state) {
        if (!service.dry_run_) return state;
        service.pretended_.rebase(&state);
        return service.pretended_;
    }
};

Log Service::make_log(foley::Context& context) {
    return [logger = context.log()](Level level, const std::string& text) { logger.write(level_of(level), text); };
}

template <typename Function>
foley::Outcome Service::guarded(Function function) {
    const auto hold = settings_ ? settings_->hold : 30s;
    try {
        return function();
    } catch (const ShareAway& error) {
        return foley::hold(hold, error.what());
    } catch (const foley::SiteError& error) {
        if (is_away(error) || !site_answers())
            return foley::hold(hold, std::string("ftrack does not answer as it should. ") + error.what());
        // It answers, but not this: an event can name anything. What may yet work is tried again for a day.
        if (error.transient()) return foley::retry(error.what());
        throw;
    }
}

// Whether the site answers what it always could: the attribute, and of one entity that has it the value and the place.
bool Service::site_answers() {
    try {
        attribute_ids_->read();
        for (const EntityKind kind : settings_->kinds) {
            std::vector<Entity> known;
            for (const auto& [entity, values] : tracker_->page(kind, "", 1).rows)
                known.push_back(entity);
            tracker_->values(known);
            tracker_->locate(known);
        }
        return true;
    } catch (const foley::SiteError&) {
        return false;
    }
}

// Nothing has worked with this site yet, so whatever it says may be the weather: a database that is starting, the page
// of a proxy. Only what is wrong in the settings is refused.
foley::Outcome Service::start(foley::Context& context) {
    try {
        prepare(context);
    } catch (const std::invalid_argument& error) {
        return foley::failed(error.what());
    } catch (const foley::SiteError& error) {  // the client's: nothing has been sent
        return foley::failed(error.what());
    }
    try {
        assemble(context);
        return foley::done();
    } catch (const NoStorage& error) {
        return foley::failed(error.what());
    } catch (const ShareAway& error) {
        return foley::hold(settings_->hold, error.what());
    } catch (const foley::SiteError& error) {
        return foley::hold(settings_->hold, std::string("ftrack does not answer as it should. ") + error.what());
    }
}

void Service::prepare(foley::Context& context) {
    log_ = make_log(context);
    dry_run_ = context.dry_run();
    settings_ = handles_.read();
    foley::site::FtrackOptions options;
    options.total_timeout = settings_->site_timeout;
    options.attempts = 3;
    options.longest_delay = 2s;
    options.log = [logger = context.log()](int level, const std::string& text) { logger.write(level, text); };
    site_ = std::make_unique<foley::site::Ftrack>(context.site(settings_->site), std::move(options));
}

void Service::assemble(foley::Context& context) {
    storage_ = storage_of(site_->storage(), settings_->mount, settings_->location,
                          settings_->kinds.count(EntityKind::version) != 0);
    tracker_ = std::make_unique<FtrackTracker>(
        *site_, FtrackTracker::Options{settings_->task_path, storage_->location, storage_->prefix});
    attribute_ = std::make_unique<AttributeSetup>(
        *site_,
        AttributeOptions{settings_->attribute_key, settings_->attribute_name, attribute_menu(settings_->menu),
                         dry_run_ ? AttributeMode::check : settings_->attribute, settings_->kinds},
        log_);
    share_ =
        std::make_unique<Share>(Share::Options{storage_->root, settings_->operation_timeout, settings_->share_check},
                                make_store(*settings_), settings_->menu.options().front().label, log_);
    share_->prove();
    next_check_ = Clock::now() + settings_->share_check;
    attribute_ids_ = std::make_unique<AttributeIds>(*attribute_, *tracker_, settings_->kinds);
    attribute_ids_->ensure();
    labeller_ = std::make_unique<Labeller>(*share_, settings_->menu, dry_run_, log_);
    reconcile_ = std::make_unique<Reconcile>(Reconcile::Options{settings_->kinds, settings_->reconcile_slice,
                                                                settings_->reconcile_interval,
                                                                fingerprint(*settings_, *storage_)});
    Call call(*this, context);
    reconcile_->load(call.memory());
    reconcile_->request();
    log_(Level::info, "following \"" + settings_->attribute_key + "\" on " + site_->url() + ", labelling beneath " +
                          storage_->root + (dry_run_ ? " (dry run: nothing is changed)" : ""));
}

void Service::stop() noexcept {
    labeller_.reset();
    share_.reset();
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    const TouchedOptions options{settings_->attribute_key, settings_->kinds.count(EntityKind::task) != 0,
                                 settings_->kinds.count(EntityKind::version) != 0, storage_->location};
    const Touched touched = read_touched(event.type(), event.json(), options);
    for (const auto& type : touched.foreign) {
        if (!foreign_said_.insert(type).second) continue;
        log_(Level::warning, "\"" + settings_->attribute_key + "\" changed on a " + type +
                                 ", which is not among the entities that are labelled.");
    }
    if (touched.empty()) return foley::ignored("nothing that concerns labels or places");
    return guarded([&] {
        Call call(*this, context);
        const auto entities = entities_of(touched, call);
        if (entities.empty()) return foley::ignored("nothing of it has labels");
        return follow(entities, touched, event, call);
    });
}

std::vector<Entity> Service::entities_of(const Touched& touched, Call& call) {
    std::set<Entity> entities = touched.relabelled;
    add_beneath(touched.above, entities, call);
    std::set<Entity> candidates = touched.placed;
    for (const auto& component : touched.components) {
        add_beneath({component}, entities, call);
        if (auto version = tracker_->version_of_component(component)) candidates.insert(std::move(*version));
    }
    add_if_labelled(candidates, entities, call);
    return {entities.begin(), entities.end()};
}

void Service::add_beneath(const std::set<std::string>& ids, std::set<Entity>& entities, Call& call) {
    for (const auto& id : ids) {
        if (!foley::site::ftrack::is_id(id)) continue;
        const auto beneath = call.placements.beneath(id);
        if (beneath.size() <= kInline) {
            entities.insert(beneath.begin(), beneath.end());
            continue;
        }
        for (const Entity& entity : beneath)
            call.placements.enqueue(entity);
        queue_ = true;
        log_(Level::info,
             std::to_string(beneath.size()) + " entities beneath " + id + " are looked at in between events.");
    }
}

// What appeared or moved concerns the share only when it has labels, or had some.
void Service::add_if_labelled(const std::set<Entity>& candidates, std::set<Entity>& entities, Call& call) {
    std::vector<Entity> unknown;
    for (const Entity& entity : candidates) {
        if (entities.count(entity) != 0) continue;
        if (call.placements.find(entity)) {
            entities.insert(entity);
        } else {
            unknown.push_back(entity);
        }
    }
    if (unknown.empty()) return;
    for (const auto& [entity, values] : tracker_->values(unknown)) {
        if (!values.empty()) entities.insert(entity);
    }
}

foley::Outcome Service::follow(const std::vector<Entity>& entities, const Touched& touched, const foley::Event& event,
                               Call& call) {
    const bool late = std::chrono::system_clock::now() - event.received_at() >= settings_->missing_for;
    Follower::Options options;
    options.removal = reconcile_->removal();
    options.wait_for_missing = !late;
    options.cause = "event " + std::string(event.id());
    options.learns_more = [&](const std::set<Entity>& asked, const std::map<Entity, Values>& values) {
        return attribute_ids_->learn(touched, asked, values, Clock::now());
    };
    if (entities.size() > kAtOnce && options.removal == Removal::allowed) {
        // What one part gives up another may want: all is added before anything is removed.
        Follower::Options first = options;
        first.removal = Removal::not_yet;
        follow_in_parts(entities, std::move(first), call);
    }
    const FollowReport report = follow_in_parts(entities, options, call);
    for (const auto& sentence : report.unknown)
        log_(Level::error, sentence);
    for (const auto& sentence : report.refused)
        log_(Level::error, sentence + " (" + options.cause + ")");
    return outcome_of(report, late);
}

FollowReport Service::follow_in_parts(const std::vector<Entity>& entities, Follower::Options options, Call& call) {
    Follower follower = call.follower(std::move(options));
    FollowReport report;
    for (std::size_t begin = 0; begin < entities.size(); begin += kAtOnce) {
        const auto end = std::min(entities.size(), begin + kAtOnce);
        report.merge(follower.follow({entities.begin() + static_cast<std::ptrdiff_t>(begin),
                                      entities.begin() + static_cast<std::ptrdiff_t>(end)}));
    }
    return report;
}

foley::Outcome Service::outcome_of(const FollowReport& report, bool late) const {
    if (!report.rejected.empty()) return foley::failed(joined(report.rejected));
    if (!report.unsettled.empty()) return foley::retry(joined(report.unsettled));
    if (report.missing.empty()) return foley::done();
    if (!late) return foley::retry(joined(report.missing));
    log_(Level::warning, joined(report.missing) + " The reconciliation will label it when it appears.");
    return foley::done();
}

foley::Outcome Service::on_gap(const foley::Gap& gap, foley::Context& context) {
    Call call(*this, context);
    reconcile_->request(call.memory());
    log_(Level::info, "the source \"" + std::string(gap.source()) + "\" may have missed events (" + gap.reason() +
                          "): comparing all");
    return foley::done();
}

foley::Outcome Service::tick(foley::Context& context) {
    if (Clock::now() < paused_until_) return foley::done();
    std::string away;
    try {
        Call call(*this, context);
        const bool more = work(call);
        if (!away_.empty()) log_(Level::info, "back to work after: " + away_);
        away_.clear();
        return more ? foley::again_after() : foley::done();
    } catch (const ShareAway& error) {
        away = error.what();
    } catch (const foley::SiteError& error) {
        away = std::string("ftrack does not answer as it should. ") + error.what();
    }
    if (away != away_) log_(Level::warning, "waiting: " + away);
    away_ = std::move(away);
    paused_until_ = Clock::now() + settings_->hold;
    return foley::done();
}

// True: there is more to do.
bool Service::work(Call& call) {
    if (Clock::now() >= next_check_) {
        share_->prove();
        next_check_ = Clock::now() + settings_->share_check;
    }
    if (attribute_ids_->catch_up(Clock::now())) reconcile_->request(call.memory());
    if (queue_ && drain_queue(call)) return true;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (!reconcile_->due(now)) return false;
    if (!reconcile_->under_way()) attribute_ids_->read();
    const auto follower = [&](Removal removal) {
        Follower::Options options;
        options.removal = removal;
        options.cause = "reconciliation";
        return call.follower(std::move(options));
    };
    reconcile_->step({call.memory(), *tracker_, call.placements, follower, log_}, now);
    return reconcile_->under_way();
}

bool Service::drain_queue(Call& call) {
    const auto entities = call.placements.queued(kAtOnce);
    queue_ = !entities.empty();
    if (!queue_) return false;
    Follower::Options options;
    options.removal = reconcile_->removal();
    options.cause = "a rename or move above it";
    const auto report = call.follower(std::move(options)).follow(entities);
    for (const auto* list : {&report.rejected, &report.refused, &report.unknown}) {
        for (const auto& sentence : *list)
            log_(Level::error, sentence);
    }
    // What is not there yet, or was refused, stays remembered, and the reconciliation comes by.
    for (const Entity& entity : entities)
        call.placements.dequeue(entity);
    return true;
}

}  // namespace hammertrack
