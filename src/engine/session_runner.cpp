#include "engine/session_runner.hpp"

#include <algorithm>
#include <exception>
#include <random>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "engine/entries.hpp"
#include "llm/assess_prompt.hpp"
#include "llm/consistency_prompt.hpp"
#include "llm/draft_prompt.hpp"
#include "llm/follow_up_prompt.hpp"
#include "session/gatekeeper.hpp"

namespace tollgate::engine {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Status;
using base::Value;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr int kMaxUnreadableDrafts = 2;
constexpr int kMaxOvertaken = 16;
constexpr const char* kScope = "session";  // one lease for all outcomes of a session

Value::List list_of(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

// As the store counts: what a fork took over has revision 0 and no version.
std::int64_t newest_revision(const session::Session& session, const std::string& question) {
  const auto* latest = session.latest(question);
  return latest == nullptr ? 0 : latest->revision;
}

// Half fixed, half chance, so that many sessions do not come back together; not before the provider asked us to.
std::chrono::milliseconds backoff(const RunnerConfig& config, int tries, const base::Error& error) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  const auto bound = config.first_backoff.count() << std::min(tries - 1, 6);
  const std::chrono::milliseconds pause(std::uniform_int_distribution<std::int64_t>(bound / 2, bound)(generator));
  const auto asked = error.retry_after.value_or(std::chrono::milliseconds(0));
  return std::max(pause, std::min(asked, config.call_timeout));
}

// A reply that could not be used was repaired once already: it is tried again by the next run, not at once.
bool may_pass(const base::Error& error) {
  return base::is_retryable(error.code) && error.code != ErrorCode::kBadReply;
}

// The stages that open once the gate of `passed` has, for the first time.
std::vector<std::string> opened_by(const session::Session& session, const protocol::Stage& passed) {
  const auto& stages = session.protocol().stages;
  std::vector<std::string> opened;
  for (const auto& stage : stages) {
    const bool opens = std::all_of(stage.after.begin(), stage.after.end(), [&](std::size_t before) {
      const auto* gate = session.gate(stages[before].id);
      return stages[before].id == passed.id || (gate != nullptr && gate->passed);
    });
    if (opens && !session.is_open(stage)) opened.push_back(stage.id);
  }
  return opened;
}

std::vector<std::string> subjects_of(const session::WorkItem& item) {
  if (const auto* assess = std::get_if<session::AssessAnswers>(&item)) return assess->questions;
  if (const auto* draft = std::get_if<session::DraftAnswers>(&item)) return draft->questions;
  if (const auto* gate = std::get_if<session::EvaluateGate>(&item)) return {gate->stage};
  if (const auto* checks = std::get_if<session::RunChecks>(&item)) return checks->checks;
  if (const auto* asked = std::get_if<session::AskChecks>(&item)) return asked->checks;
  return {"decision"};
}

std::string task_of(const session::WorkItem& item) {
  if (std::holds_alternative<session::AssessAnswers>(item)) return "assess";
  if (std::holds_alternative<session::DraftAnswers>(item)) return "draft";
  if (std::holds_alternative<session::EvaluateGate>(item)) return "gate";
  if (std::holds_alternative<session::RunChecks>(item)) return "check";
  if (std::holds_alternative<session::AskChecks>(item)) return "ask";
  return "decide";
}

}  // namespace

SessionRunner::SessionRunner(asio::any_io_executor executor, store::SessionStore& store, ProtocolCache& protocols,
                             base::Clock& clock, base::BootId boot, const Models& models, RunnerConfig config,
                             base::SessionId id, session::RunPolicy policy, session::Brief brief, RunObserver observer)
    : executor_(executor),
      store_(store),
      protocols_(protocols),
      clock_(clock),
      boot_(boot),
      id_(id),
      models_(models),
      config_(config),
      brief_(std::move(brief)),
      observer_(std::move(observer)),
      policy_(std::move(policy)),
      wake_(executor),
      scope_(executor, [this](std::string_view task, std::string_view what) {
        if (!failure_) failure_ = base::Error{ErrorCode::kInternal, fmt::format("{} failed: {}", task, what), {}};
        wake_.cancel();
      }) {
  policy_.can_draft = policy_.can_draft && models_.available();
  policy_.can_ask_model = models_.available();
}

