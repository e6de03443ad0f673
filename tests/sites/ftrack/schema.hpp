// The part of ftrack's schema that the simulated site knows: types, their attributes, keys and relations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace foley::sim {

// From one type to another: a reference (one) or a collection (many). An entity `e` of the type is related to those
// entities of `target` whose `remote` equals e's `local`.
struct Relation {
    std::string name;
    std::string target;
    bool many = false;
    std::string local;
    std::string remote;
};

struct Type {
    std::string name;
    std::string base;  // empty: none
    std::vector<std::string> primary_key{"id"};
    std::vector<std::string> attributes;  // beside the primary key
    std::vector<std::string> system;      // sent with every entity, asked for or not
    std::vector<Relation> relations;
};

class Schema {
public:
    Schema();

    // Null when there is no such type.
    const Type* find(std::string_view name) const;
    bool is_a(std::string_view type, std::string_view ancestor) const;
    const Relation* relation(std::string_view type, std::string_view name) const;
    bool has_attribute(std::string_view type, std::string_view name) const;
    const std::vector<std::string>& primary_key(std::string_view type) const;
    std::vector<std::string> system(std::string_view type) const;
    const std::vector<Type>& types() const noexcept { return types_; }

private:
    std::vector<Type> types_;
};

// Ids of a new ftrack site.
inline constexpr const char* kTaskType = "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c";
inline constexpr const char* kShotType = "bad911de-3bd6-47b9-8b46-3476e237cb36";
inline constexpr const char* kSequenceType = "e5139355-61da-4c8f-9db4-3abc870166bc";
inline constexpr const char* kFolderType = "3c133785-51cb-11e3-980a-20c9d0831e59";
inline constexpr const char* kEnumeratorType = "cat-enumerator";

}  // namespace foley::sim
