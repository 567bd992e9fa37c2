#include "engine/engine.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/altered_facts.hpp"
#include "engine/entries.hpp"
#include "protocol/answer_parser.hpp"
#include "session/waiver_check.hpp"

namespace tollgate::engine {
namespace {

using base::ErrorCode;
using base::Value;

base::Status check_options(const protocol::Protocol& protocol, const NewSession& session) {
  for (const auto& [key, value] : session.options) {
    const auto option = std::find_if(protocol.options.begin(), protocol.options.end(),
                                     [&](const auto& candidate) { return candidate.id == key; });
    if (option == protocol.options.end())
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("the protocol {} has no option '{}'", protocol.id, base::shortened(key, 64)));
    if (std::find(option->values.begin(), option->values.end(), value) == option->values.end()) {
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("the option '{}' cannot be '{}'; values: {}", key, base::shortened(value, 64),
                                    base::join(option->values, ", ")));
    }
  }
  return {};
}

base::Result<std::string> profile_of(const protocol::Protocol& protocol, const std::string& wanted) {
  if (wanted.empty()) return protocol.decisions.default_profile;
  if (protocol.decisions.profiles.contains(wanted)) return wanted;
  std::vector<std::string> names;
  for (const auto& [name, rules] : protocol.decisions.profiles) names.push_back(name);
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("the protocol {} has no profile '{}'; profiles: {}", protocol.id,
                                base::shortened(wanted, 64), base::join(names, ", ")));
}

}  // namespace

Engine::Engine(boost::asio::any_io_executor executor, store::SessionStore& store, base::Clock& clock,
               base::Random& random, Models models, RunnerConfig config)
    : executor_(std::move(executor)),
      store_(store),
      clock_(clock),
      random_(random),
      models_(models),
      config_(config),
      boot_(base::BootId::make(clock.now(), random)),
      protocols_(store) {}

store::Async<store::SessionRow> Engine::create(NewSession wanted) {
  if (base::trim(wanted.title).empty()) co_return base::fail(ErrorCode::kInvalidArgument, "a session needs a title");
  CO_TRY_STATUS(check_options(*wanted.protocol, wanted));
  CO_TRY(const auto profile, profile_of(*wanted.protocol, wanted.profile));
  CO_TRY_STATUS(co_await protocols_.pin(wanted.protocol));
  const auto now = clock_.now();
  session::SessionInfo info{.id = base::SessionId::make(now, random_),
                            .title = wanted.title,
                            .owner = wanted.owner,
                            .profile = profile,
                            .options = wanted.options,
                            .created_at = now};
  Value::List open;
  for (const auto& stage : wanted.protocol->stages) {
    if (stage.after.empty()) open.push_back(stage.id);
  }
  store::NewSession row;
  row.row = {.id = info.id,
             .title = wanted.title,
             .owner = wanted.owner,
             .protocol_hash = wanted.protocol->hash,
             .protocol_id = wanted.protocol->id,
             .settings = settings_of(info),
             .created_at = now,
             .updated_at = now};
  row.idempotency_key = wanted.idempotency_key;
  row.event_body = Value::Record{{"title", wanted.title},
                                 {"protocol", wanted.protocol->id},
                                 {"profile", profile},
                                 {"open_stages", std::move(open)}};
  co_return co_await store_.create_session(std::move(row));
}

store::Async<LoadedSession> Engine::load(base::SessionId id) {
  co_return co_await load_session(store_, protocols_, id);
}

store::Async<RunReport> Engine::run(base::SessionId id, session::RunPolicy policy, session::Brief brief,
                                    RunObserver observer) {
  // The lease is this process's; within it, one run at a time.
  if (!running_.insert(id).second)
    co_return base::fail(ErrorCode::kConflict,
                         fmt::format("session {} is being run already; wait for it to end", id.to_string()));
  struct Ending {
    std::set<base::SessionId>& running;
    base::SessionId id;
    ~Ending() { running.erase(id); }
  } ending{running_, id};
  SessionRunner runner(executor_, store_, protocols_, clock_, boot_, models_, config_, id, std::move(policy),
                       std::move(brief), std::move(observer));
  co_return co_await runner.run();
}

store::Async<std::int64_t> Engine::submit(base::SessionId id, std::string name, Value raw, std::string author,
                                          InputKey key, std::optional<std::int64_t> expected) {
  CO_TRY(const auto loaded, co_await load_session(store_, protocols_, id));
  const auto& state = *loaded.session;
  const auto index = state.protocol().resolve_question(name);
  if (!index)
    co_return base::fail(ErrorCode::kNotFound, fmt::format("the protocol {} has no question '{}'", state.protocol().id,
                                                           base::shortened(name, 64)));
  const auto& question = state.protocol().questions[*index];
  switch (state.status(question)) {
    case session::QuestionStatus::kBlocked:
      co_return base::fail(
          ErrorCode::kPreconditionFailed,
          fmt::format("{} cannot be answered yet: {}", question.name,
                      state.is_open(state.protocol().stages[question.stage]) ? "it needs earlier answers"
                                                                             : "its stage is not open"));
    case session::QuestionStatus::kNotApplicable:
      co_return base::fail(ErrorCode::kPreconditionFailed, fmt::format("{} does not apply here", question.name));
    default: break;
  }
  auto value = protocol::parse_answer(question, raw);
  if (!value) co_return base::fail(value.error().code, fmt::format("{}: {}", question.name, value.error().message));
  session::Answer answer{.question = question.name,
                         .value = *std::move(value),
                         .source = session::AnswerSource::kPerson,
                         .author = std::move(author),
                         .at = clock_.now()};
  std::vector<store::NewInput> inputs;
  inputs.push_back(to_input(answer, std::move(key.text)));
  inputs.back().key_until = key.until;
  inputs.back().expected_version = expected;
  CO_TRY(const auto appended, co_await store_.append_inputs(id, std::move(inputs)));
  co_return appended.front().version;
}

