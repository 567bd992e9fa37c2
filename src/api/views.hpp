// What the API says of a session, as JSON. Pure; the shapes are described in api/schemas.json.
#pragma once

#include <vector>

#include "base/value.hpp"
#include "engine/live_sessions.hpp"
#include "engine/session_loader.hpp"

namespace tollgate::api {

base::Value session_row_view(const store::SessionRow& row);
base::Value session_view(const engine::LoadedSession& loaded);  // the row, its stages and its settings
base::Value progress_view(const engine::LoadedSession& loaded, const engine::WorkState& work);
base::Value questions_view(const session::Session& session);
base::Value answer_view(const session::Session& session, const protocol::Question& question);
base::Value checkpoints_view(const std::vector<session::StoredCheckpoint>& checkpoints);
base::Value findings_view(const session::Session& session);
base::Value decision_view(const session::Session& session);  // null while there is none in force
base::Value event_view(const store::Event& event);

}  // namespace tollgate::api
