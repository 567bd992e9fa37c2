#include "net/task_scope.hpp"

#include <exception>
#include <list>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::net {
namespace asio = boost::asio;

namespace {

struct RunningTask {
  std::string name;
  asio::cancellation_signal signal{};
  bool cancelled = false;
};

}  // namespace

struct TaskScope::State {
  State(asio::any_io_executor its_executor, TaskFailureSink its_sink)
      : executor(std::move(its_executor)), on_failure(std::move(its_sink)) {}

  void emit_cancellation() {
    // Shared ownership of the copies: a task that ends while its neighbour is being cancelled leaves `tasks`.
    const std::vector<std::shared_ptr<RunningTask>> snapshot(tasks.begin(), tasks.end());
    for (const auto& task : snapshot) cancel(*task);
  }

  static void cancel(RunningTask& task) {
    task.cancelled = true;
    task.signal.emit(asio::cancellation_type::terminal);
  }

  void report(const RunningTask& task, const std::exception_ptr& failure) const {
    if (!failure || !on_failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      if (task.cancelled && error.code() == asio::error::operation_aborted) return;
      on_failure(task.name, error.what());
    } catch (const std::exception& error) {
      on_failure(task.name, error.what());
    } catch (...) {
      on_failure(task.name, "an exception of unknown type");
    }
  }

  const asio::any_io_executor executor;
  const TaskFailureSink on_failure;
  std::list<std::shared_ptr<RunningTask>> tasks;
  asio::steady_timer* joiner = nullptr;  // lies in the frame of join(); cancelled when the last task ends
  bool cancelled = false;
};

namespace {

// Counts a task down when it is destroyed, whether its completion handler ran or not: a coroutine cancelled before its
// first suspension, or one dropped with its executor, never calls it (asio #1452).
template <typename State>
class Ticket {
 public:
  Ticket(std::shared_ptr<State> state, std::string name)
      : state_(std::move(state)), task_(std::make_shared<RunningTask>(std::move(name))) {
    position_ = state_->tasks.insert(state_->tasks.end(), task_);
  }
  Ticket(Ticket&& other) noexcept = default;
  Ticket& operator=(Ticket&&) = delete;
  ~Ticket() {
    if (!state_) return;
    state_->tasks.erase(position_);
    if (state_->tasks.empty() && state_->joiner) state_->joiner->cancel();
  }

  State& state() const { return *state_; }
  RunningTask& task() const { return *task_; }
  std::weak_ptr<RunningTask> observed() const { return task_; }

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<RunningTask> task_;
  typename std::list<std::shared_ptr<RunningTask>>::iterator position_;
};

// Announces the timer of a join() for as long as that runs, or lies suspended: not in the state itself, which may
// outlive the executor and so must hold nothing of it.
template <typename State>
class Joiner {
 public:
  Joiner(std::shared_ptr<State> state, Deadline deadline)
      : state_(std::move(state)), timer(state_->executor, deadline) {
    state_->joiner = &timer;
  }
  Joiner(const Joiner&) = delete;
  Joiner& operator=(const Joiner&) = delete;
  ~Joiner() { state_->joiner = nullptr; }

 private:
  std::shared_ptr<State> state_;

 public:
  asio::steady_timer timer;
};

template <typename State>
std::function<void()> canceller_of(const Ticket<State>& ticket) {
  return [executor = ticket.state().executor, observed = ticket.observed()] {
    asio::post(executor, [observed] {
      if (const auto running = observed.lock()) State::cancel(*running);
    });
  };
}

template <typename State>
void start(Ticket<State> ticket, asio::awaitable<void> task) {
  if (ticket.state().cancelled) return;
  const auto executor = ticket.state().executor;
  const auto slot = ticket.task().signal.slot();
  auto on_end = [ticket = std::move(ticket)](const std::exception_ptr& failure) {
    ticket.state().report(ticket.task(), failure);
  };
  asio::co_spawn(executor, std::move(task), asio::bind_cancellation_slot(slot, std::move(on_end)));
}

// The coroutine begins inside a handler of its own executor and cancellation is emitted from another one, so it is
// never cancelled before its first suspension (asio #1452), nor is a signal emitted from a foreign thread, which
// Boost 1.81 would forward through a pointer that may dangle (asio #1332).
template <typename State>
void start_soon(Ticket<State> ticket, asio::awaitable<void> task) {
  const auto executor = ticket.state().executor;
  asio::post(executor, [ticket = std::move(ticket), task = std::move(task)]() mutable {
    start(std::move(ticket), std::move(task));
  });
}

}  // namespace

TaskScope::TaskScope(asio::any_io_executor executor, TaskFailureSink on_failure)
    : state_(std::make_shared<State>(std::move(executor), std::move(on_failure))) {}

TaskScope::~TaskScope() {
  if (!state_->tasks.empty()) cancel();
}

std::function<void()> TaskScope::spawn(std::string name, asio::awaitable<void> task) {
  if (state_->cancelled) return [] {};
  Ticket ticket(state_, std::move(name));
  auto cancel = canceller_of(ticket);
  start_soon(std::move(ticket), std::move(task));
  return cancel;
}

std::function<void()> TaskScope::spawn_now(std::string name, asio::awaitable<void> task) {
  if (state_->cancelled) return [] {};
  Ticket ticket(state_, std::move(name));
  auto cancel = canceller_of(ticket);
  asio::dispatch(state_->executor, [ticket = std::move(ticket), task = std::move(task)]() mutable {
    start(std::move(ticket), std::move(task));
  });
  return cancel;
}

std::function<void()> TaskScope::spawn_self_cancelling(std::string name, SelfCancelling task) {
  if (state_->cancelled) return [] {};
  Ticket ticket(state_, std::move(name));
  auto cancel = canceller_of(ticket);
  start_soon(std::move(ticket), task(cancel));
  return cancel;
}

std::size_t TaskScope::size() const {
  return state_->tasks.size();
}

void TaskScope::cancel() {
  state_->cancelled = true;
  asio::post(state_->executor, [state = state_] { state->emit_cancellation(); });
}

asio::awaitable<base::Status> TaskScope::join(Deadline deadline) {
  const auto state = state_;
  while (!state->tasks.empty()) {
    Joiner joiner(state, deadline);
    const auto [aborted] = co_await joiner.timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (state->tasks.empty()) break;
    if (!aborted) {
      std::vector<std::string> names;
      for (const auto& task : state->tasks) names.push_back(task->name);
      co_return base::fail(base::ErrorCode::kTimeout, fmt::format("{} tasks did not end in time", names.size()),
                           base::join(names, ", "));
    }
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) {
      co_return base::fail(base::ErrorCode::kCancelled, "the wait for tasks to end was cancelled");
    }
  }
  co_return base::Status{};
}

}  // namespace tollgate::net
