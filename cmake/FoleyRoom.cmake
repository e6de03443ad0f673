# foley_room(<room> SOURCES … [HEADERS …] [PUBLIC …] [PRIVATE …])
#
# A room of core/ is a static library foley_<room> (alias foley::<room>). Its headers are included as
# "core/<room>/x.hpp", and only a target that links the room can include them: each room is reached through a folder of
# links in the build tree that holds this one room and nothing else. So a forbidden include does not compile.
function(foley_room room)
  cmake_parse_arguments(ARG "" "FOLDER" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(NOT ARG_FOLDER)
    set(ARG_FOLDER ${room})
  endif()
  set(view ${CMAKE_BINARY_DIR}/rooms/${room})
  get_filename_component(parent ${view}/core/${ARG_FOLDER} DIRECTORY)
  file(MAKE_DIRECTORY ${parent})
  if(NOT EXISTS ${view}/core/${ARG_FOLDER})
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${view}/core/${ARG_FOLDER} SYMBOLIC)
  endif()
  add_library(foley_${room} STATIC ${ARG_SOURCES})
  add_library(foley::${room} ALIAS foley_${room})
  target_include_directories(foley_${room} PUBLIC ${view})
  target_link_libraries(foley_${room} PUBLIC ${ARG_PUBLIC} PRIVATE foley::settings ${ARG_PRIVATE})
  foley_precompile(foley_${room})
endfunction()

# For libraries only: what was precompiled for them (-fPIC) does not fit programs (-fPIE).
function(foley_precompile target)
  get_target_property(type ${target} TYPE)
  if(FOLEY_PCH AND NOT type STREQUAL EXECUTABLE)
    target_precompile_headers(${target} REUSE_FROM foley_pch)
  endif()
endfunction()
