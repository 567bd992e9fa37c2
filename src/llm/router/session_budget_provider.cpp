#include "llm/router/session_budget_provider.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "llm/router/call_prices.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::PicoUsd;
using base::Result;
using std::chrono::steady_clock;

class SessionBudgetProvider final : public Provider {
 public:
  SessionBudgetProvider(std::unique_ptr<Provider> inner, std::shared_ptr<const RouterConfig> config, base::Clock& clock,
                        SessionBudgets& budgets)
      : inner_(std::move(inner)), config_(std::move(config)), clock_(clock), budgets_(budgets) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                              const TextSink& on_text) override {
    if (!budgets_.is_limited() || request.scope.session.empty())
      co_return co_await inner_->complete(context, request, on_text);
    auto held = request;
    CO_TRY(held.held, co_await hold_back(request, context.deadline));
    co_return co_await inner_->complete(context, held, on_text);
  }

 private:
  asio::awaitable<Result<std::shared_ptr<Reservation>>> hold_back(const ChatRequest& request, net::Deadline deadline) {
    constexpr std::chrono::milliseconds kPause{50};
    const auto now = clock_.now();
    const auto estimate = estimate_of_call(*config_, request.targets, prompt_bytes(request), request.max_tokens, now);
    if (!estimate) co_return without_price(request);
    for (;;) {
      auto held = budgets_.reserve(request.scope.session, *estimate, base::day_of(now));
      if (held) co_return std::make_shared<Reservation>(*std::move(held));
      if (held.error().code == ErrorCode::kNotFound) {
        CO_TRY_STATUS(co_await budgets_.look_up(request.scope.session));
        continue;
      }
      const bool waits = held.error().code == ErrorCode::kRateLimited && steady_clock::now() + kPause < deadline;
      if (!waits) co_return base::fail(std::move(held).error());
      asio::steady_timer timer(co_await asio::this_coro::executor, kPause);
      const auto [cancelled] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
      if (cancelled) co_return base::fail(ErrorCode::kCancelled, "the call was cancelled");
    }
  }

  static std::unexpected<base::Error> without_price(const ChatRequest& request) {
    return base::fail(
        ErrorCode::kForbidden,
        fmt::format(
            "sessions have a budget (`session_budget_usd`), and {} has no price that could be "
            "counted against it: add one to the file that `prices` names, or take the budget away",
            base::shortened(request.targets.empty() ? request.model : request.targets.front().to_string(), 100)));
  }

  // Constant after construction.
  const std::unique_ptr<Provider> inner_;
  const std::shared_ptr<const RouterConfig> config_;  // shared by the routers of all threads
  base::Clock& clock_;
  SessionBudgets& budgets_;
};

}  // namespace

std::unique_ptr<Provider> make_session_budget_provider(std::unique_ptr<Provider> inner,
                                                       std::shared_ptr<const RouterConfig> config, base::Clock& clock,
                                                       SessionBudgets& budgets) {
  return std::make_unique<SessionBudgetProvider>(std::move(inner), std::move(config), clock, budgets);
}

}  // namespace tollgate::llm
