// Where sessions live: the persistence interface behind which SQLite and PostgreSQL stand.
//
// Every write is acknowledged only after a durable commit. An instance may be used from any executor; the awaitables
// resume on the caller's. It must outlive all calls. Cancelling a call stops the wait, not a commit under way: the
// caller then knows nothing, and repeats with the same idempotency key or outcome version, which is harmless.
// Errors common to all: kNoSpace (nothing was written), kUnavailable, kTimeout, kCorrupt; kInvalidArgument and
// kTooLarge for what store/request_checks.hpp refuses; kCancelled.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "store/records.hpp"

namespace tollgate::store {

template <typename T>
using Async = boost::asio::awaitable<base::Result<T>>;

class SessionStore {
 public:
  virtual ~SessionStore() = default;

  // Protocols, pinned by hash. Saving a known hash again does nothing.
  virtual Async<void> save_protocol(ProtocolRow protocol) = 0;
  virtual Async<ProtocolRow> protocol(base::Sha256 hash) = 0;  // kNotFound

  // Creates the session with its first event, or returns the one made under the same owner and key before.
  // kConflict: the id is taken; kPreconditionFailed: its protocol, or a blob of its first checkpoint, is not stored.
  virtual Async<SessionRow> create_session(NewSession session) = 0;
  virtual Async<SessionRecord> load(base::SessionId id) = 0;  // kNotFound
  // From the database itself, also where load() may give what it read before: to see what was altered behind its back.
  virtual Async<SessionRecord> load_afresh(base::SessionId id) { return load(id); }
  virtual Async<SessionPage> list(SessionFilter filter) = 0;  // kInvalidArgument for a cursor of another listing
  virtual Async<void> remove(base::SessionId id) = 0;         // with everything of it but shared blobs; kNotFound

  // Inputs: no lease. All of them in one transaction; kNotFound, kConflict (expected_version; or the key was used for
  // another body: a key names one input, for ever or until its end).
  virtual Async<std::vector<AppendedInput>> append_inputs(base::SessionId id, std::vector<NewInput> inputs) = 0;

  // Leases. kConflict while another live owner holds it; time is the store's own. On one machine, a lease whose
  // owner's process has ended is free at once.
  virtual Async<Lease> acquire_lease(base::SessionId id, std::string scope, base::BootId owner,
                                     std::chrono::milliseconds ttl) = 0;
  virtual Async<void> renew_lease(Lease lease, std::chrono::milliseconds ttl) = 0;  // kConflict: lost
  virtual Async<void> release_lease(Lease lease) = 0;                               // lost already: no error

  // Outcomes: the fence is checked, and the lease renewed, in the same transaction. Returns the new head_seq.
  // kNotFound; kConflict when the lease is lost; kPreconditionFailed when a checkpoint does not continue the chain
  // (another one has its seq, or there is a gap), or names a blob that is neither stored nor in the commit.
  virtual Async<std::int64_t> commit(OutcomeCommit commit) = 0;

  // Events after `after`, oldest first, at most `limit` (1–1000). kNotFound.
  virtual Async<std::vector<Event>> events(base::SessionId id, std::int64_t after, std::int64_t limit) = 0;

  virtual Async<void> save_blob(Blob blob) = 0;              // kInvalidArgument when the digest does not fit the bytes
  virtual Async<std::string> blob(base::Sha256 digest) = 0;  // bytes as stored, unverified; kNotFound
};

}  // namespace tollgate::store
