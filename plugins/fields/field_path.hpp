// FieldPath: the way to a field of a ShotGrid entity, its own or through links: "code", "sg_sequence.Sequence.code".
//
// "project.name" is short for "project.Project.name", since a project link leads to nothing else. Immutable.
// Throws: std::invalid_argument, with a sentence, for what is no path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fields {

class FieldPath {
public:
    explicit FieldPath(std::string_view text);

    struct Hop {
        std::string field;  // a link
        std::string type;   // of the entity that it leads to
    };

    const std::string& text() const noexcept { return text_; }  // as the site reads it
    const std::vector<Hop>& hops() const noexcept { return hops_; }
    const std::string& last() const noexcept { return last_; }
    // The entity's own field that it begins with.
    const std::string& first() const noexcept { return hops_.empty() ? last_ : hops_.front().field; }
    // The path without its last field: "sg_sequence"; empty for an own field.
    std::string link() const;

    bool operator==(const FieldPath& other) const { return text_ == other.text_; }

private:
    std::string text_;
    std::vector<Hop> hops_;
    std::string last_;
};

}  // namespace fields
