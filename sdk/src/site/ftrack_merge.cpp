#include "ftrack_merge.hpp"

#include "json_members.hpp"

#include <foley/site/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace foley::site {

namespace {

using rapidjson::Value;
using Allocator = rapidjson::Document::AllocatorType;

constexpr const char* kType = "__entity_type__";
// Primary keys: almost all types have `id`; custom attribute values and settings have pairs.
constexpr std::array<const char*, 5> kKeyMembers = {"id", "configuration_id", "entity_id", "name", "group"};

// Type and primary key as one text; empty when `entity` is not an entity or has no key that is known.
std::string identity_of(const Value& entity) {
    const auto type = member_text(entity, kType);
    if (type.empty()) return {};
    if (const auto id = member_text(entity, "id"); !id.empty()) return std::string(type) + '\n' + std::string(id);
    for (std::size_t i = 1; i + 1 < kKeyMembers.size(); i += 2) {
        const auto first = member_text(entity, kKeyMembers.at(i));
        const auto second = member_text(entity, kKeyMembers.at(i + 1));
        if (!first.empty() && !second.empty())
            return std::string(type) + '\n' + std::string(first) + '\n' + std::string(second);
    }
    return {};
}

// Nothing but the type and its primary key.
bool is_reduced(const Value& entity) {
    const bool has_id = !member_text(entity, "id").empty();
    return std::all_of(entity.MemberBegin(), entity.MemberEnd(), [has_id](const auto& member) {
        const std::string_view name(member.name.GetString(), member.name.GetStringLength());
        if (name == kType) return true;
        return has_id ? name == "id" : std::find(kKeyMembers.begin(), kKeyMembers.end(), name) != kKeyMembers.end();
    });
}

class Filler {
public:
    explicit Filler(Allocator& allocator) : allocator_(allocator) {}

    void collect(const Value& value) {
        if (value.IsArray()) {
            for (const auto& element : value.GetArray())
                collect(element);
        } else if (value.IsObject()) {
            if (const auto identity = identity_of(value); !identity.empty()) {
                auto& entry = known_[identity];
                if (is_reduced(value)) {
                    ++entry.reduced;
                } else {
                    entry.full.push_back(&value);
                }
            }
            for (const auto& member : value.GetObject())
                collect(member.value);
        }
    }

    bool needed() const {
        return std::any_of(known_.begin(), known_.end(),
                           [](const auto& entry) { return entry.second.reduced > 0 && !entry.second.full.empty(); });
    }

    // A copy of `value` in which reduced entities are filled. The originals stay as they are until all is copied.
    Value copy(const Value& value) {
        if (++copied_ > kMostValues)
            throw ServerError(
                "the answer's entities refer to each other so much that it cannot be unfolded. Ask for "
                "fewer attributes at a time.",
                "too large");
        if (value.IsArray()) return copy_array(value);
        if (value.IsObject()) return copy_object(value);
        return Value(value, allocator_);
    }

private:
    static constexpr std::size_t kMostValues = 20'000'000;

    struct Known {
        std::vector<const Value*> full;
        std::size_t reduced = 0;
    };

    Value copy_array(const Value& value) {
        Value out(rapidjson::kArrayType);
        out.Reserve(value.Size(), allocator_);
        for (const auto& element : value.GetArray())
            out.PushBack(copy(element), allocator_);
        return out;
    }

    Value copy_object(const Value& value) {
        const auto identity = identity_of(value);
        const bool inside_itself = std::find(path_.begin(), path_.end(), identity) != path_.end();
        if (!identity.empty()) path_.push_back(identity);
        Value out(rapidjson::kObjectType);
        add_members(out, value);
        if (!identity.empty()) {
            const auto& known = known_.at(identity);
            if (!inside_itself && is_reduced(value)) {
                for (const Value* full : known.full)
                    add_members(out, *full);
            }
            path_.pop_back();
        }
        return out;
    }

    void add_members(Value& out, const Value& from) {
        for (const auto& member : from.GetObject()) {
            if (out.HasMember(member.name)) continue;
            out.AddMember(Value(member.name, allocator_), copy(member.value), allocator_);
        }
    }

    Allocator& allocator_;
    std::unordered_map<std::string, Known> known_;
    std::vector<std::string> path_;  // the entities around the one being copied
    std::size_t copied_ = 0;
};

}  // namespace

void fill_reduced(Value& data, Allocator& allocator) {
    Filler filler(allocator);
    filler.collect(data);
    if (filler.needed()) data = filler.copy(data);
}

}  // namespace foley::site
