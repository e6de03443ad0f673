#include "core/hosting/host/crash_handler.hpp"

#include "core/hosting/crash_record.hpp"
#include "core/hosting/demangle.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

#include <cxxabi.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

namespace foley::core {
namespace {

using Cause = CrashRecord::Cause;

// Signal handlers have no object to find their state in; set once by install_crash_handlers.
HostRecord* g_record = nullptr;
pid_t g_pid = 0;
alignas(16) std::array<std::byte, 128 * 1024> g_signal_stack;

constexpr std::array kFatalSignals{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP, SIGXCPU, SIGXFSZ};

std::uint32_t thread_id() noexcept {
    return static_cast<std::uint32_t>(::syscall(SYS_gettid));
}

// False in a child that the plugin forked: it shares the memory, but its end is not the host's.
bool is_host() noexcept {
    return g_record != nullptr && ::getpid() == g_pid;
}

// One thread writes. A stack that was asked for is replaced by a real crash; the thread that has begun may go on.
bool claim(CrashArea& area) noexcept {
    std::uint32_t expected = static_cast<std::uint32_t>(CrashState::none);
    const auto writing = static_cast<std::uint32_t>(CrashState::writing);
    if (area.state.compare_exchange_strong(expected, writing)) return true;
    if (expected == writing) return area.thread == thread_id();
    const bool only_asked = area.cause == static_cast<std::uint32_t>(Cause::stack_asked);
    return only_asked && area.state.compare_exchange_strong(expected, writing);
}

void start_record(CrashArea& area, Cause cause) noexcept {
    area.thread = thread_id();
    area.cause = static_cast<std::uint32_t>(cause);
    area.stack_size.store(0, std::memory_order_release);
    area.maps_size.store(0, std::memory_order_release);
}

void set_message(CrashArea& area, std::string_view text) noexcept {
    const std::size_t size = std::min(text.size(), area.message.size());
    std::copy_n(text.data(), size, area.message.data());
    area.message_size.store(static_cast<std::uint32_t>(size), std::memory_order_release);
}

void push(CrashArea& area, std::uint64_t address) noexcept {
    const std::uint32_t size = area.stack_size.load(std::memory_order_relaxed);
    if (size >= area.stack.size()) return;
    area.stack[size] = address;
    area.stack_size.store(size + 1, std::memory_order_release);
}

struct Walk {
    CrashArea* area;
    std::uint64_t from;  // the frame to begin with; 0: the first
    bool begun;
};

_Unwind_Reason_Code visit(_Unwind_Context* context, void* data) {
    auto& walk = *static_cast<Walk*>(data);
    const auto address = static_cast<std::uint64_t>(_Unwind_GetIP(context));
    const bool end_of_thread = walk.begun && address == 0;
    if (!end_of_thread && (walk.begun || address == walk.from)) {
        walk.begun = true;
        push(*walk.area, address);
    }
    return walk.area->stack_size.load(std::memory_order_relaxed) < walk.area->stack.size() ? _URC_NO_REASON
                                                                                           : _URC_END_OF_STACK;
}

struct Registers {
    std::uint64_t program = 0, stack = 0, link = 0;
};

Registers registers_of(const void* context) noexcept {
    const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
    return {static_cast<std::uint64_t>(machine.gregs[REG_RIP]), static_cast<std::uint64_t>(machine.gregs[REG_RSP]), 0};
#elif defined(__aarch64__)
    return {machine.pc, machine.sp, machine.regs[30]};
#else
#error "foley-host knows the registers of x86-64 and AArch64 only"
#endif
}

// The word at an address that may not be readable.
std::uint64_t peek(std::uint64_t address) noexcept {
    std::uint64_t word = 0;
    iovec here{&word, sizeof word};
    iovec there{reinterpret_cast<void*>(address), sizeof word};  // NOLINT(performance-no-int-to-ptr)
    return ::process_vm_readv(g_pid, &here, 1, &there, 1, 0) == ssize_t{sizeof word} ? word : 0;
}

void record_stack(CrashArea& area, const void* context) noexcept {
    Walk walk{.area = &area, .from = 0, .begun = context == nullptr};
    Registers registers;
    if (context != nullptr) {
        registers = registers_of(context);
        walk.from = registers.program;
    }
    _Unwind_Backtrace(visit, &walk);
    if (context == nullptr || area.stack_size.load(std::memory_order_relaxed) > 1) return;
    // A jump to nowhere has no frame to unwind. Who called stands at the top of the stack.
    if (area.stack_size.load(std::memory_order_relaxed) == 0) push(area, registers.program);
    const std::uint64_t caller = registers.link != 0 ? registers.link : peek(registers.stack);
    if (caller != 0) push(area, caller);
}

void record_maps(CrashArea& area) noexcept {
    const int fd = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    std::size_t size = 0;
    while (size < area.maps.size()) {
        const ssize_t got = ::read(fd, area.maps.data() + size, area.maps.size() - size);
        if (got <= 0) break;
        size += static_cast<std::size_t>(got);
    }
    ::close(fd);
    area.maps_size.store(static_cast<std::uint32_t>(size), std::memory_order_release);
}

void finish_record(CrashArea& area, const void* context) noexcept {
    record_stack(area, context);
    record_maps(area);
    area.state.store(static_cast<std::uint32_t>(CrashState::complete), std::memory_order_release);
}

bool is_stack_overflow(int signal, const siginfo_t& info, const void* context) noexcept {
    if (signal != SIGSEGV) return false;
    const auto address = reinterpret_cast<std::uint64_t>(info.si_addr);
    const std::uint64_t stack = registers_of(context).stack;
    constexpr std::uint64_t kNear = 256 * 1024;
    return address < stack + kNear && stack < address + kNear;
}

void on_fatal_signal(int signal, siginfo_t* info, void* context) {
    if (is_host()) {
        CrashArea& area = g_record->crash;
        const bool terminating = area.state.load() == static_cast<std::uint32_t>(CrashState::writing) &&
                                 area.cause == static_cast<std::uint32_t>(Cause::terminate);
        if (claim(area)) {
            start_record(area, terminating ? Cause::terminate : Cause::signal);
            area.signal = signal;
            area.signal_code = info->si_code;
            area.fault_address = reinterpret_cast<std::uint64_t>(info->si_addr);
            if (!terminating) set_message(area, is_stack_overflow(signal, *info, context) ? "stack overflow" : "");
            finish_record(area, context);
        } else {
            ::sleep(2);  // another thread crashed first and is writing; it ends the process
        }
    }
    // The default action is back (SA_RESETHAND): the status tells the real signal.
    ::syscall(SYS_tgkill, ::getpid(), ::syscall(SYS_gettid), signal);
}

void on_stack_asked(int signal, siginfo_t*, void* context) {
    if (!is_host()) return;
    if (thread_id() != static_cast<std::uint32_t>(g_pid)) {  // the main thread is the one that is looked at
        ::syscall(SYS_tgkill, g_pid, g_pid, signal);
        return;
    }
    const int saved_errno = errno;
    CrashArea& area = g_record->crash;
    if (claim(area)) {
        start_record(area, Cause::stack_asked);
        set_message(area, "");
        finish_record(area, context);
    }
    errno = saved_errno;
}

void on_terminate() {
    if (is_host() && claim(g_record->crash)) {
        CrashArea& area = g_record->crash;
        start_record(area, Cause::terminate);
        set_message(area, "std::terminate was called");
        if (std::current_exception()) set_message(area, "uncaught " + describe_current_exception());
    }
    std::abort();
}

void on_exit_called(int status, void*) {
    if (!is_host()) return;
    CrashArea& area = g_record->crash;
    if (claim(area)) {
        start_record(area, Cause::exit_called);
        set_message(area, "exit was called");
        finish_record(area, nullptr);
    }
    ::_exit(status);  // the destructors of a plugin that wanted to leave are not run
}

void on_out_of_memory() {
    if (!is_host()) throw std::bad_alloc();
    CrashArea& area = g_record->crash;
    if (claim(area)) {
        start_record(area, Cause::memory_limit);
        set_message(area, "memory limit");
        finish_record(area, nullptr);
    }
    g_record->ending.store(static_cast<std::uint32_t>(Ending::memory_limit), std::memory_order_release);
    ::_exit(70);
}

void handle(int signal, void (*handler)(int, siginfo_t*, void*), int flags) {
    struct sigaction action {};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | flags;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
}

// The first unwinding loads what later ones need; it must not happen in a signal handler.
void warm_up_unwinder() {
    _Unwind_Backtrace([](_Unwind_Context*, void*) { return _URC_NO_REASON; }, nullptr);
}

}  // namespace

void install_crash_handlers(HostRecord& record) {
    g_record = &record;
    g_pid = ::getpid();
    warm_up_unwinder();
    stack_t stack{};
    stack.ss_sp = g_signal_stack.data();
    stack.ss_size = g_signal_stack.size();
    ::sigaltstack(&stack, nullptr);
    for (const int signal : kFatalSignals)
        handle(signal, on_fatal_signal, static_cast<int>(SA_RESETHAND | SA_NODEFER));
    handle(SIGRTMIN + kStackSignalOffset, on_stack_asked, SA_RESTART);
    std::set_terminate(on_terminate);
    report_exit_calls();
}

void report_exit_calls() {
    ::on_exit(on_exit_called, nullptr);
}

void report_memory_limit() {
    std::set_new_handler(on_out_of_memory);
}

}  // namespace foley::core
