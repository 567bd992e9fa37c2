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

if(TOLLGATE_SANITIZE)
  target_compile_options(tollgate_options INTERFACE
    -fsanitize=${TOLLGATE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tollgate_options INTERFACE -fsanitize=${TOLLGATE_SANITIZE})
endif()
# A release is laid out by what the program was seen to do under load (script/profile): what runs often lies together, and
# the processor finds it in its caches. What changed since then is compiled as without a profile.
set(TOLLGATE_PROFILE "" CACHE STRING "record, use, or empty")
set_property(CACHE TOLLGATE_PROFILE PROPERTY STRINGS "" record use)
if(TOLLGATE_PROFILE STREQUAL "record")
  target_compile_options(tollgate_options INTERFACE
    -fprofile-generate=${CMAKE_BINARY_DIR}/recorded -fprofile-update=atomic)
  target_link_options(tollgate_options INTERFACE -fprofile-generate=${CMAKE_BINARY_DIR}/recorded)
elseif(TOLLGATE_PROFILE STREQUAL "use" AND EXISTS "${PROJECT_SOURCE_DIR}/profile/tollgate.profdata")
  # Under a name that changes with it, so that all is compiled anew.
  file(SHA256 "${PROJECT_SOURCE_DIR}/profile/tollgate.profdata" digest)
  string(SUBSTRING ${digest} 0 12 digest)
  configure_file(profile/tollgate.profdata "profile-${digest}.profdata" COPYONLY)
  target_compile_options(tollgate_options INTERFACE
    "-fprofile-use=${CMAKE_BINARY_DIR}/profile-${digest}.profdata"
    -Wno-profile-instr-out-of-date -Wno-profile-instr-unprofiled -Wno-backend-plugin)
endif()
if(TOLLGATE_FUZZ)
  target_compile_options(tollgate_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
