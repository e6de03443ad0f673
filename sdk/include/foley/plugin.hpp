// All that a plugin includes.
//
//     #include <foley/plugin.hpp>
//
//     static foley::Outcome on_status(const foley::Event& event, foley::Context& context) {
//         context.log().info("{} is now {}", event.entity().name, event.change().new_value);
//         return foley::done();
//     }
//
//     FOLEY_PLUGIN(registrar) {
//         registrar.on({.type = "Shotgun_Task_Change", .attribute = "sg_status_list"}, on_status);
//     }
#pragma once

#include <foley/abi.h>
#include <foley/context.hpp>
#include <foley/error.hpp>
#include <foley/event.hpp>
#include <foley/format.hpp>
#include <foley/json.hpp>
#include <foley/outcome.hpp>
#include <foley/registrar.hpp>
#include <foley/settings.hpp>
#include <foley/site_connection.hpp>
#include <foley/version.hpp>

namespace foley::detail {

// What the plugin was built with; texts that live as long as the library.
struct BuiltWith {
    std::string_view sdk_version;  // "0.1.0"
    std::string_view compiler;     // "g++ 12.2.0"
};

// Behind foley_plugin_v1: runs `body` and tells the host what it registered. No exception leaves it.
int enter(const foley_host* host, foley_plugin* plugin, const std::function<void(Registrar&)>& body,
          const BuiltWith& built_with) noexcept;

}  // namespace foley::detail

#define FOLEY_EXPORT __attribute__((visibility("default")))

// Defines the one symbol that a plugin exports. The block that follows runs when the host has loaded the library; an
// exception that leaves it refuses the plugin with its text.
// NOLINTBEGIN(bugprone-macro-parentheses): a parameter's name cannot stand in parentheses.
#define FOLEY_PLUGIN(registrar)                                                                              \
    static void foley_plugin_body(::foley::Registrar& registrar);                                            \
    extern "C" FOLEY_EXPORT int foley_plugin_v1(const foley_host* host, foley_plugin* plugin) {              \
        return ::foley::detail::enter(host, plugin, foley_plugin_body, {FOLEY_SDK_VERSION, FOLEY_COMPILER}); \
    }                                                                                                        \
    static void foley_plugin_body([[maybe_unused]] ::foley::Registrar& registrar)
// NOLINTEND(bugprone-macro-parentheses)
