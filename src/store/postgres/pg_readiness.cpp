#include "store/postgres/pg_readiness.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tollgate::store {
namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

struct PgReadiness::State {
  State(const asio::any_io_executor& executor, int native) : descriptor(executor, native), woken(executor) {}

  // Both waits may be under way; whichever ends first wakes the coroutine, which waits on the timer: so the deadline
  // and the cancellation need no further machinery.
  static void begin(const std::shared_ptr<State>& state, Descriptor::wait_type type, bool State::* waiting) {
    if (state.get()->*waiting) return;
    state.get()->*waiting = true;
    state->descriptor.async_wait(type, [state, waiting](const boost::system::error_code&) {
      state.get()->*waiting = false;
      state->is_ready = true;
      state->woken.cancel();
    });
  }

  Descriptor descriptor;
  asio::steady_timer woken;
  bool reading = false;
  bool writing = false;
  bool is_ready = false;
};

PgReadiness::PgReadiness(const asio::any_io_executor& executor, int descriptor)
    : state_(std::make_shared<State>(executor, descriptor)) {}

PgReadiness::~PgReadiness() {
  state_->descriptor.release();  // which also cancels; the descriptor stays open for libpq to close
}

asio::awaitable<PgReadiness::Outcome> PgReadiness::wait(Interest interest, net::Deadline deadline) {
  const auto state = state_;
  state->is_ready = false;
  state->woken.expires_at(deadline);
  if (interest != Interest::kWrite) State::begin(state, Descriptor::wait_read, &State::reading);
  if (interest != Interest::kRead) State::begin(state, Descriptor::wait_write, &State::writing);
  (void)co_await state->woken.async_wait(asio::as_tuple(asio::use_awaitable));
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) {
    co_return Outcome::kCancelled;
  }
  co_return state->is_ready ? Outcome::kReady : Outcome::kTimeout;
}

}  // namespace tollgate::store
