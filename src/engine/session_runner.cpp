#include "engine/session_runner.hpp"

#include <exception>
#include <iterator>
#include <utility>
#include <variant>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "engine/cross_checks.hpp"
#include "engine/decider.hpp"
#include "engine/stage_gates.hpp"

namespace tollgate::engine {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Status;
using base::Value;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

Value::List list_of(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

std::vector<std::string> subjects_of(const session::WorkItem& item) {
  if (const auto* recall = std::get_if<session::RecallAnswers>(&item)) return recall->questions;
  if (const auto* assess = std::get_if<session::AssessAnswers>(&item)) return assess->questions;
  if (const auto* draft = std::get_if<session::DraftAnswers>(&item)) return draft->questions;
  if (const auto* gate = std::get_if<session::EvaluateGate>(&item)) return {gate->stage};
  if (const auto* checks = std::get_if<session::RunChecks>(&item)) return checks->checks;
  if (const auto* asked = std::get_if<session::AskChecks>(&item)) return asked->checks;
  return {"decision"};
}

std::string task_of(const session::WorkItem& item) {
  if (std::holds_alternative<session::RecallAnswers>(item)) return "recall";
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
      boot_(boot),
      id_(id),
      config_(config),
      brief_(std::move(brief)),
      policy_(std::move(policy)),
      journal_(store, protocols, clock, id, std::move(observer)),
      calls_(models, config.call_timeout, id.to_string(),
             [this](llm::Task task, const base::Error& why, int tries) {
               journal_.observe("work.retried",
                                Value::Record{{"task", llm::name(task)}, {"why", why.message}, {"tries", tries}});
             }),
      assessor_(journal_, calls_, policy_),
      drafter_(journal_, calls_, policy_, brief_),
      wake_(executor),
      scope_(executor, [this](std::string_view task, std::string_view what) {
        fail({ErrorCode::kInternal, fmt::format("{} failed: {}", task, what), {}});
        wake_.cancel();
      }) {
  policy_.can_draft = policy_.can_draft && calls_.available();
  policy_.can_ask_model = calls_.available();
  policy_.can_recall = calls_.can_recall();
}

store::Async<RunReport> SessionRunner::run() {
  // Cancellation is looked for, not thrown: whatever happens, the tasks have ended when this returns.
  co_await asio::this_coro::throw_if_cancelled(false);
  CO_TRY_STATUS(co_await journal_.acquire_lease(boot_, config_.lease_ttl));
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
  co_await journal_.release_lease();
  if (thrown) std::rethrow_exception(thrown);
  if (failure_) co_return std::unexpected(*failure_);
  co_return RunReport{
      .plan = std::move(left_), .calls = calls_.made(), .saved_calls = calls_.saved(), .usage = calls_.usage()};
}

asio::awaitable<void> SessionRunner::work_through() {
  if (auto loaded = co_await journal_.load(); !loaded) co_return fail(std::move(loaded).error());
  calls_.set_scope({.tenant = journal_.owner(),
                    .session = id_.to_string(),
                    .context = {journal_.session().protocol().hash.to_hex()}});
  for (;;) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      failure_.reset();  // it says less than what the caller did
      fail({ErrorCode::kCancelled,
            fmt::format("the run of session {} was cancelled; what was done is saved", id_.to_string()),
            {}});
      co_return;
    }
    if (journal_.was_taken_over()) co_return;
    session::Plan plan = session::plan(journal_.session(), policy_, brief_, busy_);
    if (!failure_ && (!plan.answers.empty() || !plan.waivers.empty())) {
      if (auto appended = co_await append(std::move(plan)); !appended) fail(std::move(appended).error());
      continue;
    }
    const bool started = !failure_ && start_ready(plan);
    if (!started && tasks_under_way_ == 0) {
      left_ = std::move(plan);
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
  return {.calls = calls && calls_.available() ? 1U : 0U,
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
  if (auto* recall = std::get_if<session::RecallAnswers>(&item))
    policy_.recalled.insert(std::make_move_iterator(recall->ids.begin()), std::make_move_iterator(recall->ids.end()));
  busy_.insert(names.begin(), names.end());
  claimed_.calls += claim.calls;
  claimed_.gates += claim.gates;
  ++tasks_under_way_;
  journal_.observe("work.started", Value::Record{{"task", task}, {"subjects", list_of(names)}});
  scope_.spawn(task, carry_out(std::move(names), claim, work_of(std::move(item))));
}

asio::awaitable<Status> SessionRunner::work_of(session::WorkItem item) {
  if (auto* answers = std::get_if<session::RecallAnswers>(&item))
    return assessor_.recall(std::move(answers->questions));
  if (auto* answers = std::get_if<session::AssessAnswers>(&item))
    return assessor_.assess(std::move(answers->questions));
  if (auto* answers = std::get_if<session::DraftAnswers>(&item)) return drafter_.draft(std::move(answers->questions));
  if (auto* gate = std::get_if<session::EvaluateGate>(&item)) return evaluate_gate(journal_, std::move(gate->stage));
  if (auto* checks = std::get_if<session::RunChecks>(&item)) return run_checks(journal_, std::move(checks->checks));
  if (auto* checks = std::get_if<session::AskChecks>(&item))
    return ask_checks(journal_, calls_, std::move(checks->checks));
  return decide(journal_);
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
  } else {
    fail(done.error());
  }
}

store::Async<void> SessionRunner::append(session::Plan plan) {
  std::vector<Keyed<session::Answer>> answers;
  std::vector<Keyed<session::Waiver>> waivers;
  const auto now = journal_.now();
  for (auto& submitted : plan.answers) {
    answers.push_back({{.question = submitted.question,
                        .value = std::move(submitted.value),
                        .source = submitted.source,
                        .author = "brief",
                        .at = now},
                       submitted.key});
  }
  for (const auto& [waiver, key] : plan.waivers) {
    waivers.push_back({{.stage = waiver.stage,
                        .rule = waiver.rule,
                        .role = waiver.role,
                        .author = waiver.author,
                        .reason = waiver.reason,
                        .due = waiver.due,
                        .at = now},
                       key});
  }
  co_return co_await journal_.append(std::move(answers), std::move(waivers));
}

asio::awaitable<void> SessionRunner::keep_lease() {
  asio::steady_timer timer(executor_);
  for (;;) {
    timer.expires_after(config_.lease_ttl / 3);
    if (const auto [error] = co_await timer.async_wait(kAwait); error) co_return;
    auto renewed = co_await journal_.renew_lease(config_.lease_ttl);
    if (renewed || renewed.error().code != ErrorCode::kConflict) continue;
    // Nothing of what is under way could be recorded any more.
    fail(std::move(renewed).error());
    wake_.cancel();
    co_return;
  }
}

// The first failure counts; once there is one, nothing new is begun.
void SessionRunner::fail(base::Error error) {
  if (!failure_) failure_ = std::move(error);
  calls_.stop_retrying();
}

}  // namespace tollgate::engine
