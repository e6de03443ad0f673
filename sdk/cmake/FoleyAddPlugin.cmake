# foley_add_plugin(<name> SOURCES … [LIBRARIES …] [OUTPUT_DIRECTORY …])
#
# Builds <name>.so, a Foley plugin: one shared library that exports foley_plugin_v1 and nothing else, whatever it links.
# It lies in ${CMAKE_BINARY_DIR}/plugins unless told otherwise, a directory that `foleyd` can be pointed at.
#
# foley_add_plugin_test(<name> PLUGIN <plugin> SOURCES … [LIBRARIES …])
#
# Builds a test program that loads the plugin with <foley/testing.hpp>, and adds it to ctest. The library's path is the
# macro FOLEY_TEST_PLUGIN.
#
# Used in Foley's own tree and installed with the SDK: the way from outside is the way we use ourselves.

include_guard(GLOBAL)
set(FOLEY_PLUGIN_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/foley-plugin.map)

function(foley_add_plugin name)
  cmake_parse_arguments(ARG "" "OUTPUT_DIRECTORY" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "foley_add_plugin(<name> SOURCES … [LIBRARIES …] [OUTPUT_DIRECTORY …]): "
                        "${name} has no SOURCES, or unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_OUTPUT_DIRECTORY)
    set(ARG_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  endif()
  add_library(${name} MODULE ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} foley::sdk)
  target_compile_features(${name} PRIVATE cxx_std_20)
  # Without debug information a crash report has no files and lines, and without a build type CMake gives none.
  target_compile_options(${name} PRIVATE -g)
  # No symbol of the library can be mixed up with one of the host, or keep the library from being closed.
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE LINKER:--version-script=${FOLEY_PLUGIN_EXPORTS} LINKER:--exclude-libs,ALL)
  if(NOT FOLEY_SANITIZE AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    # A missing library is found here and not when the daemon loads the plugin.
    target_link_options(${name} PRIVATE LINKER:-z,defs)
  endif()
  set_target_properties(
    ${name}
    PROPERTIES PREFIX ""
               LIBRARY_OUTPUT_DIRECTORY ${ARG_OUTPUT_DIRECTORY}
               LINK_DEPENDS ${FOLEY_PLUGIN_EXPORTS}
               POSITION_INDEPENDENT_CODE ON
               C_VISIBILITY_PRESET hidden
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON)
endfunction()

function(foley_add_plugin_test name)
  cmake_parse_arguments(ARG "" "PLUGIN" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT ARG_SOURCES OR NOT ARG_PLUGIN OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "foley_add_plugin_test(<name> PLUGIN <plugin> SOURCES … [LIBRARIES …]): "
                        "${name} has no PLUGIN or SOURCES, or unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} foley::testing)
  target_compile_definitions(${name} PRIVATE FOLEY_TEST_PLUGIN="$<TARGET_FILE:${ARG_PLUGIN}>")
  add_dependencies(${name} ${ARG_PLUGIN})
  add_test(NAME ${name} COMMAND ${name})
endfunction()
