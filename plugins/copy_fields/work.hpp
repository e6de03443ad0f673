// Work: one event, and what a rule needs to act on it. All of it belongs to who handles the event.
#pragma once

#include "copy_fields/breaker.hpp"
#include "fields/subject.hpp"

#include <foley/context.hpp>
#include <foley/event.hpp>
#include <foley/site/shotgrid.hpp>

namespace copy_fields {

struct Work {
    const fields::Subject& subject;
    const foley::Event& event;
    foley::Context& context;
    foley::site::Shotgrid& shotgrid;
    Breaker& breaker;
};

}  // namespace copy_fields
