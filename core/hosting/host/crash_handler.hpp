// What a host leaves behind when something in it dies: signal handlers, the terminate handler, the handler of exit()
// and the new-handler each write a crash record into the memory that the daemon shares.
//
// The handlers only store into that memory and read /proc/self/maps; they allocate nothing and take no lock. The main
// thread has a stack of its own for them, so that an overflow of its stack is reported. Threads that a plugin makes
// have none: an overflow there ends the host by SIGSEGV without a record.
//
// Process-wide by nature: signal handlers have no object. Thread: install from the main one, once.
#pragma once

#include "core/hosting/page_layout.hpp"

namespace foley::core {

// `record` stays mapped until the process ends.
void install_crash_handlers(HostRecord& record);

// Has exit() reported before the destructors of what was loaded until now run. Call again after loading a library.
void report_exit_calls();

// From here on memory that cannot be had ends the host, reported as its memory limit.
void report_memory_limit();

}  // namespace foley::core
