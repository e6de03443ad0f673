// The section `sources`: one function for each kind.
#include "core/config/sections.hpp"
#include "core/config/units.hpp"

#include <algorithm>

namespace foley::core {
namespace {

using namespace std::chrono_literals;

FtrackSourceConfig read_ftrack_source(MapReader& reader) {
    FtrackSourceConfig source;
    if (reader.require("site") != nullptr) reader.read("site", source.site);
    reader.read("topics", source.topics);
    reader.read("subscriptions", source.subscriptions);
    reader.read("interactive", source.interactive);
    reader.read_duration("reply_deadline", source.reply_deadline, 1s, 1h);
    if (source.topics.empty() && source.subscriptions.empty()) {
        reader.problems().add(reader.position(), reader.name("topics") + ": nothing to subscribe to");
    }
    return source;
}

FileSourceConfig read_file_source(MapReader& reader) {
    FileSourceConfig source;
    if (reader.require("path") != nullptr) reader.read("path", source.path);
    reader.read_choice<Shape>(
        "shape", source.shape,
        {{"plain", Shape::plain}, {"ftrack", Shape::ftrack}, {"shotgrid", Shape::shotgrid}, {"ayon", Shape::ayon}});
    reader.read_choice<bool>("start", source.from_start, {{"end", false}, {"beginning", true}});
    reader.read("site", source.site);
    return source;
}

void read_start_mapping(MapReader& source, const YamlNode& node, ShotgridStartConfig& start) {
    Problems& problems = source.problems();
    MapReader reader(&node, source.name("start"), source.context(), problems);
    const YamlNode* id = reader.find("id");
    const YamlNode* time = reader.find("time");
    reader.finish();
    if ((id == nullptr) == (time == nullptr)) {
        problems.add(node.position(), source.name("start") + ": expected latest, earliest, {id: number} or {time: …}");
        return;
    }
    if (id != nullptr) {
        start.kind = ShotgridStartConfig::Kind::id;
        reader.read_number("id", start.id, std::uint64_t{1}, std::uint64_t{1} << 62);
        return;
    }
    const auto value = time->kind == YamlNode::Kind::scalar ? parse_time(time->text) : std::nullopt;
    if (!value) {
        problems.add(time->position(), reader.name("time") + ": expected a time such as 2026-11-21T09:30:00Z, found '" +
                                           time->text + "'");
        return;
    }
    start.kind = ShotgridStartConfig::Kind::time;
    start.time = *value;
}

void read_start(MapReader& reader, ShotgridStartConfig& start) {
    using Kind = ShotgridStartConfig::Kind;
    const YamlNode* node = reader.find("start");
    if (node != nullptr && node->kind == YamlNode::Kind::map) {
        read_start_mapping(reader, *node, start);
    } else {
        reader.read_choice<Kind>("start", start.kind, {{"latest", Kind::latest}, {"earliest", Kind::earliest}});
    }
}

// What is taken and left out by the same word would never be seen, and nobody means that.
void check_contradiction(MapReader& reader, const std::string& key, const std::vector<std::string>& taken,
                         const std::vector<std::string>& left_out) {
    for (const std::string& word : left_out) {
        if (std::find(taken.begin(), taken.end(), word) == taken.end()) continue;
        reader.problems().add(reader.find(key)->position(),
                              reader.name(key) + ": " + word + " is asked for and left out at once");
    }
}

ShotgridSourceConfig read_shotgrid_source(MapReader& reader) {
    ShotgridSourceConfig source;
    if (reader.require("site") != nullptr) reader.read("site", source.site);
    read_start(reader, source.start);
    reader.read("projects", source.projects);
    reader.read("exclude_projects", source.exclude_projects);
    reader.read("without_project", source.without_project);
    reader.read("types", source.types);
    reader.read("exclude_types", source.exclude_types);
    reader.read_choice<bool>("own_events", source.skip_own_events, {{"take", false}, {"skip", true}});
    reader.read_duration("poll", source.poll, 50ms, 1h);
    source.poll_idle = std::max(source.poll_idle, source.poll);
    reader.read_duration("poll_idle", source.poll_idle, 50ms, 1h);
    reader.read_number("page", source.page, std::uint32_t{1}, std::uint32_t{5000});
    reader.read_duration("gap_timeout", source.gap_timeout, 1s, 24h);
    reader.read_duration("gap_recheck", source.gap_recheck, 1s, 24h);
    reader.read_duration("gap_recheck_for", source.gap_recheck_for, 0s, 24h * 30);
    source.webhook = read_webhook(reader);
    if (source.poll_idle < source.poll) {
        reader.problems().add(reader.find("poll_idle")->position(),
                              reader.name("poll_idle") + ": must not be shorter than " + reader.name("poll"));
    }
    check_contradiction(reader, "exclude_projects", source.projects, source.exclude_projects);
    check_contradiction(reader, "exclude_types", source.types, source.exclude_types);
    return source;
}

}  // namespace

SourceConfig read_source(const YamlEntry& entry, const ReadingContext& context, Problems& problems) {
    SourceConfig source;
    source.name = entry.key;
    MapReader reader(&entry.value, "sources." + entry.key, context, problems);
    std::string kind;
    if (reader.require("kind") != nullptr) {
        reader.read_choice<std::string>("kind", kind,
                                        {{"ftrack", "ftrack"}, {"shotgrid", "shotgrid"}, {"file", "file"}});
    }
    if (kind == "ftrack") source.kind = read_ftrack_source(reader);
    if (kind == "shotgrid") source.kind = read_shotgrid_source(reader);
    if (kind == "file") source.kind = read_file_source(reader);
    if (!kind.empty()) reader.finish();  // of an unknown kind it cannot be said which keys are wrong
    return source;
}

}  // namespace foley::core
