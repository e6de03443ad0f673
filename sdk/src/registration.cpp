#include "registration.hpp"

#include "abi_text.hpp"
#include "setting_json.hpp"

#include <algorithm>

namespace foley::detail {
namespace {

constexpr Duration kShortestInterval = std::chrono::milliseconds{1};

// Runs a function of the plugin; whatever it throws becomes an outcome.
template <typename Function>
Outcome guarded(Function&& function) {
    try {
        return function();
    } catch (const SiteError& error) {
        return error.transient() ? retry(error.what()) : failed(error.what());
    } catch (const std::exception& error) {
        return failed(error.what());
    } catch (...) {
        return failed("threw something that is not a std::exception");
    }
}

void check_accepted(int code, const std::string& what) {
    if (code == FOLEY_OK) return;
    throw Error("the host refused " + what + " (code " + std::to_string(code) + "); its log says why.");
}

}  // namespace

void Registration::add_event(Filter filter, EventFunction function, CallbackOptions options) {
    if (!function) throw Error("registrar.on() was given an empty function.");
    const std::string type = filter.type.texts().empty() ? "*" : filter.type.texts().front();
    add({this, FOLEY_CALLBACK_EVENT, {}, {}, std::move(filter), {}, std::move(function)}, options,
        "on #" + std::to_string(callbacks_.size() + 1) + " " + type);
}

void Registration::add_gap(Patterns source, GapFunction function, CallbackOptions options) {
    if (!function) throw Error("registrar.on_gap() was given an empty function.");
    Filter filter;
    filter.source = std::move(source);
    add({this, FOLEY_CALLBACK_GAP, {}, {}, std::move(filter), {}, std::move(function)}, options, "on_gap");
}

void Registration::add_timer(Duration interval, ContextFunction function, CallbackOptions options) {
    if (!function) throw Error("registrar.every() was given an empty function.");
    if (interval < kShortestInterval) {
        throw Error("registrar.every(): an interval of " + std::to_string(interval.count()) +
                    " microseconds is too short; the shortest is 1 ms.");
    }
    add({this, FOLEY_CALLBACK_TIMER, {}, {}, {}, interval, std::move(function)}, options, "every");
}

void Registration::set_start(ContextFunction function) {
    if (start_) throw Error("registrar.on_start() was called twice; a plugin has one start.");
    start_ = std::move(function);
}

void Registration::set_stop(std::function<void(Context&)> function) {
    if (stop_) throw Error("registrar.on_stop() was called twice; a plugin has one stop.");
    stop_ = std::move(function);
}

bool Registration::has_name(std::string_view name) const {
    return std::any_of(callbacks_.begin(), callbacks_.end(), [&](const Callback& each) { return each.name == name; });
}

// Names are unique, so that a report and a kept retry mean one callback. A name that the author chose twice is refused;
// a name that the SDK chose gets a number.
void Registration::add(Callback callback, const CallbackOptions& options, const std::string& default_name) {
    callback.on_error = options.on_error;
    if (!options.name.empty() && !options.name_is_derived) {
        if (has_name(options.name)) throw Error("two callbacks are named \"" + options.name + "\".");
        callback.name = options.name;
    } else {
        const std::string& base = options.name.empty() ? default_name : options.name;
        callback.name = base;
        for (int n = 2; has_name(callback.name); ++n)
            callback.name = base + " #" + std::to_string(n);
    }
    callbacks_.push_back(std::move(callback));
}

std::shared_ptr<SettingSlot> Registration::add_setting(SettingSlot slot) {
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    if (slot.name.empty() || !std::all_of(slot.name.begin(), slot.name.end(), is_part)) {
        throw Error("a setting cannot be named \"" + slot.name + "\"; use letters, digits, _ and -.");
    }
    for (const auto& other : settings_) {
        if (other->name == slot.name) throw Error("setting " + slot.name + ": it is declared twice.");
    }
    settings_.push_back(std::make_shared<SettingSlot>(std::move(slot)));
    return settings_.back();
}

void Registration::announce() {
    for (const auto& setting : settings_)
        announce_setting(*setting);
    for (auto& callback : callbacks_)
        announce_callback(callback);
}

void Registration::announce_setting(SettingSlot& slot) {
    slot.sealed = true;
    const std::string default_value = slot.required ? std::string() : setting_json(slot.value);
    const TextList choices(slot.choices);
    foley_setting setting{};
    setting.size = sizeof(setting);
    setting.type = slot.type;
    setting.required = slot.required ? 1 : 0;
    setting.name = to_abi(slot.name);
    setting.description = to_abi(slot.description);
    setting.default_value = to_abi(default_value);
    setting.minimum = to_abi(slot.minimum);
    setting.maximum = to_abi(slot.maximum);
    setting.choices = choices.abi();
    check_accepted(host_.add_setting(host_.self, &setting), "setting " + slot.name);
}

void Registration::announce_callback(Callback& callback) {
    const Filter& filter = callback.filter;
    const TextList source(filter.source.texts());
    const TextList type(filter.type.texts());
    const TextList attribute(filter.attribute.texts());
    const TextList entity_type(filter.entity_type.texts());
    const TextList project(filter.project.texts());
    const TextList exclude_project(filter.exclude_project.texts());
    foley_callback to{};
    to.size = sizeof(to);
    to.kind = callback.kind;
    to.on_error = static_cast<std::int32_t>(callback.on_error);
    to.name = to_abi(callback.name);
    foley_filter wanted{};
    wanted.size = sizeof(wanted);
    wanted.source = source.abi();
    wanted.type = type.abi();
    wanted.attribute = attribute.abi();
    wanted.entity_type = entity_type.abi();
    wanted.project = project.abi();
    wanted.exclude_project = exclude_project.abi();
    to.filter = &wanted;
    to.interval = callback.interval.count();
    to.self = &callback;
    to.call = &Registration::call;
    check_accepted(host_.add_callback(host_.self, &to), "callback " + callback.name);
}

void Registration::fill(foley_plugin& plugin) noexcept {
    plugin.self = this;
    plugin.start = &Registration::start;
    plugin.stop = &Registration::stop;
}

void Registration::read_settings() {
    const std::string_view text = from_abi(host_.settings(host_.self));
    const json::Document configured = json::parse(text.empty() ? "{}" : text);
    for (const auto& setting : settings_)
        setting->read(json::member(configured, setting->name));
}

Outcome Registration::run(Callback& callback, const foley_event* event) {
    if (auto* timer = std::get_if<ContextFunction>(&callback.function)) {
        Context context(host_, {});
        return (*timer)(context);
    }
    if (auto* on_gap = std::get_if<GapFunction>(&callback.function)) {
        const Gap gap(*event);
        Context context(host_, gap.site());
        return (*on_gap)(gap, context);
    }
    const Event view(*event);
    Context context(host_, view.site());
    Outcome outcome = std::get<EventFunction>(callback.function)(view, context);
    return outcome;
}

void Registration::report(Outcome outcome, foley_outcome& to) {
    last_ = std::move(outcome);
    to.code = static_cast<std::int32_t>(last_.kind());
    to.backoff = last_.backoff() ? 1 : 0;
    to.delay = std::max<std::int64_t>(last_.delay().count(), 0);
    to.why = to_abi(last_.why());
}

void Registration::call(void* self, const foley_event* event, foley_outcome* outcome) noexcept {
    auto& callback = *static_cast<Callback*>(self);
    Outcome result = guarded([&] { return callback.owner->run(callback, event); });
    if (result.kind() == Outcome::Kind::again_after && callback.kind != FOLEY_CALLBACK_TIMER) {
        result = failed("returned again_after(), which is for timers; for an event use retry_after().");
    }
    callback.owner->report(std::move(result), *outcome);
}

void Registration::start(void* self, foley_outcome* outcome) noexcept {
    auto& registration = *static_cast<Registration*>(self);
    registration.report(guarded([&] {
                            registration.read_settings();
                            if (!registration.start_) return done();
                            Context context(registration.host_, {});
                            return registration.start_(context);
                        }),
                        *outcome);
}

void Registration::stop(void* self) noexcept {
    auto& registration = *static_cast<Registration*>(self);
    if (!registration.stop_) return;
    const Outcome outcome = guarded([&] {
        Context context(registration.host_, {});
        registration.stop_(context);
        return done();
    });
    if (outcome.kind() != Outcome::Kind::done) registration.logger_.write(FOLEY_LOG_ERROR, "on_stop: " + outcome.why());
}

}  // namespace foley::detail
