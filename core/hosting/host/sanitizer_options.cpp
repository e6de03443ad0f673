// In sanitizer builds a host keeps its own signal handling, so that crash tests see real signals.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

extern "C" {
const char* __asan_default_options();   // NOLINT: names given by the sanitizers
const char* __tsan_default_options();   // NOLINT
const char* __ubsan_default_options();  // NOLINT

const char* __asan_default_options() {  // NOLINT
    return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:use_sigaltstack=0:"
           "allow_user_segv_handler=1:detect_leaks=0:detect_stack_use_after_return=0";
}
const char* __tsan_default_options() {  // NOLINT
    return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:use_sigaltstack=0:"
           "allow_user_segv_handler=1:report_signal_unsafe=0";
}
const char* __ubsan_default_options() {  // NOLINT
    return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:use_sigaltstack=0";
}
}

#endif
