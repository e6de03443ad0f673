#include "core/hosting/host/host_api.hpp"

#include "core/hosting/host/abi_read.hpp"
#include "core/hosting/json_check.hpp"
#include "core/hosting/printable.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <sys/syscall.h>
#include <unistd.h>

namespace foley::core {
namespace {

constexpr std::size_t kMaxName = 256;
constexpr std::size_t kMaxDeclarations = 10000;
constexpr std::uint32_t kPageOfPairs = 1000;

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

bool good_name(std::string_view name) {
    return !name.empty() && name.size() <= kMaxName && is_utf8(name);
}

Filter filter_of(const foley_filter* given, CallbackKind kind) {
    const foley_filter filter = given != nullptr ? read_struct(given) : foley_filter{};
    return {.kind = kind == CallbackKind::gap ? EventKind::gap : EventKind::site,
            .source = strings(filter.source),
            .type = strings(filter.type),
            .attribute = strings(filter.attribute),
            .entity_type = strings(filter.entity_type),
            .project = strings(filter.project),
            .exclude_project = strings(filter.exclude_project)};
}

}  // namespace

// The C side. An exception here could only be a lack of memory, or a failed send's; it must not cross.
struct HostApi::Functions {
    static HostApi& of(void* self) { return *static_cast<HostApi*>(self); }

