#include "tests/fakes/fake_session_store.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/body_json.hpp"
#include "store/list_cursor.hpp"
#include "store/request_checks.hpp"

namespace tollgate::store {
namespace {

using base::ErrorCode;
using base::fail;

// What a database gives back for what it was given.
base::Result<base::Value> as_stored(const base::Value& body, std::string_view what,
                                    std::size_t max_bytes = kMaxBodyBytes) {
  TRY(const auto json, encode_body(body, what, max_bytes));
  return decode_body(json, what);
}

bool matches(const SessionRow& row, const SessionFilter& filter) {
  if (!filter.owner.empty() && row.owner != filter.owner) return false;
  if (!filter.visible_to.empty() && row.owner != filter.visible_to) return false;  // nobody takes part here
  if (filter.status && row.status != *filter.status) return false;
  return base::lower_ascii(row.title).find(base::lower_ascii(filter.title_contains)) != std::string::npos;
}

bool comes_first(const SessionRow& a, const SessionRow& b) {
  return std::tie(a.updated_at, a.id) > std::tie(b.updated_at, b.id);
}

template <typename Map>
std::vector<typename Map::mapped_type> values(const Map& map) {
  std::vector<typename Map::mapped_type> found;
  for (const auto& [key, value] : map) found.push_back(value);
  return found;
}

}  // namespace

template <typename T, typename Body>
base::Result<T> FakeSessionStore::write(const Body& body) {
  const std::lock_guard lock(mutex_);
  TRY_STATUS(take_failure());
  Data changed = data_;
  base::Result<T> result = body(changed);
  if (result) data_ = std::move(changed);
  return result;
}

void FakeSessionStore::fail_next(base::Error error) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(error);
}

base::Status FakeSessionStore::take_failure() {
  if (!failure_) return {};
  return fail(*std::exchange(failure_, std::nullopt));
}

base::Timestamp FakeSessionStore::now() {
  return clock_->now();
}

base::Result<FakeSessionStore::Session*> FakeSessionStore::find(Data& data, base::SessionId id) {
  const auto found = data.sessions.find(id);
  if (found == data.sessions.end()) {
    return fail(ErrorCode::kNotFound, fmt::format("session {} does not exist", id.to_string()));
  }
  return &found->second;
}

base::Result<FakeSessionStore::HeldLease*> FakeSessionStore::find_lease(Data& data, const Lease& lease) {
  TRY_STATUS(find(data, lease.session));
  const auto found = data.leases.find({lease.session, lease.scope});
  if (found == data.leases.end() || found->second.owner != lease.owner || found->second.fence != lease.fence) {
    return fail(ErrorCode::kConflict, fmt::format("the lease on \"{}\" was lost", lease.scope));
  }
  return &found->second;
}

base::Status FakeSessionStore::add_event(Session& session, Event event) {
  TRY(event.body, as_stored(event.body, event.type, kMaxEventBytes));
  event.seq = ++session.row.head_seq;
  session.events.push_back(std::move(event));
  return {};
}

base::Result<AppendedInput> FakeSessionStore::append(Session& session, const NewInput& input) {
  auto entry = input.entry;
  TRY(const auto body, encode_body(entry.body, entry.kind, kMaxBodyBytes));
  if (const auto known = session.inputs_by_key.find(input.idempotency_key);
      known != session.inputs_by_key.end() && (!known->second.key_until || entry.at < *known->second.key_until)) {
    const auto& first = known->second;
    if (first.kind == entry.kind && first.subject == entry.subject && first.body == body) {
      return AppendedInput{first.version, true};
    }
    return fail(ErrorCode::kConflict, "the idempotency key was used for another input");
  }
  const auto newest = std::ranges::count_if(session.inputs, [&](const auto& other) {
    return other.second.kind == entry.kind && other.second.subject == entry.subject;
  });
  if (input.expected_version && *input.expected_version != newest) {
    return fail(ErrorCode::kConflict, fmt::format("version {} is the newest", newest));
  }
  entry.version = newest + 1;
  TRY(entry.body, decode_body(body, entry.kind));
  TRY_STATUS(add_event(
      session, {.type = input.event_type, .body = with_revision(input.event_body, entry.version), .at = entry.at}));
  session.inputs_by_key[input.idempotency_key] = {entry.kind, entry.subject, body, entry.version, input.key_until};
  session.row.updated_at = std::max(session.row.updated_at, entry.at);
  session.inputs[{entry.kind, entry.subject, entry.version}] = entry;
  return AppendedInput{entry.version, false};
}

