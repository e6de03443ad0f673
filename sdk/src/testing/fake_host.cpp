#include "fake_host.hpp"

#include "../abi_text.hpp"

namespace foley::testing {
namespace {

using detail::from_abi;
using detail::read_struct;
using detail::to_abi;

constexpr std::size_t kMaxKey = 1024;
constexpr std::size_t kMaxValue = std::size_t{1} << 20U;
constexpr std::size_t kMaxLog = std::size_t{64} << 10U;

std::vector<std::string> texts_of(const foley_text_list& list) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < list.count; ++i)
        texts.emplace_back(from_abi(list.items[i]));
    return texts;
}

int check_key(std::string_view key) {
    if (key.empty()) return FOLEY_EINVAL;
    return key.size() > kMaxKey ? FOLEY_ETOOBIG : FOLEY_OK;
}

}  // namespace

FakeHost::FakeHost() {
    host_.size = sizeof(host_);
    host_.abi_major = FOLEY_ABI_MAJOR;
    host_.abi_minor = FOLEY_ABI_MINOR;
    host_.self = this;
    host_.add_callback = &FakeHost::add_callback;
    host_.add_setting = &FakeHost::add_setting;
    host_.log = &FakeHost::write_log;
    host_.progress = &FakeHost::note_progress;
    host_.settings = &FakeHost::all_settings;
    host_.site = &FakeHost::site;
    host_.dry_run = &FakeHost::is_dry_run;
    host_.state_get = &FakeHost::state_get;
    host_.state_put = &FakeHost::state_put;
    host_.state_erase = &FakeHost::state_erase;
    host_.state_list = &FakeHost::state_list;
    host_.reply = &FakeHost::reply;
}

void FakeHost::begin(bool someone_waits) {
    in_callback_ = true;
    someone_waits_ = someone_waits;
    written_.clear();
}

void FakeHost::end(const Outcome& outcome) {
    in_callback_ = false;
    if (outcome.kind() != Outcome::Kind::failed) state = visible_state();
    written_.clear();
}

void FakeHost::freeze_settings() {
    settings_text_ = "{";
    for (const auto& [name, value] : configured) {
        settings_text_ += (settings_text_.size() > 1 ? "," : "") + json::quote(name) + ":" + value;
    }
    settings_text_ += "}";
}

std::vector<LogLine> FakeHost::log() const {
    const std::lock_guard lock(mutex_);
    return log_;
}

std::vector<std::string> FakeHost::progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
}

int FakeHost::add_callback(void* self, const foley_callback* from) {
    FakeHost& host = of(self);
    if (!host.registering) return FOLEY_ELATE;
    const foley_callback callback = read_struct(*from);
    if (!callback.call || callback.name.size == 0) return FOLEY_EINVAL;
    const foley_filter filter = callback.filter != nullptr ? read_struct(*callback.filter) : foley_filter{};
    host.callbacks.push_back({std::string(from_abi(callback.name)), callback.kind,
                              static_cast<OnError>(callback.on_error),
                              Filter{.type = texts_of(filter.type),
                                     .attribute = texts_of(filter.attribute),
                                     .entity_type = texts_of(filter.entity_type),
                                     .project = texts_of(filter.project),
                                     .exclude_project = texts_of(filter.exclude_project),
                                     .source = texts_of(filter.source)},
                              Duration{callback.interval}});
    host.calls.push_back({callback.self, callback.call});
    return FOLEY_OK;
}

int FakeHost::add_setting(void* self, const foley_setting* from) {
    FakeHost& host = of(self);
    if (!host.registering) return FOLEY_ELATE;
    const foley_setting setting = read_struct(*from);
    if (setting.name.size == 0) return FOLEY_EINVAL;
    host.settings.push_back({std::string(from_abi(setting.name)), setting.type, setting.required != 0,
                             std::string(from_abi(setting.description)), std::string(from_abi(setting.default_value)),
                             std::string(from_abi(setting.minimum)), std::string(from_abi(setting.maximum)),
                             texts_of(setting.choices)});
    return FOLEY_OK;
}

void FakeHost::write_log(void* self, std::int32_t level, foley_text text) {
    FakeHost& host = of(self);
    const std::lock_guard lock(host.mutex_);
    host.log_.push_back({level, std::string(from_abi(text).substr(0, kMaxLog))});
}

void FakeHost::note_progress(void* self, foley_text what) {
    FakeHost& host = of(self);
    const std::lock_guard lock(host.mutex_);
    host.progress_.emplace_back(from_abi(what));
}

foley_text FakeHost::all_settings(void* self) {
    return to_abi(of(self).settings_text_);
}

int FakeHost::site(void* self, foley_text name, foley_text* out) {
    const FakeHost& host = of(self);
    const auto found = host.sites.find(name.size == 0 ? host.default_site : std::string(from_abi(name)));
    if (found == host.sites.end()) return FOLEY_ENOTFOUND;
    *out = to_abi(found->second);
    return FOLEY_OK;
}

int FakeHost::is_dry_run(void* self) {
    return of(self).dry_run ? 1 : 0;
}

FakeHost::Pairs FakeHost::visible_state() const {
    Pairs visible = state;
    for (const auto& [key, value] : written_) {
        if (value) {
            visible[key] = *value;
        } else {
            visible.erase(key);
        }
    }
    return visible;
}

int FakeHost::write_state(std::string_view key, std::optional<std::string> value) {
    if (const int code = check_key(key); code != FOLEY_OK) return code;
    if (value && value->size() > kMaxValue) return FOLEY_ETOOBIG;
    if (!in_callback_) return FOLEY_ELATE;
    written_[std::string(key)] = std::move(value);
    return FOLEY_OK;
}

int FakeHost::state_get(void* self, foley_text key, foley_text* out) {
    FakeHost& host = of(self);
    if (const int code = check_key(from_abi(key)); code != FOLEY_OK) return code;
    if (!host.in_callback_) return FOLEY_ELATE;
    const Pairs visible = host.visible_state();
    const auto found = visible.find(std::string(from_abi(key)));
    if (found == visible.end()) return FOLEY_ENOTFOUND;
    host.read_ = found->second;
    *out = to_abi(host.read_);
    return FOLEY_OK;
}

int FakeHost::state_put(void* self, foley_text key, foley_text value) {
    return of(self).write_state(from_abi(key), std::string(from_abi(value)));
}

int FakeHost::state_erase(void* self, foley_text key) {
    return of(self).write_state(from_abi(key), {});
}

int FakeHost::state_list(void* self, foley_text prefix, foley_text after, std::size_t limit, void* each_self,
                         void (*each)(void* each_self, foley_text key, foley_text value)) {
    const FakeHost& host = of(self);
    if (!host.in_callback_) return FOLEY_ELATE;
    const Pairs visible = host.visible_state();
    auto at = visible.lower_bound(std::string(from_abi(prefix)));
    if (after.size > 0 && from_abi(after) >= from_abi(prefix)) at = visible.upper_bound(std::string(from_abi(after)));
    for (; at != visible.end() && limit > 0 && at->first.starts_with(from_abi(prefix)); ++at, --limit) {
        each(each_self, to_abi(at->first), to_abi(at->second));
    }
    return FOLEY_OK;
}

int FakeHost::reply(void* self, foley_text text) {
    FakeHost& host = of(self);
    if (!host.someone_waits_ || !host.in_callback_) return FOLEY_ELATE;
    try {
        static_cast<void>(json::parse(from_abi(text)));
    } catch (const json::ParseError&) {
        return FOLEY_EINVAL;
    }
    host.replies.emplace_back(from_abi(text));
    return FOLEY_OK;
}

}  // namespace foley::testing