    template <class Function>
    static int guarded(void* self, Function function) noexcept {
        try {
            return function(of(self));
        } catch (const ProtocolError& error) {
            of(self).log(FOLEY_LOG_ERROR, error.what());
            of(self).record_.end_host(Ending::protocol);
        } catch (const std::exception&) {
            return FOLEY_EIO;
        }
    }
    static int add_callback(void* self, const foley_callback* callback) noexcept {
        return guarded(self, [&](HostApi& api) {
            return callback == nullptr ? api.invalid("add_callback got no callback") : api.add_callback(*callback);
        });
    }
    static int add_setting(void* self, const foley_setting* setting) noexcept {
        return guarded(self, [&](HostApi& api) {
            return setting == nullptr ? api.invalid("add_setting got no setting") : api.add_setting(*setting);
        });
    }
    static void log(void* self, int32_t level, foley_text text) noexcept {
        guarded(self, [&](HostApi& api) { return api.log(level, view(text)), FOLEY_OK; });
    }
    static void progress(void* self, foley_text what) noexcept {
        guarded(self, [&](HostApi& api) { return api.progress(view(what)), FOLEY_OK; });
    }
    static foley_text settings(void* self) noexcept { return text_of(of(self).settings_); }
    static int site(void* self, foley_text name, foley_text* out) noexcept {
        return guarded(self, [&](HostApi& api) {
            return out == nullptr ? api.invalid("site got nowhere to put its answer") : api.site(view(name), *out);
        });
    }
    static int dry_run(void* self) noexcept { return of(self).dry_run_ ? 1 : 0; }
    static int state_get(void* self, foley_text key, foley_text* out) noexcept {
        return guarded(self, [&](HostApi& api) {
            return out == nullptr ? api.invalid("state_get got nowhere to put its answer")
                                  : api.state_get(view(key), *out);
        });
    }
    static int state_put(void* self, foley_text key, foley_text value) noexcept {
        return guarded(self, [&](HostApi& api) { return api.state_write(view(key), view(value)); });
    }
    static int state_erase(void* self, foley_text key) noexcept {
        return guarded(self, [&](HostApi& api) { return api.state_write(view(key), std::nullopt); });
    }
    static int state_list(void* self, foley_text prefix, foley_text after, size_t limit, void* each_self,
                          void (*each)(void*, foley_text, foley_text)) noexcept {
        return guarded(self,
                       [&](HostApi& api) { return api.state_list(view(prefix), view(after), limit, each_self, each); });
    }
    static int reply(void* self, foley_text json) noexcept {
        return guarded(self, [&](HostApi& api) { return api.reply(view(json)); });
    }
};

HostApi::HostApi(Channel& channel, RecordWriter& record, std::function<void(const Frame&)> on_other_frame)
    : channel_(channel), record_(record), on_other_frame_(std::move(on_other_frame)) {
    abi_.size = sizeof abi_;
    abi_.abi_major = FOLEY_ABI_MAJOR;
    abi_.abi_minor = FOLEY_ABI_MINOR;
    abi_.self = this;
    abi_.add_callback = Functions::add_callback;
    abi_.add_setting = Functions::add_setting;
    abi_.log = Functions::log;
    abi_.progress = Functions::progress;
    abi_.settings = Functions::settings;
    abi_.site = Functions::site;
    abi_.dry_run = Functions::dry_run;
    abi_.state_get = Functions::state_get;
    abi_.state_put = Functions::state_put;
    abi_.state_erase = Functions::state_erase;
    abi_.state_list = Functions::state_list;
    abi_.reply = Functions::reply;
}

int HostApi::invalid(const std::string& sentence) {
    log(FOLEY_LOG_ERROR, sentence);
    return FOLEY_EINVAL;
}

bool HostApi::on_main_thread() const noexcept {
    return ::syscall(SYS_gettid) == ::getpid();
}

// ── registration ─────────────────────────────────────────────────────────────────────────────────────────────────

int HostApi::add_callback(const foley_callback& given) {
    if (!registering_) return FOLEY_ELATE;
    const foley_callback callback = read_struct(&given);
    const std::string name(view(callback.name));
    if (!good_name(name)) return invalid("a callback needs a name of 1 to 256 bytes of UTF-8");
    if (callback.call == nullptr) return invalid("the callback " + name + " has no function");
    if (callback.kind < FOLEY_CALLBACK_EVENT || callback.kind > FOLEY_CALLBACK_TIMER) {
        return invalid("the callback " + name + " is of the unknown kind " + std::to_string(callback.kind));
    }
    if (callback.on_error < FOLEY_ON_ERROR_DEFAULT || callback.on_error > FOLEY_ON_ERROR_HOLD) {
        return invalid("the callback " + name + " has the unknown error policy " + std::to_string(callback.on_error));
    }
    CallbackDeclaration declaration;
    declaration.name = name;
    declaration.kind = CallbackKind{static_cast<std::uint8_t>(callback.kind)};
    if (declaration.kind == CallbackKind::timer && callback.interval < 1000) {
        return invalid("the timer " + name + " has an interval under a millisecond");
    }
    if (declared_.size() >= kMaxDeclarations) return FOLEY_ETOOBIG;
    if (callback.on_error != FOLEY_ON_ERROR_DEFAULT) {
        declaration.on_error = OnError{static_cast<std::uint8_t>(callback.on_error - 1)};
    }
    declaration.interval = std::chrono::microseconds{callback.interval};
    declaration.filter = filter_of(given.filter, declaration.kind);
    declared_.push_back(std::move(declaration));
    callbacks_.push_back({callback.self, callback.call});
    return FOLEY_OK;
}

int HostApi::add_setting(const foley_setting& given) {
    if (!registering_) return FOLEY_ELATE;
    const foley_setting setting = read_struct(&given);
    const std::string name(view(setting.name));
    if (!good_name(name)) return invalid("a setting needs a name of 1 to 256 bytes of UTF-8");
    if (setting.type < FOLEY_SETTING_BOOLEAN || setting.type > FOLEY_SETTING_CHOICE) {
        return invalid("the setting " + name + " is of the unknown type " + std::to_string(setting.type));
    }
    const auto same_name = [&](const SettingDeclaration& other) { return other.name == name; };
    if (std::any_of(settings_declared_.begin(), settings_declared_.end(), same_name)) {
        return invalid("the setting " + name + " is declared twice");
    }
    if (settings_declared_.size() >= kMaxDeclarations) return FOLEY_ETOOBIG;
    SettingDeclaration declaration{
        .name = name,
        .type = SettingType{static_cast<std::uint8_t>(setting.type)},
        .required = setting.required != 0,
        .description = printable(view(setting.description)),
        .default_value = setting.required != 0 ? "" : std::string(view(setting.default_value)),
        .minimum = std::string(view(setting.minimum)),
        .maximum = std::string(view(setting.maximum)),
        .choices = strings(setting.choices)};
    if (const auto why = why_not_a_setting(declaration)) return invalid(*why);
    settings_declared_.push_back(std::move(declaration));
    return FOLEY_OK;
}

Hello HostApi::close_registration(const foley_plugin& plugin) {
    registering_ = false;
    return {.abi_major = FOLEY_ABI_MAJOR,
            .abi_minor = FOLEY_ABI_MINOR,
            .sdk_version = printable(view(plugin.sdk_version)),
            .compiler = printable(view(plugin.compiler)),
            .callbacks = declared_,
            .settings = settings_declared_};
}

// ── settings and sites ───────────────────────────────────────────────────────────────────────────────────────────

void HostApi::configure(const StartFrame& start) {
    settings_ = start.settings_json;
    dry_run_ = start.dry_run;
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(start.sites_json.c_str(), start.sites_json.size());
    if (document.HasParseError() || !document.IsArray()) throw std::runtime_error("the sites are not a JSON array");
    for (const auto& site : document.GetArray()) {
        if (!site.IsObject() || !site.HasMember("name") || !site["name"].IsString()) {
            throw std::runtime_error("a site is not a JSON object with a name");
        }
        rapidjson::StringBuffer buffer;
        rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
        site.Accept(writer);
        sites_.emplace_back(std::string(site["name"].GetString(), site["name"].GetStringLength()),
                            std::string(buffer.GetString(), buffer.GetSize()));
    }
    configured_ = true;
}

int HostApi::site(std::string_view name, foley_text& out) const {
    if (!configured_) return FOLEY_ELATE;
    for (const auto& [known, json] : sites_) {
        if (!name.empty() && known != name) continue;
        out = text_of(json);
        return FOLEY_OK;
    }
    return FOLEY_ENOTFOUND;
}

// ── log, progress, reply ─────────────────────────────────────────────────────────────────────────────────────────

void HostApi::log(int level, std::string_view text) {
    std::string frame;
    encode_log(frame, level, SystemClock().now(), record_.sequence(), utf8_prefix(text, kMaxText));
    channel_.send(frame);
}

void HostApi::progress(std::string_view what) {
    record_.progress();
    // The clock is restarted each time; the text goes out once a second.
    const std::int64_t now = now_ms();
    std::int64_t last = last_progress_.load(std::memory_order_relaxed);
    if (what.empty() || now - last < 1000 || !last_progress_.compare_exchange_strong(last, now)) return;
    std::string frame;
    encode_text(frame, FrameType::progress, utf8_prefix(what, 4096));
    channel_.send(frame);
}

int HostApi::reply(std::string_view json) {
    if (event_ == nullptr || !on_main_thread()) return FOLEY_ELATE;
    if (event_->deadline == 0 || SystemClock().now().time_since_epoch().count() > event_->deadline) return FOLEY_ELATE;
    if (json.size() > kMaxReply) return FOLEY_ETOOBIG;
    if (!is_json(json)) return invalid("a reply must be JSON; this one was not sent");
    std::string frame;
    encode(frame, ReplyFrame{event_->sequence, std::string(json)});
    channel_.send(frame);
    return FOLEY_OK;
}

// ── key-value store ──────────────────────────────────────────────────────────────────────────────────────────────

bool HostApi::may_use_state(const char* function) {
    const Phase phase = record_.phase();
    const bool in_call = phase == Phase::on_start || phase == Phase::event || phase == Phase::timer;
    if (in_call && on_main_thread()) return true;
    log(FOLEY_LOG_ERROR, std::string(function) +
                             " works only inside of a callback or on_start, on the thread that called it, because "
                             "writes become durable together with the callback's outcome");
    return false;
}

std::string HostApi::await(FrameType type) {
    for (;;) {
        const Frame frame = channel_.receive();
        if (frame.type == type) return std::string(frame.body);
        on_other_frame_(frame);
    }
}

int HostApi::state_get(std::string_view key, foley_text& out) {
    if (!may_use_state("state_get")) return FOLEY_ELATE;
    if (key.empty() || key.size() > kMaxKey) return invalid("a key of the key-value store has 1 to 1024 bytes");
    std::optional<std::string> value;
    if (const StateOverlay::Value* written = overlay_.find(key)) {
        value = *written;
    } else {
        std::string request;
        encode(request, StateGetFrame{++requests_, std::string(key)});
        channel_.send(request);
        StateValueFrame answer = decode_state_value(await(FrameType::state_value));
        if (answer.request != requests_) throw ProtocolError("the daemon answered a question that was not asked");
        value = std::move(answer.value);
    }
    if (!value) return FOLEY_ENOTFOUND;
    value_ = std::move(*value);
    out = text_of(value_);
    return FOLEY_OK;
}

int HostApi::state_write(std::string_view key, std::optional<std::string_view> value) {
    if (!may_use_state(value ? "state_put" : "state_erase")) return FOLEY_ELATE;
    if (key.empty() || key.size() > kMaxKey) return invalid("a key of the key-value store has 1 to 1024 bytes");
    if (value && value->size() > kMaxValue) return FOLEY_ETOOBIG;
    const bool fits = overlay_.write(key, value ? StateOverlay::Value(std::string(*value)) : std::nullopt);
    return fits ? FOLEY_OK : FOLEY_ETOOBIG;
}

StatePairsFrame HostApi::fetch(std::string_view prefix, std::string_view after, std::uint32_t limit) {
    std::string request;
    encode(request, StateListFrame{++requests_, std::string(prefix), std::string(after), limit});
    channel_.send(request);
    StatePairsFrame answer = decode_state_pairs(await(FrameType::state_pairs));
    if (answer.request != requests_) throw ProtocolError("the daemon answered a question that was not asked");
    return answer;
}

std::map<std::string, std::string> HostApi::list(std::string_view prefix, std::string_view after, std::size_t limit) {
    const auto written = overlay_.range(prefix, after);
    std::map<std::string, std::string> pairs;
    std::string cursor(after);
    bool all = false;  // the daemon has nothing behind the cursor
    while (pairs.size() < limit && !all) {
        const auto wanted = static_cast<std::uint32_t>(std::min<std::size_t>(limit, kPageOfPairs));
        StatePairsFrame page = fetch(prefix, cursor, wanted);
        all = page.pairs.empty() || (!page.more && page.pairs.size() < wanted);
        if (!page.pairs.empty()) cursor = page.pairs.back().first;
        for (auto& pair : page.pairs) {
            if (!written.contains(pair.first)) pairs.insert(std::move(pair));
        }
    }
    for (const auto& [key, value] : written) {
        if (value && (all || key <= cursor)) pairs.emplace(key, *value);
    }
    return pairs;
}

int HostApi::state_list(std::string_view prefix, std::string_view after, std::size_t limit, void* each_self,
                        void (*each)(void*, foley_text, foley_text)) {
    if (!may_use_state("state_list")) return FOLEY_ELATE;
    if (each == nullptr) return invalid("state_list got no function to call");
    if (prefix.size() > kMaxKey || after.size() > kMaxKey) return invalid("a key of the key-value store is too long");
    std::size_t left = limit;
    for (const auto& [key, value] : list(prefix, after, limit)) {
        if (left-- == 0) break;
        each(each_self, text_of(key), text_of(value));
    }
    return FOLEY_OK;
}

}  // namespace foley::core