base::Result<bool> FakeSessionStore::add_checkpoint(const Data& data, Session& session, CheckpointRow checkpoint) {
  if (const auto known = session.checkpoints.find(checkpoint.seq); known != session.checkpoints.end()) {
    if (known->second.hash == checkpoint.hash) return false;
    return fail(ErrorCode::kPreconditionFailed, fmt::format("checkpoint {} has another content", checkpoint.seq));
  }
  const auto last = session.checkpoints.empty() ? 0 : session.checkpoints.rbegin()->first;
  if (checkpoint.seq != 0 && checkpoint.seq != last + 1) {
    return fail(ErrorCode::kPreconditionFailed,
                fmt::format("checkpoint {} does not continue the chain", checkpoint.seq));
  }
  std::ranges::sort(checkpoint.blobs);
  for (const auto& digest : checkpoint.blobs) {
    if (!data.blobs.contains(digest)) {
      return fail(ErrorCode::kPreconditionFailed, fmt::format("blob {} is not stored", digest.to_hex()));
    }
  }
  session.checkpoints[checkpoint.seq] = std::move(checkpoint);
  return true;
}

base::Result<SessionRow> FakeSessionStore::add_session(Data& data, const NewSession& session) {
  for (const auto& [id, other] : data.sessions) {
    if (other.row.owner == session.row.owner && other.idempotency_key == session.idempotency_key) return other.row;
  }
  if (!data.protocols.contains(session.row.protocol_hash)) {
    return fail(ErrorCode::kPreconditionFailed, "the protocol is not stored");
  }
  if (data.sessions.contains(session.row.id)) return fail(ErrorCode::kConflict, "the session exists already");

  Session made{.row = session.row, .idempotency_key = session.idempotency_key};
  TRY(made.row.settings, as_stored(session.row.settings, "the settings"));
  made.row.status = SessionStatus::kOpen;
  made.row.decision.clear();
  made.row.head_seq = 0;
  TRY_STATUS(add_event(made, {.type = "session.created", .body = session.event_body, .at = session.row.created_at}));
  if (session.origin_checkpoint) TRY_STATUS(add_checkpoint(data, made, *session.origin_checkpoint));
  return data.sessions.emplace(session.row.id, std::move(made)).first->second.row;
}

base::Result<std::int64_t> FakeSessionStore::add_outcomes(Data& data, Session& session, const OutcomeCommit& commit) {
  bool is_new = commit.outcomes.empty() && commit.checkpoints.empty();
  for (auto outcome : commit.outcomes) {
    TRY(outcome.body, as_stored(outcome.body, outcome.kind));
    is_new |= session.outcomes.try_emplace({outcome.kind, outcome.subject, outcome.version}, outcome).second;
  }
  for (const auto& blob : commit.blobs) data.blobs.try_emplace(blob.digest, blob.bytes);
  for (const auto& checkpoint : commit.checkpoints) {
    TRY(const bool added, add_checkpoint(data, session, checkpoint));
    is_new |= added;
  }
  if (!is_new) return session.row.head_seq;
  for (auto event : commit.events) {
    event.at = commit.at;
    TRY_STATUS(add_event(session, std::move(event)));
  }
  session.row.updated_at = std::max(session.row.updated_at, commit.at);
  if (commit.status) {
    session.row.status = *commit.status;
    session.row.decision = commit.decision;
  }
  return session.row.head_seq;
}

Async<void> FakeSessionStore::save_protocol(ProtocolRow protocol) {
  CO_TRY_STATUS(check_protocol(protocol));
  co_return write<void>([&](Data& data) -> base::Status {
    data.protocols.try_emplace(protocol.hash, protocol);
    return {};
  });
}

Async<ProtocolRow> FakeSessionStore::protocol(base::Sha256 hash) {
  co_return write<ProtocolRow>([&](Data& data) -> base::Result<ProtocolRow> {
    const auto found = data.protocols.find(hash);
    if (found == data.protocols.end()) return fail(ErrorCode::kNotFound, "the protocol is not stored");
    return found->second;
  });
}

Async<SessionRow> FakeSessionStore::create_session(NewSession session) {
  CO_TRY_STATUS(check_new_session(session));
  co_return write<SessionRow>([&](Data& data) { return add_session(data, session); });
}

Async<SessionRecord> FakeSessionStore::load(base::SessionId id) {
  co_return write<SessionRecord>([&](Data& data) -> base::Result<SessionRecord> {
    TRY(const auto* session, find(data, id));
    return SessionRecord{session->row, values(session->inputs), values(session->outcomes),
                         values(session->checkpoints)};
  });
}

Async<SessionPage> FakeSessionStore::list(SessionFilter filter) {
  CO_TRY_STATUS(check_filter(filter));
  co_return write<SessionPage>([&](Data& data) -> base::Result<SessionPage> {
    SessionPage page;
    for (const auto& [id, session] : data.sessions) {
      if (matches(session.row, filter)) page.rows.push_back(session.row);
    }
    std::ranges::sort(page.rows, comes_first);
    if (!filter.cursor.empty()) {
      TRY(const auto last, decode_cursor(filter));
      std::erase_if(page.rows, [&](const auto& row) {
        return std::tie(row.updated_at, row.id) >= std::tie(last.updated_at, last.id);
      });
    }
    if (static_cast<std::int64_t>(page.rows.size()) > filter.limit) {
      page.rows.resize(static_cast<std::size_t>(filter.limit));
      page.next = encode_cursor(filter, {page.rows.back().updated_at, page.rows.back().id});
    }
    for (auto& row : page.rows) row.settings = {};
    return page;
  });
}

