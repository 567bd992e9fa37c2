#include "llm/router/billed_provider.hpp"

#include <algorithm>
#include <utility>

#include "llm/router/call_prices.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::PicoUsd;
using base::Result;

// One call on its way; bills it at the latest when the call is torn down.
class Bill {
 public:
  Bill(const RouterConfig& config, const ChatRequest& request, base::Timestamp begun, const Billing& billing)
      : config_(config), request_(request), begun_(begun), billing_(billing) {}
  Bill(const Bill&) = delete;
  ~Bill() {
    if (!settled_) broke_off(ErrorCode::kCancelled);
  }

  void add_text(std::size_t bytes) { text_bytes_ += static_cast<std::int64_t>(bytes); }

  void close(Result<ChatReply>& reply) {
    if (!reply) return broke_off(reply.error().code);
    const auto cost = cost_of_reply(config_, *reply, begun_);
    if (cost) reply->passage.cost = cost->total;
    settle({.day = day(),
            .scope = request_.scope,
            .task = request_.task,
            .tier = tier_named(request_.model),
            .target = {reply->provider, reply->model},
            .usage = reply->usage,
            .basis = cost ? CostBasis::kReported : CostBasis::kUnpriced,
            .cost = cost ? cost->total : PicoUsd()});
  }

 private:
  base::Date day() const { return request_.held ? request_.held->day() : base::day_of(begun_); }

  void broke_off(ErrorCode why) {
    settled_ = true;
    const bool was_served = text_bytes_ > 0 || why == ErrorCode::kCancelled;
    if (!was_served || request_.targets.empty()) return;
    // A stream's frames are longer than their text, which cannot have more tokens than the request allows.
    auto tokens = text_bytes_ / kBytesPerToken + 1;
    if (request_.max_tokens > 0) tokens = std::min(tokens, request_.max_tokens);
    const auto cost = estimate_of_call(config_, request_.targets, prompt_bytes(request_), tokens, begun_);
    settle({.day = day(),
            .scope = request_.scope,
            .task = request_.task,
            .tier = tier_named(request_.model),
            .target = request_.targets.front(),
            .basis = cost ? CostBasis::kEstimated : CostBasis::kUnpriced,
            .cost = cost.value_or(PicoUsd())});
  }

  // Nobody's budget gets an unpriced call for nothing: what was held for it is spent.
  void settle(UsageRecord record) {
    settled_ = true;
    const bool is_unpriced = record.basis == CostBasis::kUnpriced;
    record.charged = is_unpriced && request_.held ? request_.held->estimate() : record.cost;
    if (request_.held) {
      request_.held->settle(record.charged);
    } else if (billing_.budgets != nullptr && !record.scope.key.empty()) {
      billing_.budgets->spend(budget_of_key(record.scope.key), record.day, record.charged);
    }
    if (billing_.usage != nullptr) billing_.usage->record(record);
  }

  const RouterConfig& config_;
  const ChatRequest& request_;
  const base::Timestamp begun_;
  const Billing billing_;
  std::int64_t text_bytes_ = 0;
  bool settled_ = false;
};

class BilledProvider final : public Provider {
 public:
  BilledProvider(std::unique_ptr<Provider> inner, std::shared_ptr<const RouterConfig> config, base::Clock& clock,
                 Billing billing)
      : inner_(std::move(inner)), config_(std::move(config)), clock_(clock), billing_(billing) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                              const TextSink& on_text) override {
    Bill bill(*config_, request, clock_.now(), billing_);
    TextSink counted;
    if (on_text) {
      counted = [&](std::string_view piece) {
        bill.add_text(piece.size());
        on_text(piece);
      };
    }
    auto reply = co_await inner_->complete(context, request, counted);
    bill.close(reply);
    co_return reply;
  }

 private:
  // Constant after construction.
  const std::unique_ptr<Provider> inner_;
  const std::shared_ptr<const RouterConfig> config_;  // shared by the routers of all threads
  base::Clock& clock_;
  const Billing billing_;
};

}  // namespace

std::unique_ptr<Provider> make_billed_provider(std::unique_ptr<Provider> inner,
                                               std::shared_ptr<const RouterConfig> config, base::Clock& clock,
                                               Billing billing) {
  return std::make_unique<BilledProvider>(std::move(inner), std::move(config), clock, billing);
}

}  // namespace tollgate::llm
