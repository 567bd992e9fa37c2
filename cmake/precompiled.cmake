# Headers that many files include, compiled once and shared by the targets that ask for them: parsing them again in every
# file was two thirds of the time of a build. Sources still include what they use; script/lint compiles them without.
#
#   base  the standard library, fmt, Result, Value       every module that names no other
#   asio  and coroutines                                 modules that do I/O
#   cli   and the command line's parser
#   test  and GoogleTest                                 every test program

function(tollgate_precompiled name)
  cmake_parse_arguments(P "" "" "LIBRARIES;HEADERS" ${ARGN})
  add_library(tollgate_pch_${name} OBJECT "${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp")
  target_include_directories(tollgate_pch_${name} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(tollgate_pch_${name} PRIVATE ${P_LIBRARIES} tollgate_options)
  target_precompile_headers(tollgate_pch_${name} PRIVATE ${P_HEADERS})
endfunction()

set(base_headers
  <algorithm> <array> <chrono> <compare> <cstdint> <expected> <functional> <map> <memory> <optional> <set> <span> <string>
  <string_view> <utility> <variant> <vector> <fmt/format.h>
  "${PROJECT_SOURCE_DIR}/src/base/result.hpp" "${PROJECT_SOURCE_DIR}/src/base/value.hpp")
set(asio_headers
  ${base_headers} <boost/asio/any_io_executor.hpp> <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp>
  <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>)

tollgate_precompiled(base LIBRARIES fmt::fmt Boost::boost HEADERS ${base_headers})
tollgate_precompiled(asio LIBRARIES fmt::fmt tollgate_boost HEADERS ${asio_headers})
tollgate_precompiled(cli LIBRARIES fmt::fmt tollgate_boost CLI11::CLI11 HEADERS ${asio_headers} <CLI/CLI.hpp>)
if(TOLLGATE_TESTS)
  tollgate_precompiled(test LIBRARIES fmt::fmt Boost::boost GTest::gmock HEADERS ${base_headers} <gmock/gmock.h>
                       <gtest/gtest.h>)
endif()