store::Async<RunReport> SessionRunner::run() {
  // Cancellation is looked for, not thrown: whatever happens, the tasks have ended when this returns.
  co_await asio::this_coro::throw_if_cancelled(false);
  auto lease = co_await store_.acquire_lease(id_, kScope, boot_, config_.lease_ttl);
  if (!lease) {
    if (lease.error().code != ErrorCode::kConflict) co_return std::unexpected(lease.error());
    co_return base::fail(
        ErrorCode::kConflict,
        fmt::format("session {} is being run by another process; wait for it to end", id_.to_string()));
  }
  lease_ = *std::move(lease);
  scope_.spawn("keep lease", keep_lease());
  std::exception_ptr thrown;
  try {
    co_await work_through();
  } catch (...) {
    thrown = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  scope_.cancel();
  // No deadline: a task uses this object until it ends, and every wait in it can be cancelled.
  (void)co_await scope_.join(net::Deadline::max());
  (void)co_await store_.release_lease(*lease_);
  if (thrown) std::rethrow_exception(thrown);
  if (failure_) co_return std::unexpected(*failure_);
  co_return std::move(report_);
}

asio::awaitable<void> SessionRunner::work_through() {
  auto loaded = co_await load_session(store_, protocols_, id_);
  if (!loaded) {
    failure_ = loaded.error();
    co_return;
  }
  loaded_ = *std::move(loaded);
  for (;;) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      failure_ =
          base::Error{ErrorCode::kCancelled,
                      fmt::format("the run of session {} was cancelled; what was done is saved", id_.to_string()),
                      {}};
      co_return;
    }
    if (lease_lost_) co_return;
    session::Plan plan = session::plan(session(), policy_, brief_, busy_);
    if (!failure_ && (!plan.answers.empty() || !plan.waivers.empty())) {
      if (const auto appended = co_await append(std::move(plan)); !appended) failure_ = appended.error();
      continue;
    }
    const bool started = !failure_ && start_ready(plan);
    if (!started && tasks_under_way_ == 0) {
      report_.plan = std::move(plan);
      co_return;
    }
    wake_.expires_at(std::chrono::steady_clock::time_point::max());
    co_await wake_.async_wait(kAwait);
  }
}

// Starts what is ready and allowed; false when nothing new could be started.
bool SessionRunner::start_ready(session::Plan plan) {
  bool started = false;
  for (auto& item : plan.work) {
    if (!is_free(claim_of(item))) continue;
    start(std::move(item));
    started = true;
  }
  return started;
}

SessionRunner::Claim SessionRunner::claim_of(const session::WorkItem& item) const {
  const bool calls = std::holds_alternative<session::AssessAnswers>(item) ||
                     std::holds_alternative<session::DraftAnswers>(item) ||
                     std::holds_alternative<session::AskChecks>(item);
  return {.calls = calls && models_.available() ? 1U : 0U,
          .gates = std::holds_alternative<session::EvaluateGate>(item) ? 1U : 0U};
}

bool SessionRunner::is_free(const Claim& claim) const {
  if (claim.calls > 0 && claimed_.calls >= config_.max_calls) return false;
  return claim.gates == 0 || claimed_.gates == 0;
}

void SessionRunner::start(session::WorkItem item) {
  auto names = subjects_of(item);
  const auto claim = claim_of(item);
  const auto task = task_of(item);
  busy_.insert(names.begin(), names.end());
  claimed_.calls += claim.calls;
  claimed_.gates += claim.gates;
  ++tasks_under_way_;
  observe("work.started", Value::Record{{"task", task}, {"subjects", list_of(names)}});
  scope_.spawn(task, carry_out(std::move(names), claim, work_of(std::move(item))));
}

asio::awaitable<Status> SessionRunner::work_of(session::WorkItem item) {
  if (auto* answers = std::get_if<session::AssessAnswers>(&item)) return assess(std::move(answers->questions));
  if (auto* answers = std::get_if<session::DraftAnswers>(&item)) return draft(std::move(answers->questions));
  if (auto* gate = std::get_if<session::EvaluateGate>(&item)) return evaluate_gate(std::move(gate->stage));
  if (auto* checks = std::get_if<session::RunChecks>(&item)) return run_checks(std::move(checks->checks));
  if (auto* checks = std::get_if<session::AskChecks>(&item)) return ask_checks(std::move(checks->checks));
  return decide();
}

