// Waits until a socket that belongs to libpq can be read or written. Borrows the descriptor: it is never closed here.
//
// Executor: the one given (one thread); one wait at a time.
// Cancel:   ends the wait with kCancelled. Destroying it cancels what it waits for.
#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "net/call_context.hpp"

namespace tollgate::store {

class PgReadiness {
 public:
  enum class Interest { kRead, kWrite, kReadAndWrite };
  enum class Outcome { kReady, kTimeout, kCancelled };

  PgReadiness(const boost::asio::any_io_executor& executor, int descriptor);
  ~PgReadiness();
  PgReadiness(const PgReadiness&) = delete;
  PgReadiness& operator=(const PgReadiness&) = delete;

  boost::asio::awaitable<Outcome> wait(Interest interest, net::Deadline deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with handlers that may come after this has gone
};

}  // namespace tollgate::store
