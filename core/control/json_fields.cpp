#include "core/control/json_fields.hpp"

#include "core/hosting/printable.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace foley::core {
namespace {

std::string_view to_string(EventKind kind) noexcept {
    return kind == EventKind::gap ? "gap" : "site";
}

void write_texts(JsonText& out, std::string_view name, const std::vector<std::string>& texts) {
    out.key(name).open_array();
    for (const std::string& text : texts)
        out.text(text);
    out.close_array();
}

void write_clause(JsonText& out, std::string_view name, const std::vector<std::string>& alternatives) {
    if (!alternatives.empty()) write_texts(out, name, alternatives);
}

void write_filter(JsonText& out, const Filter& filter) {
    out.key("filter").open_object();
    write_clause(out, "source", filter.source);
    write_clause(out, "type", filter.type);
    write_clause(out, "attribute", filter.attribute);
    write_clause(out, "entity_type", filter.entity_type);
    write_clause(out, "project", filter.project);
    write_clause(out, "exclude_project", filter.exclude_project);
    out.close_object();
}

void write_callback(JsonText& out, const CallbackDeclaration& callback) {
    out.open_object().field("name", callback.name).field("kind", to_string(callback.kind));
    if (callback.kind == CallbackKind::timer) {
        out.field("interval_us", std::int64_t{callback.interval.count()});
    } else {
        write_filter(out, callback.filter);
    }
    if (callback.on_error) out.field("on_error", to_string(*callback.on_error));
    out.close_object();
}

void write_setting(JsonText& out, const SettingDeclaration& setting) {
    out.open_object().field("name", setting.name).field("type", to_string(setting.type));
    out.field("required", setting.required).field("description", setting.description);
    if (!setting.default_value.empty()) out.raw_field("default", setting.default_value);
    if (!setting.minimum.empty()) out.raw_field("minimum", setting.minimum);
    if (!setting.maximum.empty()) out.raw_field("maximum", setting.maximum);
    write_clause(out, "choices", setting.choices);
    out.close_object();
}

void write_counts(JsonText& out, const PluginStatus& status) {
    out.key("counts").open_object();
    out.field("delivered", status.delivered).field("done", status.done).field("ignored", status.ignored);
    out.field("retried", status.retried).field("failed", status.failed).field("expired", status.expired);
    out.field("own_skipped", status.own_skipped).field("unwanted", status.unwanted);
    out.field("crashes", status.crashes).field("reloads", status.reloads);
    out.close_object();
}

void write_progress(JsonText& out, const PluginStatus& status, Timestamp now) {
    const ConsumerInfo& consumer = status.consumer;
    out.field("position", consumer.position).field("newest_finished", consumer.newest_finished);
    out.key("lag").open_object().field("events", status.lag_events);
    const bool behind = status.lag_events > 0 && consumer.oldest_unread_at && *consumer.oldest_unread_at < now;
    const auto seconds =
        behind ? std::chrono::duration_cast<std::chrono::seconds>(now - *consumer.oldest_unread_at).count() : 0;
    out.field("seconds", std::int64_t{seconds}).close_object();
    out.field("in_flight", status.in_flight).field("in_callback", status.in_callback);
    out.key("backlog").open_object().field("retries", consumer.retries).field("held", consumer.held);
    out.field("next_retry_at", consumer.next_retry_at).close_object();
    out.field("dead_letters", consumer.dead_letters);
}

}  // namespace

JsonText& JsonText::open_object() {
    writer_.StartObject();
    return *this;
}

JsonText& JsonText::close_object() {
    writer_.EndObject();
    return *this;
}

JsonText& JsonText::open_array() {
    writer_.StartArray();
    return *this;
}

JsonText& JsonText::close_array() {
    writer_.EndArray();
    return *this;
}

JsonText& JsonText::key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
}