asio::awaitable<void> SessionRunner::carry_out(std::vector<std::string> names, Claim claim,
                                               asio::awaitable<Status> work) {
  struct Ending {
    SessionRunner& runner;
    Claim claim;
    ~Ending() {
      --runner.tasks_under_way_;
      runner.claimed_.calls -= claim.calls;
      runner.claimed_.gates -= claim.gates;
      runner.wake_.cancel();
    }
  } ending{*this, claim};
  const Status done = co_await std::move(work);
  // What failed stays busy: it is not tried again in this run.
  if (done) {
    for (const auto& name : names) busy_.erase(name);
  } else if (!failure_) {
    failure_ = done.error();
  }
}

store::Async<void> SessionRunner::append(session::Plan plan) {
  std::vector<store::NewInput> inputs;
  std::vector<session::Answer> answers;
  std::vector<session::Waiver> waivers;
  const auto now = clock_.now();
  for (auto& submitted : plan.answers) {
    answers.push_back({.question = submitted.question,
                       .value = std::move(submitted.value),
                       .source = submitted.source,
                       .author = "brief",
                       .at = now});
    inputs.push_back(to_input(answers.back(), submitted.key));
    inputs.back().expected_version = newest_revision(session(), submitted.question);
  }
  for (const auto& [waiver, key] : plan.waivers) {
    waivers.push_back({.stage = waiver.stage,
                       .rule = waiver.rule,
                       .role = waiver.role,
                       .author = waiver.author,
                       .reason = waiver.reason,
                       .due = waiver.due,
                       .at = now});
    inputs.push_back(to_input(waivers.back(), key));
  }
  co_return co_await append_inputs(std::move(inputs), std::move(answers), std::move(waivers));
}

// `inputs` are the answers, then the waivers. Whoever answered meanwhile was first: nothing is written over it, and it
// is planned with.
store::Async<void> SessionRunner::append_inputs(std::vector<store::NewInput> inputs,
                                                std::vector<session::Answer> answers,
                                                std::vector<session::Waiver> waivers) {
  const auto result = co_await store_.append_inputs(id_, std::move(inputs));
  if (!result && result.error().code == ErrorCode::kConflict && ++overtaken_ <= kMaxOvertaken)
    co_return co_await catch_up();
  if (!result) co_return std::unexpected(result.error());
  const auto& appended = *result;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    answers[i].revision = appended[i].version;
    observe("answer.submitted", Value::Record{{"question", answers[i].question},
                                              {"revision", answers[i].revision},
                                              {"source", session::name(answers[i].source)}});
    loaded_.session->apply(std::move(answers[i]));
  }
  for (std::size_t i = 0; i < waivers.size(); ++i) {
    waivers[i].number = appended[answers.size() + i].version;
    observe("gate.waived", Value::Record{{"stage", waivers[i].stage}, {"rule", waivers[i].rule}});
    loaded_.session->apply(std::move(waivers[i]));
  }
  co_return Status{};
}

store::Async<void> SessionRunner::catch_up() {
  CO_TRY(const auto record, co_await store_.load(id_));
  for (const auto& entry : record.inputs) CO_TRY_STATUS(apply_entry(*loaded_.session, entry));
  co_return Status{};
}

session::Assessment SessionRunner::blank_assessment(const std::string& name) const {
  const auto& state = *loaded_.session;
  const auto* before = state.assessment(name);
  session::Assessment assessment;
  assessment.question = name;
  assessment.number = before == nullptr ? 1 : before->number + 1;
  assessment.revision = state.latest(name)->revision;
  assessment.context = state.context_of(*state.protocol().find_question(name));
  assessment.at = clock_.now();
  return assessment;
}

session::Assessment SessionRunner::by_precheck(const std::string& name) const {
  const auto& state = *loaded_.session;
  const auto& question = *state.protocol().find_question(name);
  auto result = protocol::precheck(question, *state.protocol().rubric_of(question), state.latest(name)->value);
  auto assessment = blank_assessment(name);
  assessment.score = result.score;
  assessment.dimensions = result.dimensions;
  assessment.prechecks = std::move(result.fired);
  assessment.issues = std::move(result.issues);
  assessment.follow_ups = std::move(result.follow_ups);
  assessment.verdict = session::judge(state, question, assessment.score, policy_, brief_);
  return assessment;
}

