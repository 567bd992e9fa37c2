// A protocol file with everything it includes, merged into one tree.
//
// Mappings (enums, records, rubrics, options, decisions, charter …) are merged key by key, lists (stages, checks,
// references, tests) appended in the order of the includes, the including file's own values last. A key that two
// files define is an error that names both places. Paths are relative to the including file and stay below the main
// file's folder.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "protocol/source.hpp"

namespace tollgate::protocol {

// Reads a file by path. Injected, so that built-in protocols come from memory and tests need no disk.
using FileReader = std::function<base::Result<std::string>(const std::string& path)>;

std::expected<SourceNode, Diagnostic> load_source(const std::string& path, const FileReader& read);

// Reads a whole file from the disk; more than `max_bytes` are refused unread.
base::Result<std::string> read_file(const std::string& path, std::size_t max_bytes);
base::Result<std::string> read_source_file(const std::string& path);  // of at most kMaxSourceBytes

}  // namespace tollgate::protocol
