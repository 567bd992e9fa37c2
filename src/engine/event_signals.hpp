// Wakes those who wait for new events of a session. Carries no data: whoever is woken reads the event log, so that a
// needless signal does no harm. Needs the same memory however many sessions there are.
//
// Thread:  any; a waiter resumes on its own executor.
// Cancel:  a cancelled wait ends at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "base/ids.hpp"

namespace tollgate::engine {

class EventSignals {
 public:
  EventSignals();
  ~EventSignals();

  void notify(const base::SessionId& session);
  void notify_all();  // something changed, nobody knows where; also when the process is about to end

  // Grows with every signal of the session (and of others now and then). Read it before the log; then wait for it to
  // have changed.
  std::uint64_t count(const base::SessionId& session) const;

  // Until the count differs from `seen`, or the time is over.
  boost::asio::awaitable<void> wait(base::SessionId session, std::uint64_t seen, std::chrono::milliseconds at_most);

  std::size_t waiting() const;

 private:
  struct Bucket;
  Bucket& bucket_of(const base::SessionId& session) const;

  std::unique_ptr<Bucket[]> buckets_;
};

}  // namespace tollgate::engine