asio::awaitable<Status> SessionRunner::assess(std::vector<std::string> questions) {
  std::vector<session::Assessment> assessments;
  std::vector<std::string> for_model;
  for (const auto& name : questions) {
    auto assessment = by_precheck(name);
    const auto& question = *session().protocol().find_question(name);
    const bool stands = !models_.available() || assessment.score < session().protocol().rubric_of(question)->accept;
    if (stands) {
      assessments.push_back(std::move(assessment));
    } else {
      for_model.push_back(name);
    }
  }
  if (!for_model.empty()) {
    // Taken now: an answer that changes during the call is assessed again, because its context differs then.
    std::map<std::string, session::Assessment> blanks;
    for (const auto& name : for_model) blanks.emplace(name, blank_assessment(name));
    CO_TRY(const auto reply,
           co_await call(llm::assess_tier(session(), for_model), llm::assess_request(session(), for_model)));
    CO_TRY(auto judgements, llm::read_assess_reply(for_model, reply.value));
    for (auto& judgement : judgements) {
      const auto& question = *session().protocol().find_question(judgement.question);
      auto assessment = std::move(blanks.at(judgement.question));
      assessment.dimensions = judgement.dimensions;
      assessment.score =
          protocol::weighted_score(judgement.dimensions, session().protocol().rubric_of(question)->weights);
      assessment.issues = std::move(judgement.issues);
      assessment.follow_ups = std::move(judgement.follow_ups);
      assessment.assessor = session::Assessor::kLlm;
      assessment.model = reply.model;
      assessment.verdict = session::judge(session(), question, assessment.score, policy_, brief_);
      assessments.push_back(std::move(assessment));
    }
  }
  std::vector<store::Event> events;
  for (const auto& assessment : assessments) events.push_back(assessed_event(assessment));
  CO_TRY_STATUS(co_await record(assessments, std::move(events)));
  if (policy_.mode == session::RunMode::kInteractive) co_return co_await ask_follow_ups(assessments);
  co_return Status{};
}

// A rejected answer without a follow-up question gets one from the model, as a further assessment of the same score.
store::Async<void> SessionRunner::ask_follow_ups(std::vector<session::Assessment>& assessments) {
  for (auto& assessment : assessments) {
    const bool silent = assessment.verdict == session::Verdict::kRejected && assessment.follow_ups.empty();
    if (!silent || !models_.available()) continue;
    auto reply = co_await call(llm::Tier::kFast, llm::follow_up_request(session(), assessment.question));
    if (!reply) continue;  // a convenience: the issues stand without it
    assessment.number += 1;
    assessment.follow_ups = llm::read_follow_up_reply(reply->value);
    std::vector<session::Assessment> one{assessment};
    CO_TRY_STATUS(co_await record(std::move(one), {}));
  }
  co_return Status{};
}

asio::awaitable<Status> SessionRunner::draft(std::vector<std::string> questions) {
  CO_TRY(const auto reply, co_await call(llm::Tier::kBalanced, llm::draft_request(session(), brief_, questions)));
  auto drafts = llm::read_draft_reply(session().protocol(), questions, reply.value);
  std::vector<store::NewInput> inputs;
  std::vector<session::Answer> answers;
  for (auto& [name, value] : drafts.answers) {
    const auto next = session().revisions(name).size() + 1;
    answers.push_back({.question = name,
                       .value = std::move(value),
                       .source = session::AnswerSource::kDrafted,
                       .author = reply.model,
                       .at = clock_.now()});
    inputs.push_back(to_input(answers.back(), fmt::format("drafted:{}:{}", name, next)));
    inputs.back().expected_version = newest_revision(session(), name);
  }
  for (const auto& [name, why] : drafts.unreadable) {
    observe("draft.unreadable", Value::Record{{"question", name}, {"why", why}});
    if (++unreadable_drafts_[name] >= kMaxUnreadableDrafts) policy_.not_draftable.insert(name);
  }
  if (inputs.empty()) co_return Status{};
  co_return co_await append_inputs(std::move(inputs), std::move(answers), {});
}

