// A few threads that read from a SQLite database, each over its own connection: in WAL mode they neither wait for the
// writer nor hold it up. submit() is thread-safe and never blocks. The destructor finishes queued jobs, then joins.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "store/bounded_queue.hpp"
#include "store/sqlite/connection.hpp"

namespace tollgate::store {

using ReadJob = std::move_only_function<void(Connection&)>;  // must not throw

class ReaderPool {
 public:
  explicit ReaderPool(std::vector<std::unique_ptr<Connection>> connections);
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;
  ~ReaderPool();

  bool submit(ReadJob& job);  // false: the queue is full, the job is left as it was

 private:
  void work(Connection& connection);

  const std::vector<std::unique_ptr<Connection>> connections_;  // each used by one thread
  BoundedQueue<ReadJob> queue_;
  std::vector<std::thread> threads_;  // last: they use the members above
};

}  // namespace tollgate::store
