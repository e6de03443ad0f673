#include "abi_text.hpp"
#include "registration.hpp"

#include <foley/plugin.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace foley::detail {
namespace {

// The boundary has no function that ends a plugin for good: the process ends. So registrations are kept, and kept
// reachable, until then; a test that loads many finds no leak.
void keep(std::unique_ptr<Registration> registration) {
    static auto* const mutex = new std::mutex;
    static auto* const kept = new std::vector<std::unique_ptr<Registration>>;
    const std::lock_guard lock(*mutex);
    kept->push_back(std::move(registration));
}

// All that 1.0 has.
constexpr std::size_t kHostSize = offsetof(foley_host, reply) + sizeof(foley_host::reply);

void refuse(const foley_host& host, const std::string& why) noexcept {
    host.log(host.self, FOLEY_LOG_ERROR, to_abi(why));
}

}  // namespace

int enter(const foley_host* host, foley_plugin* plugin, const std::function<void(Registrar&)>& body,
          const BuiltWith& built_with) noexcept {
    if (!host || !plugin || host->size < kHostSize) return FOLEY_EINVAL;
    if (host->abi_major != FOLEY_ABI_MAJOR) {
        refuse(*host, "this plugin is built for ABI " + std::to_string(FOLEY_ABI_MAJOR) + ", the host has ABI " +
                          std::to_string(host->abi_major) + ". Rebuild the plugin with the host's SDK.");
        return FOLEY_EINVAL;
    }
    try {
        auto registration = std::make_unique<Registration>(*host);
        Registrar registrar(*registration);
        body(registrar);
        registration->announce();
        registration->fill(*plugin);
        plugin->sdk_version = to_abi(built_with.sdk_version);
        plugin->compiler = to_abi(built_with.compiler);
        keep(std::move(registration));
        return FOLEY_OK;
    } catch (const std::exception& error) {
        refuse(*host, std::string("the plugin cannot register: ") + error.what());
    } catch (...) {
        refuse(*host, "the plugin cannot register: it threw something that is not a std::exception.");
    }
    return FOLEY_EINVAL;
}

}  // namespace foley::detail
