# Compiles misuse.cpp: it must fail, and say every sentence that stands in it after "must say:".
#
#     cmake -DCXX=… -DINCLUDE=… -DSOURCE=… -P misuse.cmake
cmake_minimum_required(VERSION 3.25)

set(compile ${CXX} -std=c++20 -fsyntax-only -fmax-errors=0 -DFMT_HEADER_ONLY=1 -I${INCLUDE})
if(CXX MATCHES "clang")
  list(TRANSFORM compile REPLACE "-fmax-errors=0" "-ferror-limit=0")
endif()

execute_process(COMMAND ${compile} ${SOURCE} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "without a misuse it should compile:\n${out}")
endif()

execute_process(COMMAND ${compile} -DFOLEY_MISUSE ${SOURCE} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
if(code EQUAL 0)
  message(FATAL_ERROR "with its misuses it should not compile.")
endif()
file(STRINGS ${SOURCE} lines REGEX "// must say: ")
list(LENGTH lines count)
if(count LESS 10)
  message(FATAL_ERROR "found ${count} misuses in ${SOURCE}; its lines have changed their form.")
endif()
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^.*// must say: " "" sentence "${line}")
  string(FIND "${out}" "${sentence}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "a misuse should fail with \"${sentence}\", and this came out:\n${out}")
  endif()
endforeach()
