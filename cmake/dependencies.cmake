# Every third-party library of the product, from Debian 12 packages. `script/bootstrap` installs them.
find_package(Boost 1.81 REQUIRED COMPONENTS url)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(pangocairo REQUIRED IMPORTED_TARGET pangocairo)
if(NOT TOLLGATE_SANITIZE)
  pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc)
endif()

if(TOLLGATE_TESTS)
  find_package(GTest REQUIRED)
  find_library(CMARK_GFM_LIBRARY cmark-gfm REQUIRED)
  find_library(CMARK_GFM_EXTENSIONS_LIBRARY cmark-gfm-extensions REQUIRED)
  add_library(tollgate_cmark INTERFACE)
  target_link_libraries(tollgate_cmark INTERFACE ${CMARK_GFM_EXTENSIONS_LIBRARY} ${CMARK_GFM_LIBRARY})
endif()

# Asio and Beast are compiled once (boost_impl.cpp), not in every file that includes them.
# The definitions are PUBLIC: all units of the program must agree on them.
add_library(tollgate_boost STATIC "${PROJECT_SOURCE_DIR}/cmake/boost_impl.cpp")
target_compile_definitions(tollgate_boost PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE
  # Frames of coroutines come from operator new: nothing here is aligned more than it does, and the allocator's way for
  # what might be takes three times as long.
  BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN)
if(TOLLGATE_SANITIZE)
  # A recycled coroutine frame hides a use after free.
  target_compile_definitions(tollgate_boost PUBLIC
    BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING BOOST_ASIO_DISABLE_SMALL_BLOCK_RECYCLING)
  target_compile_options(tollgate_boost PUBLIC -fsanitize=${TOLLGATE_SANITIZE})
endif()
target_link_libraries(tollgate_boost
  PUBLIC Boost::boost Boost::url OpenSSL::SSL OpenSSL::Crypto Threads::Threads
  PRIVATE tollgate_layout)
tollgate_laid_out("${PROJECT_SOURCE_DIR}/cmake/boost_impl.cpp")
