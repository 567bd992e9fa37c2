#include "llm/router/breaking_provider.hpp"

#include <utility>

#include <fmt/format.h>

#include "llm/router/retry_policy.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// Gives the permit back however the call ends; one that was cancelled says nothing of the provider.
class CallUnderWay {
 public:
  CallUnderWay(UpstreamState& state, Breaker::Permit permit) : state_(state), permit_(permit) { state_.load.begun(); }
  CallUnderWay(const CallUnderWay&) = delete;
  ~CallUnderWay() {
    if (!over_) end(Breaker::Outcome::kUnknown, steady_clock::now());
  }

  void succeeded() { end(Breaker::Outcome::kSuccess, steady_clock::now()); }
  void failed(const base::Error& error) {
    const auto now = steady_clock::now();
    if (error.code == base::ErrorCode::kRateLimited && error.retry_after)
      state_.load.rest_until(now + *error.retry_after);
    end(is_fault_of_provider(error) ? Breaker::Outcome::kFailure : Breaker::Outcome::kUnknown, now);
  }

 private:
  void end(Breaker::Outcome outcome, steady_clock::time_point now) {
    over_ = true;
    if (outcome == Breaker::Outcome::kSuccess) {
      state_.load.ended(now, now - begun_);
    } else {
      state_.load.abandoned();
    }
    state_.breaker.ended(permit_, outcome, now);
  }

  UpstreamState& state_;
  const Breaker::Permit permit_;
  const steady_clock::time_point begun_ = steady_clock::now();
  bool over_ = false;
};

class BreakingProvider final : public Provider {
 public:
  BreakingProvider(std::unique_ptr<Provider> inner, std::string upstream, UpstreamStates& states)
      : inner_(std::move(inner)), upstream_(std::move(upstream)), states_(states) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<base::Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                                    const TextSink& on_text) override {
    auto& state = states_.of(upstream_, request.model);
    const auto permit = state.breaker.try_begin(steady_clock::now());
    if (!permit) co_return refused(request.model);
    CallUnderWay call(state, *permit);
    auto reply = co_await inner_->complete(context, request, on_text);
    if (reply) {
      call.succeeded();
    } else {
      call.failed(reply.error());
    }
    co_return reply;
  }

 private:
  std::unexpected<base::Error> refused(const std::string& model) const {
    return base::fail(base::ErrorCode::kUnavailable,
                      fmt::format("{} of {} failed too often just now and is left alone for a while", model, name()),
                      "breaker of " + upstream_ + " is open");
  }

  // Constant after construction.
  const std::unique_ptr<Provider> inner_;
  const std::string upstream_;
  UpstreamStates& states_;
};

}  // namespace

std::unique_ptr<Provider> make_breaking_provider(std::unique_ptr<Provider> inner, std::string upstream,
                                                 UpstreamStates& states) {
  return std::make_unique<BreakingProvider>(std::move(inner), std::move(upstream), states);
}

}  // namespace tollgate::llm
