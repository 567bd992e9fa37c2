#include "cli/version.hpp"

namespace tollgate::cli {

std::string_view version() {
  return TOLLGATE_VERSION;
}

}  // namespace tollgate::cli
