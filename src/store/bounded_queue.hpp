// A queue between executors and worker threads: many producers, many consumers, bounded, closable.
// Thread-safe. Producers never block; consumers do. After close() nothing gets in, what is in can still be taken.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

namespace tollgate::store {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // False when full or closed: `item` is then left as it was.
  bool try_push(T& item) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(item));
    }
    filled_.notify_one();
    return true;
  }

  // Waits for work and takes up to `limit` items; empty only when closed and drained.
  std::vector<T> take(std::size_t limit) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
    const auto end = items_.begin() + static_cast<std::ptrdiff_t>(std::min(limit, items_.size()));
    std::vector<T> taken(std::make_move_iterator(items_.begin()), std::make_move_iterator(end));
    items_.erase(items_.begin(), end);
    return taken;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
  }

 private:
  const std::size_t capacity_;

  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<T> items_;  // guarded by mutex_
  bool closed_ = false;  // guarded by mutex_
};

}  // namespace tollgate::store
