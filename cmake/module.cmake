include(GoogleTest)

# tollgate_module(NAME <module> [DEPS <module>...] [LIBRARIES <third party>...] [PCH base|asio|cli] SOURCES <file>...)
#
# One static library `tollgate_<module>` from src/<module>/. DEPS are the only modules whose headers it may
# include; script/lint compares the #include lines with this list.
function(tollgate_module)
  cmake_parse_arguments(M "" "NAME;PCH" "DEPS;LIBRARIES;PRIVATE_LIBRARIES;SOURCES" ${ARGN})
  add_library(tollgate_${M_NAME} STATIC ${M_SOURCES})
  target_include_directories(tollgate_${M_NAME} PUBLIC "${PROJECT_SOURCE_DIR}/src")
  list(TRANSFORM M_DEPS PREPEND tollgate_)
  target_link_libraries(tollgate_${M_NAME} PUBLIC ${M_DEPS} ${M_LIBRARIES} PRIVATE ${M_PRIVATE_LIBRARIES} tollgate_options)
  tollgate_laid_out(${M_SOURCES})
  if(NOT M_PCH)
    set(M_PCH base)
  endif()
  target_precompile_headers(tollgate_${M_NAME} REUSE_FROM tollgate_pch_${M_PCH})
endfunction()

# tollgate_test(NAME <module> [DEPS <module>...] [LABEL unit|integration|fault] [TOGETHER] SOURCES <file>...)
#
# One test program `<module>_test`. Of integration and fault tests each is a ctest of its own, unless they are to run
# TOGETHER because they share a server. A program of unit tests is one: starting a process for each of its tests takes
# four times as long as the tests.
function(tollgate_test)
  cmake_parse_arguments(T "TOGETHER" "NAME;LABEL" "DEPS;LIBRARIES;SOURCES" ${ARGN})
  if(NOT T_LABEL)
    set(T_LABEL unit)
  endif()
  add_executable(${T_NAME}_test ${T_SOURCES})
  list(TRANSFORM T_DEPS PREPEND tollgate_)
  target_include_directories(${T_NAME}_test PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${T_NAME}_test PRIVATE ${T_DEPS} ${T_LIBRARIES} tollgate_options GTest::gmock_main GTest::gtest GTest::gmock)
  target_precompile_headers(${T_NAME}_test REUSE_FROM tollgate_pch_test)
  if(T_LABEL STREQUAL "unit" OR T_TOGETHER)
    add_test(NAME ${T_LABEL}.${T_NAME} COMMAND ${T_NAME}_test --gtest_brief=1)
    set_tests_properties(${T_LABEL}.${T_NAME} PROPERTIES LABELS ${T_LABEL})
  else()
    gtest_discover_tests(${T_NAME}_test TEST_PREFIX "${T_NAME}." NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST
                         PROPERTIES LABELS ${T_LABEL})
  endif()
endfunction()

# Tells these files where the sources lie. Only them: a path on every command line would keep clones from sharing what the
# compiler cache holds.
function(tollgate_source_dir)
  set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_DEFINITIONS TOLLGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endfunction()
