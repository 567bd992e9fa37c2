# tollgate_embed(TARGET <target> FUNCTION <name> NAMESPACE <ns> HEADER <header> BASE <dir> FILES <file>...)
#
# Compiles files into the program. The generated .cpp defines
#   std::span<const EmbeddedFile> <ns>::<name>()
# declared by HEADER; paths are relative to BASE. The files are build dependencies, so ccache sees every change.
function(tollgate_embed)
  cmake_parse_arguments(E "" "TARGET;FUNCTION;NAMESPACE;HEADER;BASE" "FILES" ${ARGN})
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${E_FUNCTION}.cpp")
  set(script "${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake")
  list(JOIN E_FILES "|" joined)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${output}" "-DFUNCTION=${E_FUNCTION}" "-DNAMESPACE=${E_NAMESPACE}"
            "-DHEADER=${E_HEADER}" "-DBASE=${E_BASE}" "-DFILES=${joined}" -P "${script}"
    DEPENDS ${E_FILES} "${script}"
    VERBATIM)
  target_sources(${E_TARGET} PRIVATE "${output}")
endfunction()
