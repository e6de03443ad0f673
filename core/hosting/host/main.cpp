// foley-host: loads one plugin and runs its callbacks for a daemon, which started it and talks to it over an inherited
// socket (docs/host-protocol.md). Not for use by hand; the argument is the plugin's name and is there for ps only.
#include "core/hosting/demangle.hpp"
#include "core/hosting/host/channel.hpp"
#include "core/hosting/host/crash_handler.hpp"
#include "core/hosting/host/host_loop.hpp"
#include "core/hosting/host/limits.hpp"
#include "core/hosting/host/plugin_library.hpp"
#include "core/hosting/host/record_writer.hpp"
#include "core/os/file_identity.hpp"
#include "core/os/mapped_file.hpp"

#include <cstdio>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

namespace foley::core {
namespace {

MappedFile map_record() {
    UniqueFd fd(kHostRecord);
    if (file_identity(fd.get()).size != sizeof(HostRecord)) {
        throw std::runtime_error("foley-host has no record of its daemon's layout");
    }
    return {fd.get(), sizeof(HostRecord)};
}

ConfigureFrame await_configure(Channel& channel) {
    const Frame frame = channel.receive();
    if (frame.type != FrameType::configure) throw ProtocolError("the daemon's first frame is not configure");
    return decode_configure(frame.body);
}

// Loads the library and has it register itself. Throws LoadError.
void load(const ConfigureFrame& configure, RecordWriter& record, Channel& channel, HostLoop& loop) {
    record.begin({.phase = Phase::loading});
    // Never destroyed: a plugin is not unloaded.
    const auto* library = new PluginLibrary(configure.library, configure.plugin);
    report_exit_calls();  // ahead of the destructors that the library has just registered
    foley_plugin plugin{};
    plugin.size = sizeof plugin;
    int result = FOLEY_OK;
    try {
        result = library->entry()(loop.api().abi(), &plugin);
    } catch (...) {
        throw LoadError(configure.plugin + ": the registration failed: " + describe_current_exception());
    }
    if (result != FOLEY_OK) {
        throw LoadError(configure.plugin + ": the plugin refused to register (code " + std::to_string(result) +
                        "); its log says why.");
    }
    const Hello hello = loop.api().close_registration(plugin);
    loop.set_plugin(plugin);
    record.end();
    std::string frame;
    encode_hello(frame, hello);
    channel.send(frame);
}

[[noreturn]] void refuse(Channel& channel, RecordWriter& record, Ending ending, std::string_view why) {
    std::string frame;
    encode_text(frame, FrameType::refused, why);
    channel.send(frame);
    record.end_host(ending);
}

[[noreturn]] void serve() {
    set_up_process();
    const MappedFile memory = map_record();
    auto& shared = *memory.at<HostRecord>();
    RecordWriter record(shared);
    install_crash_handlers(shared);
    Channel channel(record);
    HostLoop loop(channel, record);
    try {
        const ConfigureFrame configure = await_configure(channel);
        apply_limits(configure);
        if (configure.memory > 0) report_memory_limit();
        load(configure, record, channel, loop);
        loop.run();
    } catch (const ProtocolError& error) {
        refuse(channel, record, Ending::protocol, error.what());
    } catch (const std::exception& error) {
        refuse(channel, record, Ending::refused, error.what());
    }
}

}  // namespace
}  // namespace foley::core

int main() {
    try {
        foley::core::serve();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "foley-host: %s; it is started by foleyd and not by hand\n", error.what());
        return 64;
    }
}
