#include "shotgrid_read.hpp"

#include "foreign_answer.hpp"
#include "shotgrid_answer.hpp"
#include "shotgrid_batch.hpp"

#include <foley/site/error.hpp>

#include <utility>

namespace foley::site {

ShotgridInfo read_info(rapidjson::Document document, const std::string& subject) {
    ShotgridInfo out;
    for (std::size_t i = 0; i < out.version.size(); ++i) {
        const auto part = json::integer(json::find(document, "version", i));
        if (!part || *part < 0 || *part > 1'000'000)
            throw NotJsonError(subject + ": the answer names no version, so this is not a ShotGrid site",
                               json::stringify(document).substr(0, kHead));
        out.version.at(i) = static_cast<unsigned>(*part);
    }
    if (!out.is_at_least(2, 4, 0))
        throw ServerError(subject + ": the site is older than 2.4.0 and has no JSON API", "too old");
    const auto limit = json::integer(json::member(document, "api_max_entities_per_page")).value_or(0);
    if (limit > 0) out.page_limit = static_cast<std::size_t>(limit);
    out.json = std::move(document);
    return out;
}

std::string read_parameters(const ShotgridQuery& query, const ShotgridInfo& info, std::size_t size, std::size_t page,
                            bool pages_follow) {
    shotgrid::check_type(query.type);
    std::string out = R"({"type":)" + json::quote(query.type) + R"(,"return_fields":)" +
                      shotgrid::name_list(query.fields) + R"(,"filters":)" + query.filter.json() +
                      R"(,"return_only":)" + (query.retired ? R"("retired")" : R"("active")") +
                      R"(,"paging":{"entities_per_page":)" + std::to_string(size) + R"(,"current_page":)" +
                      std::to_string(page) + "}";
    std::string sorts;
    for (const auto& sort : query.order)
        sorts += (sorts.empty() ? "" : ",") + (R"({"field_name":)" + json::quote(sort.field)) + R"(,"direction":)" +
                 (sort.descending ? R"("desc"})" : R"("asc"})");
    if (!sorts.empty()) out += R"(,"sorts":[)" + sorts + "]";
    if (info.is_at_least(3, 3, 0)) out += R"(,"api_return_image_urls":true)";
    if (!query.archived_projects && info.is_at_least(5, 3, 14)) out += R"(,"include_archived_projects":false)";
    out += info.is_at_least(7, 4, 0) ? R"(,"return_paging_info_without_counts":)" : R"(,"return_paging_info":)";
    return out + (pages_follow ? "true}" : "false}");
}

bool ShotgridRead::has_more(std::size_t seen) const noexcept {
    if (next) return *next;
    return count && *count > static_cast<std::int64_t>(seen);
}

ShotgridRead read_results(rapidjson::Document answer, const std::string& subject) {
    ShotgridRead out;
    const auto found = answer.IsObject() ? answer.FindMember("entities") : rapidjson::Value::MemberIterator();
    if (!answer.IsObject() || found == answer.MemberEnd() || !found->value.IsArray()) {
        const auto text = json::stringify(answer);
        throw NotJsonError(subject + ": the answer has no list of entities: " + head_of(text), text.substr(0, kHead));
    }
    const auto& next = json::find(answer, "paging_info", "has_next_page");
    if (next.IsBool()) out.next = next.GetBool();
    out.count = json::integer(json::find(answer, "paging_info", "entity_count"));
    std::size_t index = 0;
    for (auto& entity : found->value.GetArray()) {
        if (unescape_entity(entity, answer.GetAllocator())) out.changed.push_back(index);
        ++index;
    }
    rapidjson::Value list = std::move(found->value);
    static_cast<rapidjson::Value&>(answer) = std::move(list);
    out.entities = std::move(answer);
    return out;
}

}  // namespace foley::site
