// The one thread that writes to a SQLite database, with batched commits.
//
// It takes whatever is queued, runs each job in its own savepoint inside one transaction, and commits once: many
// writers share one fsync. A job is acknowledged only after the commit. A failing job is undone alone; a failing commit
// fails the batch. submit() is thread-safe and never blocks. The destructor finishes queued jobs, then joins.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "store/bounded_queue.hpp"
#include "store/sqlite/connection.hpp"

namespace tollgate::store {

struct WriteJob {
  // Inside the transaction, on the writer's thread. May run again when the transaction was lost to another job's error.
  std::move_only_function<base::Status(Connection&)> run;
  // Exactly once, on the writer's thread: committed, or why not. Must not throw.
  std::move_only_function<void(base::Status)> finish;
};

class Writer {
 public:
  explicit Writer(std::unique_ptr<Connection> connection);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  // A full queue finishes the job at once with kUnavailable, on the calling thread.
  void submit(WriteJob job);

  std::uint64_t commits() const { return commits_.load(); }  // since the start

 private:
  struct Pending {
    WriteJob job;
    base::Status outcome{};
  };

  void work();
  void run_batch(std::vector<Pending>& batch);
  base::Status run_until_stable(std::vector<Pending>& batch);
  void run_one(Pending& pending);

  std::unique_ptr<Connection> connection_;  // used on thread_ only
  BoundedQueue<Pending> queue_;
  std::atomic<std::uint64_t> commits_ = 0;
  std::thread thread_;  // last: it uses the members above
};

}  // namespace tollgate::store
