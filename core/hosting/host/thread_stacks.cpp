// Gives every thread that the plugin makes an alternate stack for signal handlers, as the main thread has one: without
// it an overflow of that thread's stack ends the process and leaves no record of where.
//
// The program's own pthread_create stands before the C library's, for std::thread and for every library that the plugin
// brings. Not under sanitizers, which do the same themselves.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)

#include <cerrno>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

namespace {

constexpr std::size_t kSize = std::size_t{64} * 1024;

class SignalStack {
public:
    // Nothing is said when there is no memory for it: the thread runs all the same.
    SignalStack() noexcept
        : memory_(::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0)) {
        if (memory_ == MAP_FAILED) return;
        stack_t stack{};
        stack.ss_sp = memory_;
        stack.ss_size = kSize;
        ::sigaltstack(&stack, nullptr);
    }
    ~SignalStack() {
        if (memory_ == MAP_FAILED) return;
        stack_t none{};
        none.ss_flags = SS_DISABLE;
        ::sigaltstack(&none, nullptr);
        ::munmap(memory_, kSize);
    }
    SignalStack(const SignalStack&) = delete;
    SignalStack& operator=(const SignalStack&) = delete;

private:
    void* memory_;
};

struct Start {
    void* (*function)(void*);
    void* argument;
};

// Unwound by pthread_exit and by cancellation too, which end a thread as an exception would.
void* run(void* given) {
    const Start start = *std::unique_ptr<Start>(static_cast<Start*>(given));
    const SignalStack stack;
    return start.function(start.argument);
}

using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

}  // namespace

extern "C" [[gnu::visibility("default")]] int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                                                             void* (*function)(void*), void* argument) noexcept {
    static const auto create = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "pthread_create"));
    if (create == nullptr) return EAGAIN;
    std::unique_ptr<Start> start(new (std::nothrow) Start{function, argument});
    if (!start) return EAGAIN;
    const int error = create(thread, attributes, run, start.get());
    if (error == 0) static_cast<void>(start.release());  // the thread's now
    return error;
}

#endif
