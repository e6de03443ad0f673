// The write of one field of one entity, when there is something to write.
#pragma once

#include "copy_fields/rule.hpp"
#include "copy_fields/targets.hpp"
#include "copy_fields/work.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>

namespace copy_fields {

constexpr std::size_t kMostWrites = 20;  // of one field of one entity
constexpr std::chrono::seconds kWithin{60};

class RunsInCircle : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// `wanted` is JSON. False when the field has it already. Throws: SiteError, RunsInCircle.
bool write(const Rule& rule, const Target& target, const std::string& wanted, const Work& work);

}  // namespace copy_fields
