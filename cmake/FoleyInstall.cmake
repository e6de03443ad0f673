# What belongs together, for the Makefile, and what `make install` puts where beside what targets install themselves.

# Built by `make install`: every target that an install rule names.
add_custom_target(foley-programs)
# Built by `make run`.
add_custom_target(foley-demo)
# Built by `make bench`.
add_custom_target(foley-benchmarks)

# foley_part_of(<group> <target>…): skips what this configuration does not have (tests, for one).
function(foley_part_of group)
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      add_dependencies(${group} ${target})
    endif()
  endforeach()
endfunction()

foley_part_of(foley-programs foleyd foleyctl foley-host foley-symbolizer foley_sdk foley_shape foley_site foley_testing)
# The plugins that ship; their pages are installed where the documentation's links lead.
set(shipped_plugins copy_fields create_entities hammertrack log_events make_folders notify protect_final status_flow
                    task_templates)
foley_part_of(foley-programs ${shipped_plugins})
foley_part_of(foley-demo foley-programs greeter fragile sim-ftrack sim-shotgrid sdk_example_finish_shot)

install(
  FILES README.md LICENSE CONTRIBUTING.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(
  DIRECTORY docs/
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
  FILES_MATCHING
  PATTERN "*.md")
# Where the links of those pages lead.
foreach(plugin IN LISTS shipped_plugins)
  install(
    FILES plugins/${plugin}/README.md
    DESTINATION ${CMAKE_INSTALL_DOCDIR}/plugins/${plugin}
    OPTIONAL)
endforeach()

# Programs below tests/bench; run-benchmarks runs those that measure, one after the other.
function(foley_programs_below folder out)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(folders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  set(found)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL EXECUTABLE)
      list(APPEND found ${target})
    endif()
  endforeach()
  foreach(below IN LISTS folders)
    foley_programs_below(${below} deeper)
    list(APPEND found ${deeper})
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

set(benchmarks)
if(FOLEY_TESTS)
  foley_programs_below(${PROJECT_SOURCE_DIR}/tests/bench benchmarks)
endif()
set(run_them COMMAND ${CMAKE_COMMAND} -E echo "Benchmarks of ${CMAKE_BUILD_TYPE}")
foreach(benchmark IN LISTS benchmarks)
  if(benchmark STREQUAL "figures")
    list(APPEND run_them COMMAND $<TARGET_FILE:figures> --json figures.json)
  elseif(benchmark MATCHES "^bench_")
    list(APPEND run_them COMMAND $<TARGET_FILE:${benchmark}>)
  endif()
endforeach()
foley_part_of(foley-benchmarks foley-programs ${benchmarks})
add_custom_target(run-benchmarks ${run_them} WORKING_DIRECTORY ${PROJECT_BINARY_DIR} USES_TERMINAL VERBATIM)
add_dependencies(run-benchmarks foley-benchmarks)
