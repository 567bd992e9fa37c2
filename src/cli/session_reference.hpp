// How people name a session: its id, or the beginning of it.
#pragma once

#include <string>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "cli/workspace.hpp"

namespace tollgate::cli {

// At least 4 characters of the id. kNotFound; kInvalidArgument when several sessions begin so.
base::Result<base::SessionId> find_session(Workspace& workspace, const std::string& id_or_beginning);

}  // namespace tollgate::cli
