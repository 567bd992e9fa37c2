// The program's version, set by the build.
#pragma once

#include <string_view>

namespace tollgate::cli {

std::string_view version();  // "0.1.0"

}  // namespace tollgate::cli
