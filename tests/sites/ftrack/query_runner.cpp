#include "tests/sites/ftrack/query.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace foley::sim {

namespace {

using Allocator = json::Document::AllocatorType;

std::optional<double> number_of(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// "%" stands for anything, without regard to case.
bool like(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) return text.empty();
    if (pattern[0] == '%') {
        for (std::size_t skip = 0; skip <= text.size(); ++skip) {
            if (like(text.substr(skip), pattern.substr(1))) return true;
        }
        return false;
    }
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return !text.empty() && low(text[0]) == low(pattern[0]) && like(text.substr(1), pattern.substr(1));
}

class Runner {
public:
    Runner(const Store& store, bool denormalize, Allocator& allocator)
        : store_(store), denormalize_(denormalize), allocator_(allocator) {}

    bool matches(const Criteria& criteria, const Entity& entity) const {
        const auto term = [&](const auto& inner) { return matches(*inner, entity); };
        switch (criteria.kind) {
            case Criteria::Kind::all:
                return std::all_of(criteria.terms.begin(), criteria.terms.end(), term);
            case Criteria::Kind::any:
                return std::any_of(criteria.terms.begin(), criteria.terms.end(), term);
            case Criteria::Kind::negation:
                return !matches(*criteria.terms[0], entity);
            case Criteria::Kind::related: {
                const auto others = follow(entity, criteria.path, criteria.path.size());
                return std::any_of(others.begin(), others.end(),
                                   [&](const Entity* other) { return matches(*criteria.terms[0], *other); });
            }
            case Criteria::Kind::condition:
                break;
        }
        return compare(criteria, entity);
    }

    // The texts at the end of a path; a list gives each of its elements; nothing for null.
    std::vector<std::optional<std::string>> values_at(const Entity& entity, const Path& path) const {
        std::vector<std::optional<std::string>> out;
        for (const auto* holder : follow(entity, path, path.size() - 1)) {
            const auto document = attribute(*holder, path.back());
            if (document.IsArray()) {
                for (const auto& element : document.GetArray())
                    out.emplace_back(json::to_text(element));
                if (document.Empty()) out.emplace_back(std::nullopt);
            } else if (document.IsNull()) {
                out.emplace_back(std::nullopt);
            } else {
                out.emplace_back(document.IsBool() ? (document.GetBool() ? "True" : "False") : json::to_text(document));
            }
        }
        return out;
    }

    json::Value project(const Entity& entity, const std::vector<Path>& paths) {
        json::Value out(rapidjson::kObjectType);
        add(out, "__entity_type__", json::copy(entity.type, allocator_));
        for (const auto& name : store_.schema().primary_key(entity.type))
            add(out, name, json::copy(entity.text(name), allocator_));
        std::string identity = entity.type;
        for (const auto& part : store_.key_of(entity))
            identity += '\n' + part;
        if (!seen_.insert(identity).second && !denormalize_) return out;

        for (const auto& name : store_.schema().system(entity.type))
            add(out, name, json::Value(attribute(entity, name), allocator_));
        std::vector<std::string> done;
        for (const auto& path : paths) {
            const auto& head = path.front();
            if (std::find(done.begin(), done.end(), head) != done.end()) continue;
            done.push_back(head);
            add(out, head, member(entity, head, tails(paths, head)));
        }
        return out;
    }

private:
    void add(json::Value& out, const std::string& name, json::Value value) {
        if (!out.HasMember(json::borrow(name))) out.AddMember(json::copy(name, allocator_), value, allocator_);
    }

    static std::vector<Path> tails(const std::vector<Path>& paths, const std::string& head) {
        std::vector<Path> out;
        for (const auto& path : paths) {
            if (path.front() == head && path.size() > 1) out.emplace_back(path.begin() + 1, path.end());
        }
        return out;
    }

    json::Value member(const Entity& entity, const std::string& name, const std::vector<Path>& inner) {
        const auto* relation = store_.schema().relation(entity.type, name);
        if (relation == nullptr) {
            if (!inner.empty()) throw unknown(entity, inner.front().front());
            return {attribute(entity, name), allocator_};
        }
        const auto others = store_.related(entity, *relation);
        if (!relation->many) return others.empty() ? json::Value() : project(*others.front(), inner);
        json::Value out(rapidjson::kArrayType);
        for (const auto* other : others)
            out.PushBack(project(*other, inner), allocator_);
        return out;
    }

    static ApiError unknown(const Entity& entity, const std::string& name) {
        return {"ValidationError", "a " + entity.type + " has no attribute '" + name + "'"};
    }

    // Entities after `steps` steps of the path.
    std::vector<const Entity*> follow(const Entity& entity, const Path& path, std::size_t steps) const {
        std::vector<const Entity*> at{&entity};
        for (std::size_t i = 0; i < steps; ++i) {
            std::vector<const Entity*> next;
            for (const auto* holder : at) {
                const auto* relation = store_.schema().relation(holder->type, path[i]);
                if (relation == nullptr) throw unknown(*holder, path[i]);
                for (const auto* other : store_.related(*holder, *relation))
                    next.push_back(other);
            }
            at = std::move(next);
        }
        return at;
    }

    json::Document attribute(const Entity& entity, const std::string& name) const {
        json::Document out;
        if (name == "link" && store_.schema().has_attribute(entity.type, "link")) return store_.link_of(entity);
        if (!store_.schema().has_attribute(entity.type, name)) {
            const auto* relation = store_.schema().relation(entity.type, name);
            if (relation == nullptr || relation->many) throw unknown(entity, name);
            out.CopyFrom(json::member(entity.values, relation->local), out.GetAllocator());  // `parent is "…"`
            return out;
        }
        out.CopyFrom(json::member(entity.values, name), out.GetAllocator());
        return out;
    }

