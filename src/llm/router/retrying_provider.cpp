#include "llm/router/retrying_provider.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::minstd_rand& generator() {
  thread_local std::minstd_rand kGenerator{std::random_device{}()};
  return kGenerator;
}

double chance() {
  return std::uniform_real_distribution<double>(0, 1)(generator());
}

// Pieces that were handed out cannot be taken back: from the first one on, the attempt is the only one.
struct Attempt {
  const TextSink& on_text;
  bool begun = false;
  std::function<void()> on_begin{};

  TextSink sink() {
    if (!on_text) return {};
    return [this](std::string_view piece) {
      if (!begun && on_begin) on_begin();
      begun = true;
      on_text(piece);
    };
  }
};

class RetryingProvider final : public Provider {
 public:
  RetryingProvider(Replicas replicas, RetryConfig config, UpstreamStates& states, RetryBudget& budget)
      : replicas_(std::move(replicas)), config_(config), states_(states), budget_(budget) {}

  std::string_view name() const override { return "router"; }

  asio::awaitable<Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                              const TextSink& on_text) override {
    budget_.on_request();
    int attempts = 0;
    base::Error last{ErrorCode::kInvalidArgument, "the call names no model"};
    for (const auto& target : request.targets) {
      for (int tries = 1;; ++tries) {
        Attempt attempt{.on_text = on_text};
        if (request.on_begin)
          attempt.on_begin = [&, begun = steady_clock::now()] { tell_head(request, target, attempts, begun); };
        const bool is_last = &target == &request.targets.back();
        auto reply = co_await attempt_once(limited(context, on_text, is_last), request, target, attempt, attempts);
        if (reply) {
          reply->provider = target.provider;
          reply->passage.target = target;
          reply->passage.attempts = attempts;
          co_return reply;
        }
        last = std::move(reply.error());
        const auto next = after_failure(last);
        if (attempt.begun || next == AfterFailure::kGiveUp) co_return base::fail(std::move(last));
        if (next == AfterFailure::kNextTarget || tries >= config_.max_tries) break;
        if (!co_await pause(context, request, last, tries, is_last)) break;
      }
      if (request.on_retry && &target != &request.targets.back() && !request.on_retry(last, attempts)) break;
    }
    co_return base::fail(std::move(last));
  }

 private:
  static void tell_head(const ChatRequest& request, const Target& target, int attempts,
                        steady_clock::time_point begun) {
    const auto latency = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begun);
    request.on_begin({.provider = target.provider,
                      .model = target.model,
                      .latency = latency,
                      .passage = {.target = target, .attempts = attempts}});
  }

  // A stream has limits of its own: its first token, and pauses between pieces.
  net::CallContext limited(net::CallContext context, const TextSink& on_text, bool is_last) const {
    if (!on_text) context.deadline = whole_reply_deadline(config_, steady_clock::now(), context.deadline, is_last);
    return context;
  }

  asio::awaitable<Result<ChatReply>> attempt_once(const net::CallContext& context, const ChatRequest& request,
                                                  const Target& target, Attempt& attempt, int& attempts) {
    const auto found = replicas_.find(target.provider);
    if (found == replicas_.end())
      co_return base::fail(ErrorCode::kNotFound, fmt::format("no provider is called {}", target.provider));
    auto its_request = request;
    its_request.model = target.model;
    its_request.on_begin = nullptr;  // told here
    const auto* replica = choose(found->second, target.model);
    if (replica == nullptr) co_return all_resting(found->second, target);
    ++attempts;
    co_return co_await replica->provider->complete(context, its_request, attempt.sink());
  }

  // The better of two taken by chance: always the best one would be flooded by all who see it so. Those that asked to
  // slow down come last; nullptr when all breakers are open.
  const Replica* choose(const std::vector<Replica>& replicas, const std::string& model) {
    const auto now = steady_clock::now();
    std::vector<const Replica*> able;
    std::vector<const Replica*> resting;
    for (const auto& replica : replicas) {
      auto& state = states_.of(replica.upstream, model);
      if (!state.breaker.would_allow(now)) continue;
      (state.load.resting_until() <= now ? able : resting).push_back(&replica);
    }
    if (able.empty()) able = std::move(resting);
    if (able.size() < 2) return able.empty() ? nullptr : able.front();
    const auto some = [&] { return std::uniform_int_distribution<std::size_t>(0, able.size() - 1)(generator()); };
    const auto first = some();
    auto second = some();
    if (second == first) second = (first + 1) % able.size();
    const auto cost = [&](std::size_t i) { return states_.of(able[i]->upstream, model).load.cost(now); };
    return cost(first) <= cost(second) ? able[first] : able[second];
  }

  std::unexpected<base::Error> all_resting(const std::vector<Replica>& replicas, const Target& target) {
    auto soonest = steady_clock::time_point::max();
    for (const auto& replica : replicas) {
      soonest = std::min(soonest, states_.of(replica.upstream, target.model).breaker.opens_again_at());
    }
    base::Error error{ErrorCode::kUnavailable,
                      fmt::format("{} failed too often just now and is left alone for a while", target.to_string()),
                      "its breaker is open"};
    error.retry_after =
        std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(soonest - steady_clock::now()));
    return base::fail(std::move(error));
  }

  // Whether the same target is to be tried again.
  asio::awaitable<bool> pause(const net::CallContext& context, const ChatRequest& request, const base::Error& why,
                              int tries, bool is_last) {
    const auto time = backoff(config_, tries, why, chance());
    if (!time || steady_clock::now() + *time >= context.deadline) co_return false;
    if (!is_last && !is_worth_another_try(config_, why)) co_return false;
    if (!budget_.take_retry()) co_return false;
    if (request.on_retry && !request.on_retry(why, tries)) co_return false;
    asio::steady_timer timer(co_await asio::this_coro::executor, *time);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return (co_await asio::this_coro::cancellation_state).cancelled() == asio::cancellation_type::none;
  }

  // Constant after construction.
  const Replicas replicas_;
  const RetryConfig config_;
  UpstreamStates& states_;
  RetryBudget& budget_;
};

}  // namespace

std::unique_ptr<Provider> make_retrying_provider(Replicas replicas, RetryConfig config, UpstreamStates& states,
                                                 RetryBudget& budget) {
  return std::make_unique<RetryingProvider>(std::move(replicas), config, states, budget);
}

}  // namespace tollgate::llm
