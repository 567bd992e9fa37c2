// Checkpoints: what a session was when a stage's gate passed, and when it was decided, in a chain in which no byte can
// change unnoticed.
//
// The content of each passed stage is one canonical JSON text, stored once under its SHA-256. A checkpoint's manifest
// names the session's title and owner and lists these digests. With the decision goes a *closing* checkpoint: the last
// one's digests again, and that of the checks and the decision made from them. The chain is h_k = SHA-256(h_{k-1} ‖
// protocol hash ‖ manifest), with h_0 of 32 zero bytes, or of the checkpoint a fork started from. It proves integrity
// against accidents and edits, not against somebody who may rewrite the whole chain.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/sha256.hpp"
#include "session/session.hpp"

namespace tollgate::session {

struct StageContent {  // or that of a closing
  base::Sha256 digest;
  std::string bytes;
};

struct Checkpoint {
  std::int64_t seq = 0;
  base::Sha256 hash;
  std::string manifest;
  std::vector<StageContent> contents{};  // of every stage in the manifest; of a closing its own alone
};

// The checkpoint that follows `previous` now that `stage` has passed. Passed stages are those whose gate has passed,
// current or not. `gate`: the outcome of `stage` when the session does not have it yet, because both are stored
// together.
Checkpoint make_checkpoint(const Session& session, const protocol::Stage& stage, std::int64_t previous_seq,
                           const base::Sha256& previous_hash, Timestamp now, const GateOutcome* gate = nullptr);

// A stored link, as the store returns it.
struct StoredCheckpoint {
  std::int64_t seq = 0;
  base::Sha256 hash;
  std::string manifest;
};

// The checkpoint that follows `last` with a decision: decision.checkpoint is its number. kCorrupt: `last` is not as it
// was written.
base::Result<Checkpoint> make_closing(const Session& session, const Decision& decision, const StoredCheckpoint& last);

struct Manifest {
  base::SessionId session;
  std::int64_t seq = 0;
  std::string stage;                   // empty: closing
  std::optional<std::string> title{};  // none, nor an owner, in what early versions wrote
  std::optional<std::string> owner{};
  Timestamp at{};
  base::Sha256 protocol;
  base::Sha256 parent;
  std::vector<std::pair<std::string, base::Sha256>> stages;
  std::optional<base::Sha256> closing{};

  std::vector<base::Sha256> contents() const;  // of the stages, and of the closing
};
base::Result<Manifest> read_manifest(std::string_view bytes);
base::Sha256 chain_hash(const base::Sha256& parent, const base::Sha256& protocol, std::string_view manifest);

struct VerifyReport {
  std::int64_t checked = 0;
  std::optional<std::int64_t> altered{};  // the first checkpoint that does not verify
  std::int64_t last_good = 0;             // 0: none
  std::string reason{};
};

// Reads a stage's content by digest; an error counts as altered.
using ContentReader = std::function<base::Result<std::string>(const base::Sha256&)>;

// Checks the chain link by link: order, hashes, every content's digest.
VerifyReport verify_chain(const base::SessionId& session, const base::Sha256& protocol_hash,
                          const std::vector<StoredCheckpoint>& checkpoints, const ContentReader& read);

// Applies what a checkpoint holds to a fresh session: how a fork begins. Taken-over answers have revision 0.
base::Status restore(Session& session, const Manifest& manifest, const ContentReader& read);

}  // namespace tollgate::session