asio::awaitable<Status> SessionRunner::evaluate_gate(std::string stage_id) {
  const auto& stage = *session().protocol().find_stage(stage_id);
  auto gate = session::evaluate_gate(session(), stage, clock_.now());
  store::OutcomeCommit out{
      .lease = *lease_, .outcomes = {to_entry(gate)}, .events = {gated_event(gate)}, .at = gate.at};
  if (!gate.passed) {
    CO_TRY_STATUS(co_await commit(std::move(out)));
    loaded_.session->apply(std::move(gate));
    co_return Status{};
  }
  const auto* last = loaded_.checkpoints.empty() ? nullptr : &loaded_.checkpoints.back();
  auto checkpoint = session::make_checkpoint(session(), stage, last == nullptr ? 0 : last->seq,
                                             last == nullptr ? base::Sha256{} : last->hash, gate.at, &gate);
  session::StoredCheckpoint link{checkpoint.seq, checkpoint.hash, checkpoint.manifest};
  store::CheckpointRow row{checkpoint.seq, checkpoint.hash, std::move(checkpoint.manifest), {}};
  for (auto& content : checkpoint.contents) {
    row.blobs.push_back(content.digest);
    out.blobs.push_back({content.digest, std::move(content.bytes)});
  }
  out.events.push_back(checkpoint_event(row.seq, stage.id, row.hash));
  out.checkpoints.push_back(std::move(row));
  for (const auto& opened : opened_by(session(), stage)) out.events.push_back(opened_event(opened));
  CO_TRY_STATUS(co_await commit(std::move(out)));
  loaded_.session->apply(std::move(gate));
  loaded_.checkpoints.push_back(std::move(link));
  co_return Status{};
}

asio::awaitable<Status> SessionRunner::run_checks(std::vector<std::string> checks) {
  std::vector<session::CheckOutcome> outcomes;
  std::vector<store::Event> events;
  for (const auto& check : session().protocol().checks) {
    if (std::find(checks.begin(), checks.end(), check.id) == checks.end()) continue;
    const auto result = protocol::evaluate_check(check, session().environment());
    session::CheckOutcome outcome{.check = check.id,
                                  .number = session().check_count(check.id) + 1,
                                  .text = result.text,
                                  .inputs = session().inputs_of(check),
                                  .at = clock_.now()};
    switch (result.status) {
      case protocol::CheckStatus::kConsistent: outcome.status = session::CheckOutcomeStatus::kConsistent; break;
      case protocol::CheckStatus::kContradiction: outcome.status = session::CheckOutcomeStatus::kContradiction; break;
      case protocol::CheckStatus::kInapplicable: outcome.status = session::CheckOutcomeStatus::kInapplicable; break;
      case protocol::CheckStatus::kUndetermined: outcome.status = session::CheckOutcomeStatus::kNotChecked; break;
    }
    if (outcome.status == session::CheckOutcomeStatus::kContradiction) events.push_back(finding_event(check, outcome));
    outcomes.push_back(std::move(outcome));
  }
  co_return co_await record(std::move(outcomes), std::move(events));
}

asio::awaitable<Status> SessionRunner::ask_checks(std::vector<std::string> checks) {
  std::map<std::string, base::Sha256> inputs;
  for (const auto& check : session().protocol().checks) inputs.emplace(check.id, session().inputs_of(check));
  CO_TRY(const auto reply, co_await call(llm::Tier::kBalanced, llm::consistency_request(session(), checks)));
  CO_TRY(const auto judgements, llm::read_consistency_reply(checks, reply.value));
  std::vector<session::CheckOutcome> outcomes;
  std::vector<store::Event> events;
  for (const auto& judgement : judgements) {
    const bool contradiction = judgement.consistency == llm::Consistency::kContradiction;
    outcomes.push_back({.check = judgement.check,
                        .number = session().check_count(judgement.check) + 1,
                        .status = contradiction ? session::CheckOutcomeStatus::kContradiction
                                                : session::CheckOutcomeStatus::kConsistent,
                        .text = judgement.explanation,
                        .model = reply.model,
                        .inputs = inputs.at(judgement.check),
                        .at = clock_.now()});
    const auto check = std::find_if(session().protocol().checks.begin(), session().protocol().checks.end(),
                                    [&](const auto& candidate) { return candidate.id == judgement.check; });
    if (contradiction) events.push_back(finding_event(*check, outcomes.back()));
  }
  co_return co_await record(std::move(outcomes), std::move(events));
}

