// A session as stored, back as a state machine.
#pragma once

#include <memory>

#include "engine/protocol_cache.hpp"
#include "session/checkpoint.hpp"
#include "session/session.hpp"
#include "store/session_store.hpp"

namespace tollgate::engine {

struct LoadedSession {
  store::SessionRow row;
  std::unique_ptr<session::Session> session;
  std::vector<session::StoredCheckpoint> checkpoints;  // by seq; seq 0 first in a fork
};

// kNotFound; kCorrupt when something stored is not as it was written. `store` and `protocols` must outlive the call.
store::Async<LoadedSession> load_session(store::SessionStore& store, ProtocolCache& protocols, base::SessionId id);

// Blobs by digest, read ahead for the pure functions of session/checkpoint.hpp; a missing one stays an error inside.
store::Async<session::ContentReader> read_contents(store::SessionStore& store, std::vector<base::Sha256> digests);

std::vector<base::Sha256> contents_of(const std::vector<session::StoredCheckpoint>& checkpoints);

base::Value settings_of(const session::SessionInfo& info);  // profile and options, as stored with the session

}  // namespace tollgate::engine
