# Installs the SDK to a prefix of its own, and builds the template's plugin against it outside the tree: with CMake, and
# with nothing but pkg-config and the compiler. Each time the plugin's own test must pass, and the library must export
# one symbol and need no libcurl.
#
#     cmake -DBUILD=… -DCXX=g++ -DEXAMPLES=sdk/examples -DWORK=… -P outside.cmake
cmake_minimum_required(VERSION 3.25)

function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${what}: ${ARGN}\nended with ${code}\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

# The template, with the plugin's name in place, as `foleyctl new` makes it.
function(make_from_template from to name)
  file(GLOB_RECURSE files RELATIVE ${from} ${from}/*)
  foreach(file IN LISTS files)
    file(READ ${from}/${file} text)
    string(REPLACE "@PLUGIN@" "${name}" text "${text}")
    file(WRITE ${to}/${file} "${text}")
  endforeach()
endfunction()

function(check_library library)
  run("list symbols" nm -D --defined-only ${library})
  string(REGEX MATCHALL "[^\n]+" symbols "${output}")
  list(LENGTH symbols count)
  if(NOT count EQUAL 1 OR NOT output MATCHES " T foley_plugin_v1\n")
    message(FATAL_ERROR "${library} should export foley_plugin_v1 alone, and exports:\n${output}")
  endif()
  run("list needed libraries" readelf -d ${library})
  if(output MATCHES "libcurl|libfmt")
    message(FATAL_ERROR "${library} needs a library that the SDK must not bring:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
set(prefix ${WORK}/prefix)
run("install" ${CMAKE_COMMAND} --install ${BUILD} --component sdk --prefix ${prefix})
# Moved, so that a path of the build that found its way into a file is noticed.
file(RENAME ${prefix} ${WORK}/moved)
set(prefix ${WORK}/moved)
file(GLOB_RECURSE config ${prefix}/foley-sdkConfig.cmake)
file(GLOB_RECURSE template ${prefix}/plugin.cpp)
get_filename_component(template ${template} DIRECTORY)
make_from_template(${template} ${WORK}/outside hello)

run("configure" ${CMAKE_COMMAND} -S ${WORK}/outside -B ${WORK}/build -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror")
run("build" ${CMAKE_COMMAND} --build ${WORK}/build)
run("test" ${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/build --output-on-failure --no-tests=error)
check_library(${WORK}/build/plugins/hello.so)

# The first plugin of docs/writing-a-plugin.md, as its reader builds it.
run("configure" ${CMAKE_COMMAND} -S ${EXAMPLES}/hello -B ${WORK}/hello -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_CXX_COMPILER=${CXX})
run("build" ${CMAKE_COMMAND} --build ${WORK}/hello)
run("test" ${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/hello --output-on-failure --no-tests=error)
check_library(${WORK}/hello/plugins/hello.so)

file(GLOB_RECURSE pc ${prefix}/foley-sdk.pc)
get_filename_component(pc_dir ${pc} DIRECTORY)
set(ENV{PKG_CONFIG_PATH} ${pc_dir})
run("pkg-config" pkg-config --variable=plugin_flags foley-sdk)
separate_arguments(flags UNIX_COMMAND "${output}")
run("pkg-config" pkg-config --cflags --libs foley-sdk)
separate_arguments(libs UNIX_COMMAND "${output}")
run("compile by pkg-config" ${CXX} ${flags} ${WORK}/outside/plugin.cpp ${libs} -o ${WORK}/hello.so)
run("test by pkg-config" ${WORK}/build/hello_test ${WORK}/hello.so)
check_library(${WORK}/hello.so)

run("pkg-config" pkg-config --cflags --libs foley-sdk-testing)
separate_arguments(libs UNIX_COMMAND "${output}")
run("compile the test by pkg-config" ${CXX} -std=c++20 "-DFOLEY_TEST_PLUGIN=\"${WORK}/hello.so\"" ${WORK}/outside/test.cpp
    ${libs} -o ${WORK}/hello_test)
run("run the test" ${WORK}/hello_test)

# A component that does not exist is refused with a sentence.
file(WRITE ${WORK}/component/CMakeLists.txt
     "cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES CXX)\nfind_package(foley-sdk COMPONENTS nonsense REQUIRED)\n")
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${WORK}/component -B ${WORK}/component/build -DCMAKE_PREFIX_PATH=${prefix}
          -DCMAKE_CXX_COMPILER=${CXX}
  RESULT_VARIABLE code
  OUTPUT_VARIABLE out
  ERROR_VARIABLE out)
if(code EQUAL 0 OR NOT out MATCHES "no component \"nonsense\"")
  message(FATAL_ERROR "an unknown component should be refused with a sentence:\n${out}")
endif()
file(REMOVE_RECURSE ${WORK})
