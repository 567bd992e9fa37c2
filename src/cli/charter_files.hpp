// A session's charter as files.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "engine/session_loader.hpp"

namespace tollgate::cli {

// Writes charter.md, .html, .pdf and .json into `folder`, each whole or not at all; returns the paths.
base::Result<std::vector<std::string>> write_charter_files(const engine::LoadedSession& loaded,
                                                           const std::string& folder);

// Creates the folder; an error says why it cannot be written to.
base::Status prepare_folder(const std::string& folder);

// Replaces the file at once: a reader, or a crash, sees the old or the new content.
base::Status write_file(const std::string& path, const std::string& content);

}  // namespace tollgate::cli