store::Async<void> Engine::waive(base::SessionId id, session::BriefWaiver waiver, InputKey key) {
  CO_TRY(const auto loaded, co_await load_session(store_, protocols_, id));
  const auto& state = *loaded.session;
  // A repeat of a request whose reply was lost.
  const auto* given = state.waiver(waiver.rule);
  if (given != nullptr && given->stage == waiver.stage && given->role == waiver.role &&
      given->author == waiver.author && given->reason == waiver.reason && given->due == waiver.due)
    co_return base::Status{};
  const auto* gate = state.gate(waiver.stage);
  const auto* stage = state.protocol().find_stage(waiver.stage);
  const auto failed =
      gate == nullptr ? false : std::any_of(gate->rules.begin(), gate->rules.end(), [&](const auto& rule) {
        return rule.rule == waiver.rule && (rule.status == session::GateRuleStatus::kFailed ||
                                            rule.status == session::GateRuleStatus::kUndetermined);
      });
  if (stage == nullptr || !failed)
    co_return base::fail(ErrorCode::kPreconditionFailed,
                         fmt::format("the rule '{}' of stage '{}' has not failed, so there is nothing to waive",
                                     waiver.rule, waiver.stage));
  const auto rule = std::find_if(stage->gate.rules.begin(), stage->gate.rules.end(),
                                 [&](const auto& candidate) { return candidate.id == waiver.rule; });
  if (rule == stage->gate.rules.end())  // of the engine's own, as dangling references
    co_return base::fail(ErrorCode::kForbidden, fmt::format("the rule {} cannot be waived", waiver.rule));
  const auto now = clock_.now();
  CO_TRY_STATUS(session::check_waiver(*rule, waiver));
  CO_TRY_STATUS(session::check_waiver_is_not_overdue(waiver, base::Date(std::chrono::floor<std::chrono::days>(now))));
  session::Waiver fact{.stage = waiver.stage,
                       .rule = waiver.rule,
                       .role = waiver.role,
                       .author = waiver.author,
                       .reason = waiver.reason,
                       .due = waiver.due,
                       .at = now};
  std::vector<store::NewInput> inputs;
  inputs.push_back(to_input(fact, std::move(key.text)));
  inputs.back().key_until = key.until;
  CO_TRY(const auto appended, co_await store_.append_inputs(id, std::move(inputs)));
  co_return base::Status{};
}

store::Async<Verification> Engine::verify(base::SessionId id) {
  CO_TRY(const auto record, co_await store_.load_afresh(id));
  std::vector<session::StoredCheckpoint> chain;
  for (const auto& checkpoint : record.checkpoints)
    chain.push_back({checkpoint.seq, checkpoint.hash, checkpoint.manifest});
  CO_TRY(const auto read, co_await read_contents(store_, contents_of(chain)));
  Verification verification{session::verify_chain(id, record.row.protocol_hash, chain, read), {}};
  if (verification.chain.altered) co_return verification;
  CO_TRY(const auto loaded, co_await load_session(store_, protocols_, id));
  verification.altered_answers = find_altered_facts(loaded, read);
  co_return verification;
}

store::Async<store::SessionRow> Engine::fork(base::SessionId id, std::int64_t seq, std::string title, std::string key,
                                             std::string owner) {
  CO_TRY(const auto record, co_await store_.load(id));
  const auto origin = std::find_if(record.checkpoints.begin(), record.checkpoints.end(),
                                   [&](const auto& checkpoint) { return checkpoint.seq == seq; });
  if (origin == record.checkpoints.end())
    co_return base::fail(ErrorCode::kNotFound, fmt::format("session {} has no checkpoint {}", id.to_string(), seq));
  CO_TRY(const auto manifest, session::read_manifest(origin->manifest));
  const auto now = clock_.now();
  store::NewSession fork;
  fork.row = record.row;
  fork.row.id = base::SessionId::make(now, random_);
  if (!title.empty()) fork.row.title = std::move(title);
  if (!owner.empty()) fork.row.owner = std::move(owner);
  fork.row.status = store::SessionStatus::kOpen;
  fork.row.decision.clear();
  fork.row.origin = store::Origin{id, seq};
  fork.row.created_at = now;
  fork.row.updated_at = now;
  fork.idempotency_key = std::move(key);
  fork.event_body = Value::Record{{"title", fork.row.title},
                                  {"protocol", record.row.protocol_id},
                                  {"forked_from", id.to_string()},
                                  {"checkpoint", seq}};
  fork.origin_checkpoint = store::CheckpointRow{0, origin->hash, origin->manifest, {}};
  fork.origin_checkpoint->blobs = manifest.contents();
  co_return co_await store_.create_session(std::move(fork));
}

}  // namespace tollgate::engine
