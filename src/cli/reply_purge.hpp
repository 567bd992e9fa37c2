// Forgets replies of models that lie in Redis, from a command that calls no model.
#pragma once

#include "base/result.hpp"
#include "cli/config.hpp"
#include "llm/router/reply_selection.hpp"

namespace tollgate::cli {

// Nothing to do, and no error, where no redis_url is set: replies then lie in the memory of the server alone. Blocks
// for a few seconds at most.
base::Status purge_replies_in_redis(const Config& config, const llm::ReplySelection& selection);

}  // namespace tollgate::cli
