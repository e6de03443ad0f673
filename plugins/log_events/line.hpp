// Line: one event as a line of text: JSON, or a template with the event's values in it.
//
// A line never holds a line break or another control character: in templates they are written as \n, \t, \u001b.
// Immutable. Throws: std::invalid_argument, with a sentence, for a template that makes no sense.
#pragma once

#include "fields/text_template.hpp"

#include <foley/event.hpp>

#include <string>
#include <string_view>

namespace log_events {

// {"sequence", "source", "id", "type", "at", "project", "user", "changes": [{"entity", "attribute", …}]}, and the
// payload when asked for. Without a line break.
std::string json_line(const foley::Event& event, bool payload);

class LineTemplate {
public:
    explicit LineTemplate(std::string_view text);
    // One line for each change, with line breaks between them.
    std::string render(const foley::Event& event) const;

private:
    fields::TextTemplate text_;
};

}  // namespace log_events
