#include "engine/session_journal.hpp"

#include <utility>

#include <fmt/format.h>

#include "engine/entries.hpp"
#include "session/records.hpp"

namespace tollgate::engine {
namespace {

using base::ErrorCode;
using base::Status;
using base::Value;

constexpr int kMaxOvertaken = 16;
constexpr const char* kScope = "session";  // one lease for all outcomes of a session

// As the store counts: what a fork took over has revision 0 and no version.
std::int64_t newest_revision(const session::Session& session, const std::string& question) {
  const auto* latest = session.latest(question);
  return latest == nullptr ? 0 : latest->revision;
}

}  // namespace

SessionJournal::SessionJournal(store::SessionStore& store, ProtocolCache& protocols, base::Clock& clock,
                               base::SessionId id, RunObserver observer)
    : store_(store), protocols_(protocols), clock_(clock), id_(id), observer_(std::move(observer)) {}

store::Async<void> SessionJournal::acquire_lease(base::BootId owner, std::chrono::milliseconds ttl) {
  auto lease = co_await store_.acquire_lease(id_, kScope, owner, ttl);
  if (!lease) {
    if (lease.error().code != ErrorCode::kConflict) co_return std::unexpected(lease.error());
    co_return base::fail(
        ErrorCode::kConflict,
        fmt::format("session {} is being run by another process; wait for it to end", id_.to_string()));
  }
  lease_ = *std::move(lease);
  co_return Status{};
}

store::Async<void> SessionJournal::renew_lease(std::chrono::milliseconds ttl) {
  auto renewed = co_await store_.renew_lease(*lease_, ttl);
  if (!renewed && renewed.error().code == ErrorCode::kConflict) co_return taken_over();
  co_return renewed;
}

boost::asio::awaitable<void> SessionJournal::release_lease() {
  (void)co_await store_.release_lease(*lease_);  // else it runs out by itself
}

std::unexpected<base::Error> SessionJournal::taken_over() {
  taken_over_ = true;
  return base::fail(
      ErrorCode::kConflict,
      fmt::format("session {} was taken over by another process, which goes on with it", id_.to_string()));
}

store::Async<void> SessionJournal::load() {
  CO_TRY(loaded_, co_await load_session(store_, protocols_, id_));
  co_return Status{};
}

const session::StoredCheckpoint* SessionJournal::last_checkpoint() const {
  return loaded_.checkpoints.empty() ? nullptr : &loaded_.checkpoints.back();
}

store::Async<void> SessionJournal::append(std::vector<Keyed<session::Answer>> answers,
                                          std::vector<Keyed<session::Waiver>> waivers) {
  std::vector<store::NewInput> inputs;
  for (const auto& [answer, key] : answers) {
    inputs.push_back(to_input(answer, key));
    inputs.back().expected_version = newest_revision(session(), answer.question);
  }
  for (const auto& [waiver, key] : waivers) inputs.push_back(to_input(waiver, key));
  const auto result = co_await store_.append_inputs(id_, std::move(inputs));
  if (!result && result.error().code == ErrorCode::kConflict && ++overtaken_ <= kMaxOvertaken)
    co_return co_await catch_up();
  if (!result) co_return std::unexpected(result.error());
  auto appended = result->begin();
  for (auto& [answer, key] : answers) {
    answer.revision = (appended++)->version;
    observe("answer.submitted", Value::Record{{"question", answer.question},
                                              {"revision", answer.revision},
                                              {"source", session::name(answer.source)}});
    loaded_.session->apply(std::move(answer));
  }
  for (auto& [waiver, key] : waivers) {
    waiver.number = (appended++)->version;
    observe("gate.waived", Value::Record{{"stage", waiver.stage}, {"rule", waiver.rule}});
    loaded_.session->apply(std::move(waiver));
  }
  co_return Status{};
}

// What others stored meanwhile is planned with, like everything else.
store::Async<void> SessionJournal::catch_up() {
  CO_TRY(const auto record, co_await store_.load(id_));
  for (const auto& entry : record.inputs) CO_TRY_STATUS(apply_entry(*loaded_.session, entry));
  co_return Status{};
}

template <typename Fact>
store::Async<void> SessionJournal::record(std::vector<Fact> facts, store::OutcomeCommit with) {
  for (const auto& fact : facts) with.outcomes.push_back(to_entry(fact));
  CO_TRY_STATUS(co_await commit(std::move(with)));
  for (auto& fact : facts) loaded_.session->apply(std::move(fact));
  co_return Status{};
}

template store::Async<void> SessionJournal::record(std::vector<session::Assessment>, store::OutcomeCommit);
template store::Async<void> SessionJournal::record(std::vector<session::GateOutcome>, store::OutcomeCommit);
template store::Async<void> SessionJournal::record(std::vector<session::CheckOutcome>, store::OutcomeCommit);
template store::Async<void> SessionJournal::record(std::vector<session::Decision>, store::OutcomeCommit);

store::Async<void> SessionJournal::commit(store::OutcomeCommit out) {
  const auto events = out.events;
  std::vector<session::StoredCheckpoint> links;
  for (const auto& row : out.checkpoints) links.push_back({row.seq, row.hash, row.manifest});
  const auto committed = co_await store_.commit(std::move(out));
  if (!committed) {
    if (committed.error().code != ErrorCode::kConflict) co_return std::unexpected(committed.error());
    co_return taken_over();
  }
  for (const auto& event : events) observe(event.type, event.body);
  for (auto& link : links) loaded_.checkpoints.push_back(std::move(link));
  co_return Status{};
}

void SessionJournal::observe(std::string_view event, const Value& body) const {
  if (observer_) observer_(session(), event, body);
}

}  // namespace tollgate::engine
