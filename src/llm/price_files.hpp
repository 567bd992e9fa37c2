// prices/*.yaml, compiled into the program.
#pragma once

#include <span>

#include "base/embedded_file.hpp"

namespace tollgate::llm {

using base::EmbeddedFile;

std::span<const EmbeddedFile> price_files();

}  // namespace tollgate::llm
