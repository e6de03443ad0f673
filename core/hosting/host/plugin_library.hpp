// PluginLibrary: the shared library of a plugin, loaded with all symbols resolved at once and locally.
//
// Owner: main; never unloaded, the process ends instead. Thread: the main one.
#pragma once

#include <foley/abi.h>

#include <boost/dll/shared_library.hpp>

#include <stdexcept>
#include <string>

namespace foley::core {

// A library that cannot be used. The text says what is wrong with which file, the likely cause, and what to do.
class LoadError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class PluginLibrary {
public:
    // Runs the library's static constructors. `name` is the plugin's, for the sentences. Throws LoadError.
    PluginLibrary(const std::string& file, const std::string& name);

    foley_plugin_entry_v1 entry() const noexcept { return entry_; }

private:
    boost::dll::shared_library library_;
    foley_plugin_entry_v1 entry_ = nullptr;
};

}  // namespace foley::core