    bool compare(const Criteria& criteria, const Entity& entity) const {
        using Op = Criteria::Operator;
        const auto candidates = values_at(entity, criteria.path);
        const auto is_one = [&](const std::optional<std::string>& candidate) {
            return std::any_of(criteria.values.begin(), criteria.values.end(),
                               [&](const auto& value) { return equal(candidate, value); });
        };
        const auto& wanted = criteria.values.front();
        switch (criteria.op) {
            case Op::is:
            case Op::in:
                if (candidates.empty()) return is_one(std::nullopt);
                return std::any_of(candidates.begin(), candidates.end(), is_one);
            case Op::is_not:
            case Op::not_in:
                if (candidates.empty()) return !is_one(std::nullopt);
                return std::none_of(candidates.begin(), candidates.end(), is_one);
            case Op::like:
            case Op::not_like: {
                const bool any = std::any_of(candidates.begin(), candidates.end(), [&](const auto& candidate) {
                    return candidate && wanted && like(*candidate, *wanted);
                });
                return any == (criteria.op == Op::like);
            }
            default:
                break;
        }
        return std::any_of(candidates.begin(), candidates.end(), [&](const auto& candidate) {
            if (!candidate || !wanted) return false;
            const int order = three_way(*candidate, *wanted);
            return criteria.op == Op::less         ? order < 0
                   : criteria.op == Op::less_equal ? order <= 0
                   : criteria.op == Op::greater    ? order > 0
                                                   : order >= 0;
        });
    }

    static bool equal(const std::optional<std::string>& candidate, const std::optional<std::string>& value) {
        if (!candidate || !value) return !candidate && !value;
        if (*candidate == *value) return true;
        if (*candidate == "True" || *candidate == "False") return (*value == "true") == (*candidate == "True");
        const auto a = number_of(*candidate);
        const auto b = number_of(*value);
        return a && b && *a == *b;
    }

public:
    static int three_way(const std::string& a, const std::string& b) {
        const auto x = number_of(a);
        const auto y = number_of(b);
        if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
        return a.compare(b);
    }

private:
    const Store& store_;
    const bool denormalize_;
    Allocator& allocator_;
    std::set<std::string> seen_;
};

// A query that names ids, of the entities themselves or of what they belong to, need not look at everything.
std::vector<Entity*> candidates(const Query& query, const Store& store) {
    const auto is_narrow = [&](const Criteria& criteria) {
        return criteria.kind == Criteria::Kind::condition && criteria.path.size() == 1 &&
               Store::is_indexed(criteria.path.front()) &&
               store.schema().has_attribute(query.type, criteria.path.front()) &&
               (criteria.op == Criteria::Operator::is || criteria.op == Criteria::Operator::in) &&
               std::all_of(criteria.values.begin(), criteria.values.end(),
                           [](const auto& value) { return value && !value->empty(); });
    };
    const Criteria* narrow = query.where.get();
    if (narrow != nullptr && narrow->kind == Criteria::Kind::all) {
        const auto found = std::find_if(narrow->terms.begin(), narrow->terms.end(),
                                        [&](const auto& term) { return is_narrow(*term); });
        narrow = found == narrow->terms.end() ? nullptr : found->get();
    }
    if (narrow == nullptr || !is_narrow(*narrow)) return store.all(query.type);
    std::set<std::string> values;
    for (const auto& value : narrow->values)
        values.insert(*value);
    return store.having(query.type, narrow->path.front(), values);
}

}  // namespace

void run_query(const Query& query, const Store& store, bool denormalize, json::Document& out) {
    if (store.schema().find(query.type) == nullptr)
        throw ApiError("ValidationError", "there is no type '" + query.type + "'");
    out.SetObject();
    auto& allocator = out.GetAllocator();
    Runner runner(store, denormalize, allocator);

    std::vector<Entity*> rows = candidates(query, store);
    if (query.where) std::erase_if(rows, [&](const Entity* entity) { return !runner.matches(*query.where, *entity); });
    for (auto order = query.order.rbegin(); order != query.order.rend(); ++order) {
        std::stable_sort(rows.begin(), rows.end(), [&](const Entity* a, const Entity* b) {
            const auto x = runner.values_at(*a, order->path);
            const auto y = runner.values_at(*b, order->path);
            const int way = Runner::three_way(x.empty() ? "" : x[0].value_or(""), y.empty() ? "" : y[0].value_or(""));
            return order->descending ? way > 0 : way < 0;
        });
    }
    const auto begin = std::min<std::uint64_t>(query.offset, rows.size());
    const auto end = query.limit ? std::min<std::uint64_t>(begin + *query.limit, rows.size()) : rows.size();
    json::Value data(rapidjson::kArrayType);
    for (auto i = begin; i < end; ++i)
        data.PushBack(runner.project(*rows[i], query.select), allocator);
    out.AddMember("action", "query", allocator);
    out.AddMember("data", data, allocator);
    json::Value next(rapidjson::kObjectType);
    next.AddMember("offset", end < rows.size() ? json::Value(end) : json::Value(), allocator);
    json::Value metadata(rapidjson::kObjectType);
    metadata.AddMember("next", next, allocator);
    out.AddMember("metadata", metadata, allocator);
}

}  // namespace foley::sim
