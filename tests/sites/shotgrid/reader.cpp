#include "tests/sites/shotgrid/reader.hpp"

#include "tests/sites/shotgrid/fault.hpp"
#include "tests/sites/shotgrid/filter.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace foley::sim::shotgrid {

namespace {

struct Sort {
    Path path;
    bool descending;
};

// What cannot be sorted by is passed over, as the site does it.
std::vector<Sort> sorts_of(const json::Value& parameters, const Store& store, const Type& type) {
    std::vector<Sort> out;
    const auto& sent = json::member(parameters, "sorts");
    if (!sent.IsArray()) return out;
    for (const auto& sort : sent.GetArray()) {
        auto path = store.resolve(type, json::text_or_empty(sort, "field_name"));
        if (!path || path->last().type == DataType::serializable || path->last().type == DataType::multi_entity)
            continue;
        out.push_back({std::move(*path), json::text_or_empty(sort, "direction") == "desc"});
    }
    return out;
}

bool by_id(const Sort& sort) {
    return sort.path.hops.empty() && sort.path.field == 0;
}

// Links by their display name, all else by value.
Value sort_key(const Value& value, const Store& store) {
    if (const auto* link = std::get_if<Link>(&value)) return store.display_name(*link);
    if (const auto* flag = std::get_if<bool>(&value)) return std::int64_t{*flag ? 1 : 0};
    if (const auto* text = std::get_if<std::string>(&value)) return lower_case(*text);
    return value;
}

bool key_less(const Value& a, const Value& b) {
    if (a.index() != b.index()) return a.index() < b.index();  // null first
    if (const auto* number = std::get_if<std::int64_t>(&a)) return *number < std::get<std::int64_t>(b);
    if (const auto* number = std::get_if<double>(&a)) return *number < std::get<double>(b);
    if (const auto* text = std::get_if<std::string>(&a)) return *text < std::get<std::string>(b);
    return false;
}

void sort_rows(std::vector<const Row*>& rows, const std::vector<Sort>& sorts, const Store& store) {
    std::stable_sort(rows.begin(), rows.end(), [&](const Row* a, const Row* b) {
        for (const auto& sort : sorts) {
            const auto left = sort_key(store.at(*a, sort.path), store);
            const auto right = sort_key(store.at(*b, sort.path), store);
            if (key_less(left, right)) return !sort.descending;
            if (key_less(right, left)) return sort.descending;
        }
        return false;
    });
}

// Calls `see` for the rows that the filter's ids allow, in order of id, until it says false.
void visit(const Rows& rows, const IdRange& range, bool descending, const std::function<bool(const Row&)>& see) {
    if (range.listed) {
        auto ids = *range.listed;
        if (descending) std::reverse(ids.begin(), ids.end());
        for (const auto id : ids) {
            const auto found = rows.find(id);
            if (found != rows.end() && !see(found->second)) return;
        }
        return;
    }
    if (range.low > range.high) return;
    const auto first = rows.lower_bound(range.low);
    const auto last = rows.upper_bound(range.high);
    if (descending) {
        for (auto at = last; at != first;) {
            if (!see((--at)->second)) return;
        }
    } else {
        for (auto at = first; at != last; ++at) {
            if (!see(at->second)) return;
        }
    }
}

std::size_t number_at(const json::Value& parameters, std::string_view name, std::size_t otherwise) {
    const auto number = json::integer(json::find(parameters, "paging", name));
    return number && *number > 0 ? static_cast<std::size_t>(*number) : otherwise;
}

std::vector<std::string> fields_of(const json::Value& parameters) {
    std::vector<std::string> out;
    const auto& sent = json::member(parameters, "return_fields");
    if (sent.IsArray()) {
        for (const auto& field : sent.GetArray())
            out.emplace_back(json::text_or_empty(field));
    }
    return out;
}

}  // namespace

std::string read(const json::Value& parameters, const Store& store, std::size_t page_limit,
                 std::chrono::sys_seconds now) {
    const auto& type = store.schema().get(json::text_or_empty(parameters, "type"), "read");
    const auto filter = parse_filter(json::member(parameters, "filters"), store, type);
    const auto sorts = sorts_of(parameters, store, type);
    const bool retired = json::text_or_empty(parameters, "return_only") == "retired";
    const auto& archived = json::member(parameters, "include_archived_projects");
    const bool hide_archived = archived.IsBool() && !archived.GetBool();
    const auto archive = store.resolve(type, "project.Project.archived");
    const auto size = std::min(number_at(parameters, "entities_per_page", page_limit), page_limit);
    const auto page = number_at(parameters, "current_page", 1);
    const bool counts = json::is_true(json::member(parameters, "return_paging_info"));

    // In order of id, the rows before the page need only be counted, and those after it not even that.
    const bool in_order = sorts.empty() || by_id(sorts.front());
    const auto skipped = (page - 1) * size;
    std::vector<const Row*> found;
    std::size_t seen = 0;
    visit(store.rows(type.name), id_range(filter), !sorts.empty() && in_order && sorts.front().descending,
          [&](const Row& row) {
              if (row.retired != retired || !matches(filter, store, row, now)) return true;
              if (hide_archived && archive && store.at(row, *archive) == Value(true)) return true;
              ++seen;
              if (!in_order || (seen > skipped && found.size() < size)) found.push_back(&row);
              return counts || !in_order || seen <= skipped + size;
          });
    if (!in_order) {
        sort_rows(found, sorts, store);
        found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, found.size())));
        found.resize(std::min(size, found.size()));
    }

    const auto fields = fields_of(parameters);
    std::string out = R"({"entities":[)";
    for (const auto* row : found) {
        if (out.back() != '[') out += ',';
        out += store.entity_json(type, *row, fields);
    }
    out += R"(],"paging_info":{"current_page":)" + std::to_string(page) + R"(,"entities_per_page":)" +
           std::to_string(size);
    if (counts) {
        out += R"(,"entity_count":)" + std::to_string(seen) + R"(,"page_count":)" +
               std::to_string((seen + size - 1) / size);
    } else {
        out += std::string(R"(,"has_next_page":)") + (seen > skipped + size ? "true" : "false");
    }
    return out + "}}";
}

}  // namespace foley::sim::shotgrid
