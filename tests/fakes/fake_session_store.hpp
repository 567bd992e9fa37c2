// A SessionStore in memory, for tests of what uses one. It passes the contract suite of the real ones.
//
// Thread-safe by one mutex; every call completes without suspending. Time is a Clock of the test's when one is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "store/session_store.hpp"

namespace tollgate::store {

class FakeSessionStore final : public SessionStore {
 public:
  FakeSessionStore() = default;
  explicit FakeSessionStore(base::Clock& clock) : clock_(&clock) {}

  Async<void> save_protocol(ProtocolRow protocol) override;
  Async<ProtocolRow> protocol(base::Sha256 hash) override;
  Async<SessionRow> create_session(NewSession session) override;
  Async<SessionRecord> load(base::SessionId id) override;
  Async<SessionPage> list(SessionFilter filter) override;
  Async<void> remove(base::SessionId id) override;
  Async<std::vector<AppendedInput>> append_inputs(base::SessionId id, std::vector<NewInput> inputs) override;
  Async<Lease> acquire_lease(base::SessionId id, std::string scope, base::BootId owner,
                             std::chrono::milliseconds ttl) override;
  Async<void> renew_lease(Lease lease, std::chrono::milliseconds ttl) override;
  Async<void> release_lease(Lease lease) override;
  Async<std::int64_t> commit(OutcomeCommit commit) override;
  Async<std::vector<Event>> events(base::SessionId id, std::int64_t after, std::int64_t limit) override;
  Async<void> save_blob(Blob blob) override;
  Async<std::string> blob(base::Sha256 digest) override;

  // The next call of any kind fails with this, and nothing is written.
  void fail_next(base::Error error);

 private:
  using EntryKey = std::tuple<std::string, std::string, std::int64_t>;  // kind, subject, version

  struct KnownInput {
    std::string kind;
    std::string subject;
    std::string body;  // canonical JSON
    std::int64_t version = 0;
    std::optional<base::Timestamp> key_until{};
  };
  struct HeldLease {
    std::optional<base::BootId> owner;  // none: released
    std::int64_t fence = 0;
    base::Timestamp until;
    std::chrono::milliseconds ttl;
  };
  struct Session {
    SessionRow row;
    std::string idempotency_key;
    std::map<EntryKey, Entry> inputs{};
    std::map<EntryKey, Entry> outcomes{};
    std::map<std::string, KnownInput> inputs_by_key{};
    std::map<std::int64_t, CheckpointRow> checkpoints{};
    std::vector<Event> events{};
  };
  struct Data {
    std::map<base::Sha256, ProtocolRow> protocols;
    std::map<base::SessionId, Session> sessions;
    std::map<base::Sha256, std::string> blobs;
    std::map<std::pair<base::SessionId, std::string>, HeldLease> leases;
  };

  // Runs `body` on a copy that replaces the data when it succeeds: all or nothing.
  template <typename T, typename Body>
  base::Result<T> write(const Body& body);
  base::Status take_failure();
  base::Timestamp now();

  static base::Result<Session*> find(Data& data, base::SessionId id);
  static base::Result<HeldLease*> find_lease(Data& data, const Lease& lease);
  static base::Result<AppendedInput> append(Session& session, const NewInput& input);
  static base::Result<bool> add_checkpoint(const Data& data, Session& session, CheckpointRow checkpoint);
  static base::Status add_event(Session& session, Event event);
  static base::Result<SessionRow> add_session(Data& data, const NewSession& session);
  static base::Result<std::int64_t> add_outcomes(Data& data, Session& session, const OutcomeCommit& commit);

  base::SystemClock system_clock_;
  base::Clock* const clock_ = &system_clock_;

  std::mutex mutex_;
  Data data_;                           // guarded by mutex_
  std::optional<base::Error> failure_;  // guarded by mutex_
};

}  // namespace tollgate::store
