#include "core/hosting/host/limits.hpp"

#include "core/os/files.hpp"
#include "core/os/system_error.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace foley::core {
namespace {

void set_limit(__rlimit_resource resource, rlim_t value, const char* name) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) throw_errno(std::string("cannot read the limit ") + name);
    limit.rlim_max = std::min(limit.rlim_max, value);
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(resource, &limit) != 0) throw_errno(std::string("cannot set the limit ") + name);
}

// What the host itself uses already, so that the plugin has the whole of its limit.
std::uint64_t data_in_use() {
    const std::string status = read_file("/proc/self/status");
    const std::string_view key = "\nVmData:";
    const std::size_t at = status.find(key);
    if (at == std::string::npos) return 0;
    const std::size_t digits = status.find_first_not_of(" \t", at + key.size());
    std::uint64_t kilobytes = 0;
    std::from_chars(status.data() + digits, status.data() + status.size(), kilobytes);
    return kilobytes * 1024;
}

}  // namespace

void set_up_process() {
    // A daemon that ended before this line has closed its end of the socket, which the first read will see.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) throw_errno("cannot ask for the parent-death signal");
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw_errno("cannot give up new privileges");
    // Into a pipe stdio would keep back what a crash then loses.
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
}

void apply_limits(const ConfigureFrame& limits) {
    if (limits.memory > 0) set_limit(RLIMIT_DATA, limits.memory + data_in_use(), "RLIMIT_DATA");
    if (limits.files > 0) set_limit(RLIMIT_NOFILE, limits.files, "RLIMIT_NOFILE");
    if (limits.processes > 0) set_limit(RLIMIT_NPROC, limits.processes, "RLIMIT_NPROC");
    set_limit(RLIMIT_CORE, limits.core_dumps ? RLIM_INFINITY : 0, "RLIMIT_CORE");
}

}  // namespace foley::core
