# foley_test(<name> SOURCES … [LIBRARIES …] [TIMEOUT seconds] [LABELS …] [PROPERTIES …])
#
# A Catch2 binary, its cases found at build time and run by ctest one by one. A filter that matches nothing fails.
# catch.hpp is heavy: it is precompiled once for all, and Catch2's main is compiled once.
function(foley_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;PROPERTIES" ${ARGN})
  foley_test_parts()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(FOLEY_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 4") # instrumented code is that much slower, on a busy machine
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE foley_catch_main foley::settings Catch2::Catch2 ${ARG_LIBRARIES})
  if(FOLEY_PCH)
    target_precompile_headers(${name} REUSE_FROM foley_test_pch)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/tests/${name})
    # The build has a folder of that name in the same place.
    set_target_properties(${name} PROPERTIES OUTPUT_NAME ${name}_tests)
  endif()
  catch_discover_tests(
    ${name}
    TEST_PREFIX "${name}: "
    EXTRA_ARGS --warn NoTests
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}" ${ARG_PROPERTIES})
endfunction()

function(foley_test_parts)
  if(TARGET foley_catch_main)
    return()
  endif()
  add_library(foley_catch_main OBJECT ${PROJECT_SOURCE_DIR}/tests/catch_main.cpp)
  target_link_libraries(foley_catch_main PRIVATE foley::settings Catch2::Catch2)
  if(FOLEY_PCH)
    # A program, since a header that was precompiled for a library does not fit programs (-fPIC, -fPIE).
    add_executable(foley_test_pch ${PROJECT_SOURCE_DIR}/cmake/pch/test_pch.cpp)
    target_link_libraries(foley_test_pch PRIVATE foley::settings Catch2::Catch2)
    target_precompile_headers(foley_test_pch PRIVATE <catch2/catch.hpp> ${PROJECT_SOURCE_DIR}/cmake/pch/standard.hpp)
  endif()
endfunction()
