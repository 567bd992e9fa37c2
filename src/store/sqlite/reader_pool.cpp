#include "store/sqlite/reader_pool.hpp"

#include <utility>

namespace tollgate::store {
namespace {

constexpr std::size_t kQueueCapacity = 4096;

}  // namespace

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Connection>> connections)
    : connections_(std::move(connections)), queue_(kQueueCapacity) {
  for (const auto& connection : connections_) threads_.emplace_back([this, &connection] { work(*connection); });
}

ReaderPool::~ReaderPool() {
  queue_.close();
  for (auto& thread : threads_) thread.join();
}

bool ReaderPool::submit(ReadJob& job) {
  return queue_.try_push(job);
}

void ReaderPool::work(Connection& connection) {
  for (;;) {
    auto jobs = queue_.take(1);
    if (jobs.empty()) return;
    jobs.front()(connection);
  }
}

}  // namespace tollgate::store
