// The version of the SDK and the compiler, as a plugin reports them to its host.
#pragma once

#define FOLEY_SDK_VERSION "0.1.0"

#define FOLEY_DETAIL_TEXT_OF(x) #x
#define FOLEY_DETAIL_TEXT(x) FOLEY_DETAIL_TEXT_OF(x)
#if defined(__clang__)
#define FOLEY_COMPILER                                                                                          \
    "clang++ " FOLEY_DETAIL_TEXT(__clang_major__) "." FOLEY_DETAIL_TEXT(__clang_minor__) "." FOLEY_DETAIL_TEXT( \
        __clang_patchlevel__)
#elif defined(__GNUC__)
#define FOLEY_COMPILER \
    "g++ " FOLEY_DETAIL_TEXT(__GNUC__) "." FOLEY_DETAIL_TEXT(__GNUC_MINOR__) "." FOLEY_DETAIL_TEXT(__GNUC_PATCHLEVEL__)
#else
#define FOLEY_COMPILER "unknown"
#endif
