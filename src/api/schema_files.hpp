// schemas.json, compiled into the program.
#pragma once

#include <span>

#include "base/embedded_file.hpp"

namespace tollgate::api {

using base::EmbeddedFile;

std::span<const EmbeddedFile> schema_files();

}  // namespace tollgate::api