asio::awaitable<Status> SessionRunner::decide() {
  protocol::AnswerEnvironment environment(session().protocol(), session().facts(),
                                          [this](std::string_view question) -> const Value* {
                                            const auto* answer = session().in_force(question);
                                            return answer == nullptr ? nullptr : &answer->value;
                                          });
  environment.set_findings(session().findings());
  const auto result = protocol::decide(session().protocol(), session().info().profile, environment);
  if (!result)
    co_return base::fail(ErrorCode::kInternal,
                         fmt::format("the rule {} became undecidable while deciding", result.error().rule));
  const auto* before = session().decision();
  session::Decision decision{.number = before == nullptr ? 1 : before->number + 1,
                             .profile = session().info().profile,
                             .result = *result,
                             .inputs = session().decision_inputs(),
                             .at = clock_.now()};
  store::OutcomeCommit out{.lease = *lease_,
                           .outcomes = {to_entry(decision)},
                           .events = {decision_event(decision), charter_event(decision)},
                           .status = store::SessionStatus::kDecided,
                           .decision = std::string(protocol::name(result->outcome)),
                           .at = decision.at};
  CO_TRY_STATUS(co_await commit(std::move(out)));
  loaded_.session->apply(std::move(decision));
  co_return Status{};
}

store::Async<llm::StructuredReply> SessionRunner::call(llm::Tier tier, llm::ChatRequest request) {
  request.model = models_.by_tier.at(tier);
  for (int tries = 1;; ++tries) {
    auto reply = co_await llm::structured_call(
        *models_.provider, net::CallContext{.correlation_id = id_.to_string()}.within(config_.call_timeout), request);
    if (reply) {
      report_.calls += reply->calls;
      report_.usage.input_tokens += reply->usage.input_tokens;
      report_.usage.cached_input_tokens += reply->usage.cached_input_tokens;
      report_.usage.output_tokens += reply->usage.output_tokens;
      co_return reply;
    }
    ++report_.calls;
    // Once the run has failed elsewhere, nothing new is begun.
    if (!may_pass(reply.error()) || tries >= config_.max_tries || failure_) co_return reply;
    observe("work.retried",
            Value::Record{{"task", llm::name(request.task)}, {"why", reply.error().message}, {"tries", tries}});
    asio::steady_timer pause(executor_, backoff(config_, tries, reply.error()));
    co_await pause.async_wait(kAwait);
  }
}

template <typename Fact>
asio::awaitable<Status> SessionRunner::record(std::vector<Fact> facts, std::vector<store::Event> events) {
  store::OutcomeCommit out{.lease = *lease_, .events = std::move(events), .at = clock_.now()};
  for (const auto& fact : facts) out.outcomes.push_back(to_entry(fact));
  CO_TRY_STATUS(co_await commit(std::move(out)));
  for (auto& fact : facts) loaded_.session->apply(std::move(fact));
  co_return Status{};
}

asio::awaitable<Status> SessionRunner::commit(store::OutcomeCommit out) {
  const auto events = out.events;
  const auto committed = co_await store_.commit(std::move(out));
  if (!committed) {
    if (committed.error().code != ErrorCode::kConflict) co_return std::unexpected(committed.error());
    lease_lost_ = true;
    co_return base::fail(
        ErrorCode::kConflict,
        fmt::format("session {} was taken over by another process, which goes on with it", id_.to_string()));
  }
  for (const auto& event : events) observe(event.type, event.body);
  co_return Status{};
}

asio::awaitable<void> SessionRunner::keep_lease() {
  asio::steady_timer timer(executor_);
  for (;;) {
    timer.expires_after(config_.lease_ttl / 3);
    if (const auto [error] = co_await timer.async_wait(kAwait); error) co_return;
    const auto renewed = co_await store_.renew_lease(*lease_, config_.lease_ttl);
    if (renewed || renewed.error().code != ErrorCode::kConflict) continue;
    // Nothing of what is under way could be recorded any more.
    lease_lost_ = true;
    if (!failure_)
      failure_ = base::Error{
          ErrorCode::kConflict,
          fmt::format("session {} was taken over by another process, which goes on with it", id_.to_string()),
          {}};
    wake_.cancel();
    co_return;
  }
}

void SessionRunner::observe(std::string_view event, const Value& body) const {
  if (observer_) observer_(session(), event, body);
}

}  // namespace tollgate::engine
