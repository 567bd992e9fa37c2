#include "llm/router/claimed_provider.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::Result;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A call never takes longer than this; nor does a node that crashed keep its claim longer.
constexpr milliseconds kLongestCall = std::chrono::minutes(10);

// Gives its claim back however the call ends, also when it is torn down.
class Held {
 public:
  Held(cache::Claims& claims, std::string name, std::string token)
      : claims_(claims), name_(std::move(name)), token_(std::move(token)) {}
  Held(const Held&) = delete;
  ~Held() { claims_.release(name_, token_); }

 private:
  cache::Claims& claims_;
  const std::string name_;
  const std::string token_;
};

class ClaimedProvider final : public Provider {
 public:
  ClaimedProvider(std::unique_ptr<Provider> inner, cache::Claims& claims, ClaimConfig config)
      : inner_(std::move(inner)), claims_(claims), config_(config) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                              const TextSink& on_text) override {
    const bool takes_part = request.may_share_call && request.cache_key && !on_text;
    std::optional<Held> held;
    if (takes_part) {
      CO_TRY_STATUS(co_await wait_for_claim(request.cache_key->to_hex(), context.deadline, held));
    }
    co_return co_await inner_->complete(context, request, on_text);
  }

 private:
  // `held` stays empty when the call is to be made without a claim.
  asio::awaitable<base::Status> wait_for_claim(std::string name, net::Deadline deadline, std::optional<Held>& held) {
    const auto begun = steady_clock::now();
    const auto time_left = std::chrono::duration_cast<milliseconds>(std::min(deadline, begun + kLongestCall) - begun);
    const auto until = std::min(deadline, begun + config_.longest_wait);
    for (auto pause = config_.first_pause;; pause = std::min(pause * 2, config_.longest_pause)) {
      auto claim = co_await claims_.claim(name, std::max(time_left, milliseconds(1)));
      if (claim.outcome == cache::ClaimOutcome::kMine) held.emplace(claims_, name, std::move(claim.token));
      if (claim.outcome != cache::ClaimOutcome::kTaken || steady_clock::now() + pause >= until)
        co_return base::Status{};
      asio::steady_timer timer(co_await asio::this_coro::executor, pause);
      const auto [cancelled] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
      if (cancelled) co_return base::fail(base::ErrorCode::kCancelled, "the call was cancelled");
    }
  }

  // Constant after construction.
  const std::unique_ptr<Provider> inner_;
  cache::Claims& claims_;
  const ClaimConfig config_;
};

}  // namespace

std::unique_ptr<Provider> make_claimed_provider(std::unique_ptr<Provider> inner, cache::Claims& claims,
                                                ClaimConfig config) {
  return std::make_unique<ClaimedProvider>(std::move(inner), claims, config);
}

}  // namespace tollgate::llm
