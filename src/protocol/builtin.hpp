// The protocols compiled into the program, and how a name on the command line finds one.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/embedded_file.hpp"
#include "protocol/compiler.hpp"

namespace tollgate::protocol {

using base::EmbeddedFile;

// protocols/**.yaml, paths relative to protocols/.
std::span<const EmbeddedFile> builtin_protocol_files();

inline constexpr std::string_view kDefaultProtocol = "ai-project-scoping";

std::vector<std::string> builtin_protocol_ids();  // sorted

// A built-in id, or the path of a file. A name that is neither gives one diagnostic that lists the built-in ids.
CompileResult compile_named(const std::string& id_or_path);

}  // namespace tollgate::protocol