JsonText& JsonText::text(std::string_view value) {
    if (!is_utf8(value)) {
        const std::string mended = printable(value);
        writer_.String(mended.data(), static_cast<rapidjson::SizeType>(mended.size()));
    } else {
        writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
    return *this;
}

JsonText& JsonText::field(std::string_view name, std::string_view value) {
    return key(name).text(value);
}

JsonText& JsonText::field(std::string_view name, bool value) {
    key(name);
    writer_.Bool(value);
    return *this;
}

JsonText& JsonText::field(std::string_view name, std::uint64_t value) {
    key(name);
    writer_.Uint64(value);
    return *this;
}

JsonText& JsonText::field(std::string_view name, std::int64_t value) {
    key(name);
    writer_.Int64(value);
    return *this;
}

JsonText& JsonText::field(std::string_view name, Timestamp value) {
    return field(name, to_text(value));
}

JsonText& JsonText::null_field(std::string_view name) {
    key(name);
    writer_.Null();
    return *this;
}

JsonText& JsonText::raw_field(std::string_view name, std::string_view json) {
    key(name);
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
}

std::string to_text(Timestamp time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                       fmt::gmtime(static_cast<std::time_t>(seconds.time_since_epoch().count())),
                       (time - seconds).count());
}

void write(JsonText& out, const EngineStatus& status) {
    out.field("started_at", status.started_at);
    out.key("journal").open_object();
    out.field("id", status.journal.id).field("generation", status.journal.generation);
    out.field("unclean", status.journal.unclean).field("oldest", status.journal.oldest);
    out.field("head", status.journal.head).field("events", status.journal.events);
    out.field("bytes", status.journal.bytes).field("problem", status.journal_problem);
    out.close_object();
    write_texts(out, "notes", status.notes);
}

void write(JsonText& out, const PluginStatus& status, Timestamp now, bool whole) {
    out.open_object().field("name", status.name).field("state", to_string(status.state));
    out.field("reason", status.reason).field("waits_for", status.waits_for).field("since", status.since);
    out.field("file", status.file).field("build", status.build);
    out.field("shadowed", status.shadowed).field("reload_problem", status.reload_problem);
    if (status.pid) {
        out.field("pid", std::int64_t{*status.pid});
    } else {
        out.null_field("pid");
    }
    out.field("dry_run", status.dry_run);
    write_progress(out, status, now);
    write_counts(out, status);
    out.field("last_error", status.last_error).field("last_crash", status.last_crash);
    if (whole && status.hello) {
        out.key("library");
        write(out, *status.hello);
    }
    out.close_object();
}

void write(JsonText& out, const SourceStatus& status) {
    out.open_object().field("name", status.name).field("kind", status.kind).field("state", to_string(status.state));
    out.field("detail", status.detail).field("since", status.since);
    out.field("events", status.events).field("duplicates", status.duplicates).field("set_aside", status.set_aside);
    out.field("reconnects", status.reconnects).field("last_event_at", status.last_event_at);
    out.field("last_heard_at", status.last_heard_at).field("next_try", status.next_try);
    out.field("open_gaps", status.open_gaps);
    out.key("more").open_object();
    for (const auto& [name, value] : status.more)
        out.field(name, value);
    out.close_object().close_object();
}

void write(JsonText& out, const Event& event, bool with_payload) {
    out.open_object().field("sequence", event.sequence).field("source", event.source).field("id", event.id);
    out.field("kind", to_string(event.kind)).field("shape", to_string(event.shape)).field("type", event.type);
    out.field("user", event.user);
    write_texts(out, "projects", event.projects);
    out.key("changes").open_array();
    for (const Change& change : event.changes) {
        out.open_object().field("entity_type", change.entity_type).field("entity_id", change.entity_id);
        out.field("attribute", change.attribute).field("action", change.action).close_object();
    }
    out.close_array();
    out.field("received_at", event.received_at).field("deadline", event.deadline);
    out.field("payload_bytes", std::uint64_t{event.payload.size()});
    if (with_payload) out.raw_field("payload", event.payload.empty() ? "null" : std::string_view(event.payload));
    out.close_object();
}

void write(JsonText& out, const AttemptRecord& record) {
    out.field("attempts", std::uint64_t{record.attempts});
    const bool failed = record.first_failed_at != Timestamp{};
    out.field("first_failed_at", failed ? std::optional(record.first_failed_at) : std::nullopt);
    out.field("last_reason", record.last_reason);
}

void write(JsonText& out, const Hello& hello) {
    out.open_object();
    out.field("abi", fmt::format("{}.{}", hello.abi_major, hello.abi_minor));
    out.field("sdk_version", hello.sdk_version).field("compiler", hello.compiler);
    out.key("callbacks").open_array();
    for (const CallbackDeclaration& callback : hello.callbacks)
        write_callback(out, callback);
    out.close_array().key("settings").open_array();
    for (const SettingDeclaration& setting : hello.settings)
        write_setting(out, setting);
    out.close_array().close_object();
}

}  // namespace foley::core
