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
if(TOLLGATE_FUZZ)
  target_compile_options(tollgate_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
