#include "hammertrack/placements.hpp"

#include <foley/json.hpp>

#include <array>
#include <cstdint>
#include <cstdio>

namespace hammertrack {
namespace {

constexpr std::size_t kPage = 500;
const std::string kEntities = "e/";
const std::string kPaths = "p/";
const std::string kAbove = "a/";
const std::string kQueue = "q/";

std::uint64_t fnv(std::string_view text, std::uint64_t hash) noexcept {
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001B3U;
    }
    return hash;
}

// A path may be longer than a key. Two paths of one hash are told apart by the value.
std::string path_prefix(const SharePath& path) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%016llx%016llx",
                  static_cast<unsigned long long>(fnv(path.text(), 0xCBF29CE484222325U)),
                  static_cast<unsigned long long>(fnv(path.text(), 0x9E3779B97F4A7C15U)));
    return kPaths + text.data() + "/";
}

std::string above_prefix(const std::string& id) {
    return kAbove + id + "/";
}

std::string to_json(const Placement& placement) {
    foley::rapidjson::StringBuffer buffer;
    foley::json::Writer writer(buffer);
    writer.StartObject();
    writer.Key("paths");
    writer.StartArray();
    for (const auto& path : placement.paths)
        writer.String(path.text());
    writer.EndArray();
    writer.Key("above");
    writer.StartArray();
    for (const auto& id : placement.above)
        writer.String(id);
    writer.EndArray();
    if (!placement.behind.empty()) {
        writer.Key("behind");
        writer.StartObject();
        for (const auto& [path, since] : placement.behind) {
            writer.Key(path.text().c_str());
            writer.Int64(since.time_since_epoch().count());
        }
        writer.EndObject();
    }
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

Placement from_json(const std::string& text) {
    const auto document = foley::json::parse(text);
    Placement placement;
    const auto& paths = foley::json::member(document, "paths");
    const auto& above = foley::json::member(document, "above");
    if (paths.IsArray()) {
        for (const auto& path : paths.GetArray())
            placement.paths.insert(SharePath::relative(foley::json::text_or_empty(path)));
    }
    if (above.IsArray()) {
        for (const auto& id : above.GetArray())
            placement.above.emplace(foley::json::text_or_empty(id));
    }
    if (const auto& behind = foley::json::member(document, "behind"); behind.IsObject()) {
        for (const auto& each : behind.GetObject()) {
            const std::chrono::seconds since(foley::json::integer(each.value).value_or(0));
            placement.behind.emplace(SharePath::relative(foley::json::text_or_empty(each.name)), since);
        }
    }
    return placement;
}

std::optional<Entity> entity_in(const std::string& key, std::size_t prefix) {
    return key.size() < prefix ? std::nullopt : entity_from(std::string_view(key).substr(prefix));
}

}  // namespace

std::optional<Placement> Placements::find(const Entity& entity) const {
    const auto text = memory_.get(kEntities + to_text(entity));
    if (!text) return std::nullopt;
    return from_json(*text);
}

void Placements::put(const Entity& entity, const Placement& placement) {
    const std::string name = to_text(entity);
    const std::string text = to_json(placement);
    const auto before = memory_.get(kEntities + name);
    if (before == text) return;
    const Placement old = before ? from_json(*before) : Placement();
    for (const auto& path : old.paths) {
        if (placement.paths.count(path) == 0) memory_.erase(path_prefix(path) + name);
    }
    for (const auto& id : old.above) {
        if (placement.above.count(id) == 0) memory_.erase(above_prefix(id) + name);
    }
    for (const auto& path : placement.paths)
        memory_.put(path_prefix(path) + name, path.text());
    for (const auto& id : placement.above)
        memory_.put(above_prefix(id) + name, "");
    memory_.put(kEntities + name, text);
}

void Placements::erase(const Entity& entity) {
    const auto before = find(entity);
    if (!before) return;
    const std::string name = to_text(entity);
    for (const auto& path : before->paths)
        memory_.erase(path_prefix(path) + name);
    for (const auto& id : before->above)
        memory_.erase(above_prefix(id) + name);
    memory_.erase(kEntities + name);
}

std::set<Entity> Placements::listed(const std::string& prefix, const SharePath* path) const {
    std::set<Entity> entities;
    std::string after;
    while (true) {
        const auto page = memory_.list(prefix, after, kPage);
        for (const auto& [key, value] : page) {
            if (path != nullptr && value != path->text()) continue;
            if (const auto entity = entity_in(key, prefix.size())) entities.insert(*entity);
        }
        if (page.size() < kPage) return entities;
        after = page.back().first;
    }
}

std::set<Entity> Placements::at(const SharePath& path) const {
    return listed(path_prefix(path), &path);
}

std::set<Entity> Placements::beneath(const std::string& id) const {
    return listed(above_prefix(id), nullptr);
}

std::vector<Entity> Placements::next(std::string& after, std::size_t limit) const {
    std::vector<Entity> entities;
    for (const auto& [key, value] : memory_.list(kEntities, after, limit)) {
        after = key;
        if (auto entity = entity_in(key, kEntities.size())) entities.push_back(std::move(*entity));
    }
    return entities;
}

void Placements::enqueue(const Entity& entity) {
    memory_.put(kQueue + to_text(entity), "");
}

void Placements::dequeue(const Entity& entity) {
    memory_.erase(kQueue + to_text(entity));
}

std::vector<Entity> Placements::queued(std::size_t limit) const {
    std::vector<Entity> entities;
    for (const auto& [key, value] : memory_.list(kQueue, "", limit)) {
        if (auto entity = entity_in(key, kQueue.size())) entities.push_back(std::move(*entity));
    }
    return entities;
}

}  // namespace hammertrack