Async<void> FakeSessionStore::remove(base::SessionId id) {
  co_return write<void>([&](Data& data) -> base::Status {
    TRY(const auto* session, find(data, id));
    std::vector<base::Sha256> named;
    for (const auto& [seq, checkpoint] : session->checkpoints) {
      named.insert(named.end(), checkpoint.blobs.begin(), checkpoint.blobs.end());
    }
    data.sessions.erase(id);
    std::erase_if(data.leases, [&](const auto& lease) { return lease.first.first == id; });
    for (const auto& digest : named) {
      const bool needed = std::ranges::any_of(data.sessions, [&](const auto& other) {
        return std::ranges::any_of(other.second.checkpoints, [&](const auto& checkpoint) {
          return std::ranges::count(checkpoint.second.blobs, digest) > 0;
        });
      });
      if (!needed) data.blobs.erase(digest);
    }
    return {};
  });
}

Async<std::vector<AppendedInput>> FakeSessionStore::append_inputs(base::SessionId id, std::vector<NewInput> inputs) {
  CO_TRY_STATUS(check_inputs(inputs));
  co_return write<std::vector<AppendedInput>>([&](Data& data) -> base::Result<std::vector<AppendedInput>> {
    TRY(auto* session, find(data, id));
    std::vector<AppendedInput> appended;
    for (const auto& input : inputs) {
      TRY(appended.emplace_back(), append(*session, input));
    }
    return appended;
  });
}

Async<Lease> FakeSessionStore::acquire_lease(base::SessionId id, std::string scope, base::BootId owner,
                                             std::chrono::milliseconds ttl) {
  CO_TRY_STATUS(check_lease(scope, ttl));
  co_return write<Lease>([&](Data& data) -> base::Result<Lease> {
    TRY_STATUS(find(data, id));
    auto& held = data.leases[{id, scope}];
    if (held.owner != owner) {
      if (held.owner && held.until > now()) return fail(ErrorCode::kConflict, "another owner holds the lease");
      ++held.fence;
    }
    held.owner = owner;
    held.until = now() + ttl;
    held.ttl = ttl;
    return Lease{id, scope, owner, held.fence};
  });
}

Async<void> FakeSessionStore::renew_lease(Lease lease, std::chrono::milliseconds ttl) {
  CO_TRY_STATUS(check_lease(lease.scope, ttl));
  co_return write<void>([&](Data& data) -> base::Status {
    TRY(auto* held, find_lease(data, lease));
    held->ttl = ttl;
    held->until = now() + ttl;
    return {};
  });
}

Async<void> FakeSessionStore::release_lease(Lease lease) {
  co_return write<void>([&](Data& data) -> base::Status {
    if (auto held = find_lease(data, lease)) (*held)->owner.reset();
    return {};
  });
}

Async<std::int64_t> FakeSessionStore::commit(OutcomeCommit commit) {
  CO_TRY_STATUS(check_commit(commit));
  co_return write<std::int64_t>([&](Data& data) -> base::Result<std::int64_t> {
    TRY(auto* held, find_lease(data, commit.lease));
    held->until = std::max(held->until, now() + held->ttl);
    TRY(auto* session, find(data, commit.lease.session));
    return add_outcomes(data, *session, commit);
  });
}

Async<std::vector<Event>> FakeSessionStore::events(base::SessionId id, std::int64_t after, std::int64_t limit) {
  CO_TRY_STATUS(check_event_range(after, limit));
  co_return write<std::vector<Event>>([&](Data& data) -> base::Result<std::vector<Event>> {
    TRY(const auto* session, find(data, id));
    std::vector<Event> found;
    for (const auto& event : session->events) {
      if (event.seq > after && static_cast<std::int64_t>(found.size()) < limit) found.push_back(event);
    }
    return found;
  });
}

Async<void> FakeSessionStore::save_blob(Blob blob) {
  CO_TRY_STATUS(check_blob(blob));
  co_return write<void>([&](Data& data) -> base::Status {
    data.blobs.try_emplace(blob.digest, blob.bytes);
    return {};
  });
}

Async<std::string> FakeSessionStore::blob(base::Sha256 digest) {
  co_return write<std::string>([&](Data& data) -> base::Result<std::string> {
    const auto found = data.blobs.find(digest);
    if (found == data.blobs.end()) return fail(ErrorCode::kNotFound, "the blob is not stored");
    return found->second;
  });
}

}  // namespace tollgate::store
