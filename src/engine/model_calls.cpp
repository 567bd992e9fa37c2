#include "engine/model_calls.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tollgate::engine {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;

// Half fixed, half chance, so that many sessions do not come back together; not before the provider asked us to.
std::chrono::milliseconds backoff(const CallConfig& config, int tries, const base::Error& error) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  const auto bound = config.first_backoff.count() << std::min(tries - 1, 6);
  const std::chrono::milliseconds pause(std::uniform_int_distribution<std::int64_t>(bound / 2, bound)(generator));
  const auto asked = error.retry_after.value_or(std::chrono::milliseconds(0));
  return std::max(pause, std::min(asked, config.timeout));
}

// A reply that could not be used was repaired once already: it is tried again by the next run, not at once.
bool may_pass(const base::Error& error) {
  return base::is_retryable(error.code) && error.code != ErrorCode::kBadReply;
}

}  // namespace

ModelCalls::ModelCalls(asio::any_io_executor executor, const Models& models, CallConfig config,
                       std::string correlation_id, RetryObserver on_retry)
    : executor_(std::move(executor)),
      models_(models),
      config_(config),
      correlation_id_(std::move(correlation_id)),
      on_retry_(std::move(on_retry)) {}

store::Async<llm::StructuredReply> ModelCalls::call(llm::Tier tier, llm::ChatRequest request) {
  request.model = models_.by_tier.at(tier);
  for (int tries = 1;; ++tries) {
    auto reply = co_await llm::structured_call(
        *models_.provider, net::CallContext{.correlation_id = correlation_id_}.within(config_.timeout), request);
    if (reply) {
      count(*reply);
      co_return reply;
    }
    ++made_;
    if (!may_pass(reply.error()) || tries >= config_.max_tries || !retries_) co_return reply;
    on_retry_(request.task, reply.error(), tries);
    asio::steady_timer pause(executor_, backoff(config_, tries, reply.error()));
    co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void ModelCalls::count(const llm::StructuredReply& reply) {
  made_ += reply.calls;
  usage_.input_tokens += reply.usage.input_tokens;
  usage_.cached_input_tokens += reply.usage.cached_input_tokens;
  usage_.output_tokens += reply.usage.output_tokens;
}

}  // namespace tollgate::engine
