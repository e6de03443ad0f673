# Compiler settings for all that is ours: C++20, warnings as errors, sanitizers by preset, ccache, precompiled headers.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

option(FOLEY_WERROR "Treat warnings in our own code as errors" ON)
option(FOLEY_PCH "Use precompiled headers" ON)
set(FOLEY_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=: address,undefined or thread")

find_program(FOLEY_CCACHE ccache)
if(FOLEY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache can reuse objects that were built with a precompiled header only with these allowances. Every clone of the
  # project shares what was compiled: the cache knows files by their place in the tree.
  set(CMAKE_C_COMPILER_LAUNCHER env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
                                CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
                                ${FOLEY_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

# Every target of ours links this privately.
add_library(foley_settings INTERFACE)
add_library(foley::settings ALIAS foley_settings)
target_compile_options(
  foley_settings
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -fstack-protector-strong
            $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor;-Wold-style-cast;-Woverloaded-virtual>
            $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>
            $<$<BOOL:${FOLEY_WERROR}>:-Werror>)
target_link_libraries(foley_settings INTERFACE Threads::Threads)

if(FOLEY_SANITIZE)
  add_compile_options(-fsanitize=${FOLEY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FOLEY_SANITIZE})
  if(FOLEY_SANITIZE MATCHES thread)
    # Asio and std::shared_ptr use fences that TSan cannot see; g++ says so at every use.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()

if(FOLEY_PCH)
  # One precompiled header of the standard library, shared by every room.
  add_library(foley_pch STATIC ${CMAKE_CURRENT_LIST_DIR}/pch/pch.cpp)
  target_link_libraries(foley_pch PRIVATE foley::settings)
  target_precompile_headers(foley_pch PRIVATE ${CMAKE_CURRENT_LIST_DIR}/pch/standard.hpp)
endif()
