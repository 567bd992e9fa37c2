# Flags shared by every target of ours. Third-party headers come in as SYSTEM and are exempt.
set(TOLLGATE_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, e.g. address,undefined")

add_library(tollgate_options INTERFACE)
target_compile_options(tollgate_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
  -Wcast-qual -Wconversion -Wimplicit-fallthrough -Wunused -Wthread-safety -Werror
  # A precompiled header must not embed the time it was made, or ccache never hits.
  "SHELL:-Xclang -fno-pch-timestamp")

# Everywhere or nowhere: a precompiled header serves only targets that agree on it.
target_compile_options(tollgate_options INTERFACE -pthread)
find_package(Threads REQUIRED)
target_link_libraries(tollgate_options INTERFACE Threads::Threads)

# What runs often is laid out together, which the instruction cache rewards: the gateway takes a quarter less of its own time.
# The profile says how often each function and branch ran; of functions that have changed since it is ignored.
set(TOLLGATE_PROFILE "" CACHE STRING "read: lay out by cmake/gateway.profdata; write: count for it (see script/profile)")
add_library(tollgate_layout INTERFACE)
if(TOLLGATE_PROFILE)
  # Static functions are named in it by their file, without the folders, which are other ones in each clone.
  target_compile_options(tollgate_layout INTERFACE "SHELL:-mllvm -static-func-full-module-prefix=false")
endif()
if(TOLLGATE_PROFILE STREQUAL "read")
  set(TOLLGATE_PROFILE_FILE "${PROJECT_SOURCE_DIR}/cmake/gateway.profdata")
  target_compile_options(tollgate_layout INTERFACE -fprofile-use=${TOLLGATE_PROFILE_FILE} -ffunction-sections
    -Wno-backend-plugin)  # which would name every function that the profile does not fit any more
  target_link_options(tollgate_layout INTERFACE -Wl,--gc-sections)
elseif(TOLLGATE_PROFILE STREQUAL "write")
  target_compile_options(tollgate_layout INTERFACE -fprofile-generate=${CMAKE_BINARY_DIR}/counts)
  target_link_options(tollgate_layout INTERFACE -fprofile-generate=${CMAKE_BINARY_DIR}/counts)
endif()
target_link_libraries(tollgate_options INTERFACE tollgate_layout)

# These sources are compiled again when the profile has changed.
function(tollgate_laid_out)
  if(TOLLGATE_PROFILE_FILE)
    set_property(SOURCE ${ARGN} APPEND PROPERTY OBJECT_DEPENDS "${TOLLGATE_PROFILE_FILE}")
  endif()
endfunction()

if(TOLLGATE_SANITIZE)
  target_compile_options(tollgate_options INTERFACE
    -fsanitize=${TOLLGATE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tollgate_options INTERFACE -fsanitize=${TOLLGATE_SANITIZE})
endif()
if(TOLLGATE_FUZZ)
  target_compile_options(tollgate_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
