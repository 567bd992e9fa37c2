#include "store/postgres/pg_lane.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace tollgate::store {
namespace asio = boost::asio;

namespace {

const asio::execution_context& context_of(const asio::any_io_executor& executor) {
  return asio::query(executor, asio::execution::context);
}

}  // namespace

PgLane::PgLane(asio::any_io_executor executor, PgTarget target, PostgresConfig config, base::Random& random)
    : executor_(std::move(executor)),
      target_(std::move(target)),
      pool_(executor_, target_, std::move(config), random),
      scope_(executor_, {}) {}

// A strand over the lane's context would do, too: that context has one thread.
bool PgLane::runs_on(const asio::any_io_executor& executor) const {
  return &context_of(executor_) == &context_of(executor);
}

void PgLane::start(std::move_only_function<asio::awaitable<void>()> begin) {
  asio::post(executor_, [this, begin = std::move(begin)]() mutable { scope_.spawn("call", begin()); });
}

// The executor may run rarely, or never again: then one post waits there, and does nothing once the lane has gone.
void PgLane::tend(const std::shared_ptr<PgLane>& lane) {
  if (lane->is_tended_.exchange(true)) return;
  asio::post(lane->executor_, [weak = std::weak_ptr(lane)] {
    if (const auto self = weak.lock()) self->scope_.spawn("tend the pool", tend_once(self));
  });
}

asio::awaitable<void> PgLane::tend_once(std::shared_ptr<PgLane> lane) {
  co_await lane->pool_.tend();
  lane->is_tended_ = false;
}

}  // namespace tollgate::store
