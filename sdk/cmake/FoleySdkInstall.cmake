# What `cmake --install <build> --component sdk` puts where: headers, archives, the CMake package foley-sdk, pkg-config
# files, the template of a plugin.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/foley-sdk)

# The site clients are an export of their own: a plugin that does not use them needs no libcurl.
function(foley_sdk_install export)
  install(
    TARGETS ${ARGN}
    EXPORT ${export}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk)
  install(
    EXPORT ${export}
    NAMESPACE foley::
    FILE ${export}Targets.cmake
    DESTINATION ${package_dir}
    COMPONENT sdk)
endfunction()

foley_sdk_install(foley-sdk foley_abi foley_shape foley_sdk foley_testing)
if(TARGET foley_site)
  foley_sdk_install(foley-sdk-site foley_site)
endif()

set(FOLEY_TEMPLATE_DIR ${CMAKE_INSTALL_DATADIR}/foley/template)
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/foley-sdkConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/foley-sdkConfig.cmake
  INSTALL_DESTINATION ${package_dir}
  PATH_VARS FOLEY_TEMPLATE_DIR
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/foley-sdkConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(
  FILES ${CMAKE_CURRENT_BINARY_DIR}/foley-sdkConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/foley-sdkConfigVersion.cmake
        ${CMAKE_CURRENT_LIST_DIR}/FoleyAddPlugin.cmake ${CMAKE_CURRENT_LIST_DIR}/foley-plugin.map
  DESTINATION ${package_dir}
  COMPONENT sdk)

# pkg-config files find their prefix from where they lie, so the tree can be moved.
file(RELATIVE_PATH FOLEY_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" FOLEY_PC_TO_PREFIX ${FOLEY_PC_TO_PREFIX})
set(FOLEY_PACKAGE_DIR ${package_dir})
foreach(package IN ITEMS foley-sdk foley-sdk-site foley-sdk-testing)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${package}.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${package}.pc @ONLY)
  install(
    FILES ${CMAKE_CURRENT_BINARY_DIR}/${package}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT sdk)
endforeach()

install(
  DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/template/
  DESTINATION ${FOLEY_TEMPLATE_DIR}
  COMPONENT sdk)
