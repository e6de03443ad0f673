#include "core/hosting/host/plugin_library.hpp"

#include "core/hosting/demangle.hpp"
#include "core/hosting/library_file.hpp"

#include <string_view>
#include <type_traits>

#include <dlfcn.h>

namespace foley::core {
namespace {

// The word that follows `key`, up to a blank or one of ",:;)'\"".
std::string word_after(std::string_view text, std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + key.size());
    return std::string(text.substr(0, text.find_first_of(" ,;)'\"\n")));
}

// dlopen's text as a sentence with the likely cause.
std::string explain(const std::string& error) {
    if (const std::string symbol = word_after(error, "undefined symbol: "); !symbol.empty()) {
        return "needs " + demangle(symbol.c_str()) +
               ", which no library that it names provides. Link what defines it, or rebuild against the version that "
               "is "
               "installed here";
    }
    if (error.find("version `") != std::string::npos && error.find("not found") != std::string::npos) {
        return "needs " + word_after(error, "version `") +
               ", which this system does not have. It was built on a newer system; build it on this one or an older "
               "one";
    }
    if (error.find("cannot open shared object file") != std::string::npos) {
        return "needs a library that is not installed here: " + error.substr(0, error.find(':')) +
               ". Install it, or set the plugin's run path. `ldd` on the file lists what is missing";
    }
    if (error.find("file too short") != std::string::npos) return "is cut short. Was it copied whole?";
    return "cannot be loaded: " + error;
}

// A library of another ABI exports the entry function under another number.
std::string without_entry(const boost::dll::shared_library& library) {
    for (unsigned major = 0; major < 100; ++major) {
        if (library.has("foley_plugin_v" + std::to_string(major))) {
            return "was built for ABI " + std::to_string(major) + ", this daemon has ABI " +
                   std::to_string(FOLEY_ABI_MAJOR) + ". Rebuild it with SDK " + std::to_string(FOLEY_ABI_MAJOR) + ".x";
        }
    }
    return "is a shared library but no plugin: it does not export " FOLEY_ENTRY_NAME
           ". Register with FOLEY_PLUGIN, build with foley_add_plugin, and do not strip or hide that symbol";
}

std::string sentence(const std::string& name, const std::string& problem) {
    return name + ": " + problem + (problem.ends_with('?') ? "" : ".");
}

}  // namespace

PluginLibrary::PluginLibrary(const std::string& file, const std::string& name) {
    if (const std::string problem = wrong_library_file(file); !problem.empty())
        throw LoadError(sentence(name, problem));
    using boost::dll::load_mode::type;
    boost::dll::fs::error_code failure;
    library_.load(file, type::rtld_now | type::rtld_local, failure);
    if (failure) {
        const char* error = ::dlerror();
        throw LoadError(sentence(name, explain(error != nullptr ? error : failure.message())));
    }
    if (!library_.has(FOLEY_ENTRY_NAME)) throw LoadError(sentence(name, without_entry(library_)));
    entry_ = &library_.get<std::remove_pointer_t<foley_plugin_entry_v1>>(FOLEY_ENTRY_NAME);
}

}  // namespace foley::core
