// One session, as stored and in memory, while its lease is held: everything a run reads of it and writes to it.
//
// Ownership: holds references only; store, protocols and clock must outlive it.
// Executor:  one; several calls may be under way at once.
// Cancel:    ends the wait; what was committed stays.
// A fact is applied after its commit, so that nothing is ever built on one that was not stored.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/value.hpp"
#include "engine/protocol_cache.hpp"
#include "engine/session_loader.hpp"
#include "session/checkpoint.hpp"
#include "session/session.hpp"
#include "store/session_store.hpp"

namespace tollgate::engine {

// Told of each stored event, and of "work.started" and "work.retried" which are not stored. Must not throw or block.
using RunObserver =
    std::function<void(const session::Session& session, std::string_view event, const base::Value& body)>;

// An input with its idempotency key.
template <typename Fact>
struct Keyed {
  Fact fact;
  std::string key;
};

class SessionJournal {
 public:
  SessionJournal(store::SessionStore& store, ProtocolCache& protocols, base::Clock& clock, base::SessionId id,
                 RunObserver observer);

  // kConflict while another process runs the session. kConflict from renew_lease(): it was taken over.
  store::Async<void> acquire_lease(base::BootId owner, std::chrono::milliseconds ttl);
  store::Async<void> renew_lease(std::chrono::milliseconds ttl);
  boost::asio::awaitable<void> release_lease();
  bool was_taken_over() const { return taken_over_; }  // nothing more can be recorded

  // Under the lease, so that nothing another process recorded is done again. kNotFound; kCorrupt.
  store::Async<void> load();
  // REQUIRES of all that follows: loaded.
  const session::Session& session() const { return *loaded_.session; }
  const std::string& owner() const { return loaded_.row.owner; }
  const session::StoredCheckpoint* last_checkpoint() const;  // null: none yet
  base::Timestamp now() const { return clock_.now(); }

  // Inputs. Whoever answered meanwhile was first: nothing is written over it, it is applied instead.
  store::Async<void> append(std::vector<Keyed<session::Answer>> answers, std::vector<Keyed<session::Waiver>> waivers);

  // Outcomes of one kind — Assessment, GateOutcome, CheckOutcome, Decision — and whatever is to be committed with them,
  // added to a new_commit(). kConflict: the session was taken over.
  store::OutcomeCommit new_commit(base::Timestamp at) const { return {.lease = *lease_, .at = at}; }
  template <typename Fact>
  store::Async<void> record(std::vector<Fact> facts, store::OutcomeCommit with);

  void observe(std::string_view event, const base::Value& body) const;

 private:
  store::Async<void> catch_up();
  store::Async<void> commit(store::OutcomeCommit commit);
  std::unexpected<base::Error> taken_over();

  // Constant after construction.
  store::SessionStore& store_;
  ProtocolCache& protocols_;
  base::Clock& clock_;
  const base::SessionId id_;
  const RunObserver observer_;

  // Used only on the executor.
  LoadedSession loaded_;
  std::optional<store::Lease> lease_;
  int overtaken_ = 0;  // inputs refused because somebody else was first
  bool taken_over_ = false;
};

}  // namespace tollgate::engine
