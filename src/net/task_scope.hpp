// Owns the coroutines of one object: every spawn goes through a scope, which counts them, reports those that fail by
// name, cancels and joins them.
//
// Ownership: make it the last data member, so that its tasks may use all the others, and join it before the owner dies.
// Executor:  everything, the destructor too, runs on the one executor given at construction (a single thread).
// Cancel:    cancel() asks every task to end with terminal cancellation and lets no further one start; a task that then
//            ends with operation_aborted has not failed.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "net/call_context.hpp"

namespace tollgate::net {

// Told of each task that ended with an exception, on the scope's executor. Must not throw.
using TaskFailureSink = std::function<void(std::string_view task, std::string_view what)>;

class TaskScope {
 public:
  TaskScope(boost::asio::any_io_executor executor, TaskFailureSink on_failure);
  ~TaskScope();  // cancels what still runs; tasks that touch the owner after this are its bug
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  // Starts `task` at the next turn of the executor. After cancel() it is dropped unstarted. What it returns cancels
  // this task alone, from any thread; it may be dropped, and does nothing once the task is over.
  std::function<void()> spawn(std::string name, boost::asio::awaitable<void> task);

  // The same, but runs the task to its first suspension before it returns, if called on the executor: for one that the
  // caller is about to wait for.
  std::function<void()> spawn_now(std::string name, boost::asio::awaitable<void> task);

  // The same as spawn() for a task that may have to cancel itself: it is made at once, with what cancels it.
  using SelfCancelling = std::move_only_function<boost::asio::awaitable<void>(std::function<void()> cancel)>;
  std::function<void()> spawn_self_cancelling(std::string name, SelfCancelling task);

  std::size_t size() const;  // tasks not yet over

  // Takes effect at the next turn of the executor, so that a task may cancel the scope it runs in.
  void cancel();

  // Waits until no task is left. kTimeout names those that still run at the deadline; join() may then be called again.
  // REQUIRES: no other join() is under way.
  boost::asio::awaitable<base::Status> join(Deadline deadline);

 private:
  struct State;
  // Shared with the tasks: they may outlive the scope when an executor is torn down with work left in it.
  std::shared_ptr<State> state_;
};

}  // namespace tollgate::net
