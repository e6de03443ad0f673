// Pointers to members, where a null pointer and a JSON null are to be told apart; the rest is in foley/json.hpp.
#pragma once

#include <foley/json.hpp>

#include <string_view>

namespace foley::site {

// The member of that name, or null when `value` is no object or has none.
inline const rapidjson::Value* member_of(const rapidjson::Value& value, std::string_view name) noexcept {
    const auto& found = json::member(value, name);
    return &found == &json::null() ? nullptr : &found;
}

// The text of a member; empty when it is missing or no text.
inline std::string_view member_text(const rapidjson::Value& value, std::string_view name) noexcept {
    return json::text_or_empty(json::member(value, name));
}

// A copy that owns all its texts. RapidJSON's own copy shares those that the original borrowed.
inline rapidjson::Value owned_copy(const rapidjson::Value& value, rapidjson::Document::AllocatorType& allocator) {
    if (value.IsString()) return json::copy(json::text_or_empty(value), allocator);
    if (value.IsArray()) {
        rapidjson::Value out(rapidjson::kArrayType);
        for (const auto& element : value.GetArray())
            out.PushBack(owned_copy(element, allocator), allocator);
        return out;
    }
    if (value.IsObject()) {
        rapidjson::Value out(rapidjson::kObjectType);
        for (const auto& member : value.GetObject())
            out.AddMember(owned_copy(member.name, allocator), owned_copy(member.value, allocator), allocator);
        return out;
    }
    return {value, allocator};
}

}  // namespace foley::site
