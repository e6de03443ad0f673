#include "core/engine/plugin_memo.hpp"

#include "core/os/files.hpp"

#include <foley/json.hpp>

#include <stdexcept>

namespace foley::core {

PluginMemo PluginMemo::load(const std::filesystem::path& file) {
    PluginMemo memo;
    if (!std::filesystem::exists(file)) return memo;
    try {
        const json::Document document = json::parse(read_file(file));
        memo.paused = json::is_true(json::member(document, "paused"));
        memo.last_crash = json::text_or_empty(document, "last_crash");
        const json::Value& builds = json::member(document, "good_builds");
        for (std::size_t index = 0; builds.IsArray() && index < builds.Size(); ++index) {
            memo.good_builds.emplace_back(json::text_or_empty(json::element(builds, index)));
        }
        const json::Value& disabled = json::member(document, "disabled");
        if (disabled.IsObject()) {
            const auto number = [&](const char* name) {
                return json::integer(json::member(disabled, name)).value_or(0);
            };
            memo.disabled = Disabled{std::string(json::text_or_empty(disabled, "reason")),
                                     std::string(json::text_or_empty(disabled, "build")),
                                     Sequence{static_cast<std::uint64_t>(number("event"))},
                                     Timestamp(std::chrono::microseconds(number("since")))};
        }
    } catch (const json::ParseError& error) {
        throw std::runtime_error(file.string() + " is damaged: " + error.what() +
                                 "; remove it to forget whether the plugin was disabled or paused");
    }
    return memo;
}

void PluginMemo::save(const std::filesystem::path& file) const {
    std::filesystem::create_directories(file.parent_path());
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    if (disabled) {
        writer.Key("disabled");
        writer.StartObject();
        writer.Key("reason");
        writer.String(disabled->reason);
        writer.Key("build");
        writer.String(disabled->build);
        writer.Key("event");
        writer.Uint64(disabled->event.value);
        writer.Key("since");
        writer.Int64(disabled->since.time_since_epoch().count());
        writer.EndObject();
    }
    writer.Key("paused");
    writer.Bool(paused);
    writer.Key("last_crash");
    writer.String(last_crash);
    writer.Key("good_builds");
    writer.StartArray();
    for (const std::string& build : good_builds)
        writer.String(build);
    writer.EndArray();
    writer.EndObject();
    write_file_atomically(file, {buffer.GetString(), buffer.GetSize()});
}

}  // namespace foley::core
