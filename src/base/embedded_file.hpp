// A file compiled into the program by tollgate_embed() (cmake/embed.cmake). Both views live as long as the program.
#pragma once

#include <string_view>

namespace tollgate::base {

struct EmbeddedFile {
  std::string_view path;  // relative to the BASE given to tollgate_embed()
  std::string_view content;
};

}  // namespace tollgate::base
