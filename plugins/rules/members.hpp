// Members: reads one rule of a plugin's settings, a mapping, strictly: what it does not know is a fault and not a
// silent nothing.
//
//     rules::Members members("shot_started", rule);
//     const auto from = members.required_text("from");
//     const auto values = members.texts("values");
//     members.finish();
//
// The value must outlive it. Throws: std::invalid_argument with a sentence that begins with the name of the rule.
#pragma once

#include "fields/condition.hpp"

#include <foley/json.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rules {

class Members {
public:
    Members(std::string name, const foley::json::Value& rule);

    const std::string& name() const noexcept { return name_; }

    bool has(std::string_view member);
    // Numbers count as texts.
    std::string text(std::string_view member, std::string_view otherwise = {});
    std::string required_text(std::string_view member);
    // One of the words.
    std::string word(std::string_view member, std::string_view otherwise, const std::vector<std::string>& words);
    // A text, or a list of them; none when it is not there.
    std::vector<std::string> texts(std::string_view member);
    bool flag(std::string_view member, bool otherwise);
    fields::Condition condition(std::string_view member);
    // Null when it is not there.
    const foley::json::Value& any(std::string_view member);

    // All that may be there has been asked for: what else is there is unknown.
    void finish() const;
    [[noreturn]] void refuse(const std::string& sentence) const;

private:
    std::string name_;
    const foley::json::Value& rule_;
    std::set<std::string, std::less<>> asked_;
};

}  // namespace rules
