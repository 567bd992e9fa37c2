#include "llm/pricing.hpp"

#include <algorithm>

namespace tollgate::llm {
namespace {

using base::PicoUsd;

// Adds up products until one is out of reach.
class Bill {
 public:
  PicoUsd add(PicoUsd price, std::int64_t count) {
    const auto product = base::multiply(price, count);
    const auto total = product && total_ ? base::add(*total_, *product) : std::nullopt;
    total_ = total;
    return product.value_or(PicoUsd());
  }
  std::optional<PicoUsd> total() const { return total_; }

 private:
  std::optional<PicoUsd> total_{PicoUsd()};
};

// The prompt in its four parts. Servers that count the cached tokens beside the prompt, not in it, have less than
// nothing left: those tokens are counted once.
struct PromptTokens {
  explicit PromptTokens(const Usage& usage)
      : read(std::max<std::int64_t>(0, usage.cached_input_tokens)),
        written_5m(std::max<std::int64_t>(0, usage.cache_write_tokens)),
        written_1h(std::max<std::int64_t>(0, usage.cache_write_1h_tokens)),
        fresh(std::max<std::int64_t>(0, usage.input_tokens)) {
    for (const auto part : {read, written_5m, written_1h}) fresh = std::max<std::int64_t>(0, fresh - part);
  }

  // What a length tier is measured by. Saturates: such a prompt is long in any case.
  std::int64_t all() const {
    std::int64_t total = fresh;
    for (const auto part : {read, written_5m, written_1h}) {
      if (__builtin_add_overflow(total, part, &total)) return INT64_MAX;
    }
    return total;
  }

  std::int64_t read;
  std::int64_t written_5m;
  std::int64_t written_1h;
  std::int64_t fresh;
};

PicoUsd dearest_input(const TokenPrices& prices) {
  return std::max({prices.input, prices.cache_read, prices.cache_write_5m, prices.cache_write_1h});
}

}  // namespace

std::optional<Cost> cost_of(const PriceTable& table, std::string_view provider, std::string_view model,
                            const Usage& usage, base::Timestamp at) {
  const auto* model_prices = table.find(provider, model);
  if (model_prices == nullptr) return std::nullopt;
  if (model_prices->is_free()) return Cost{.is_free = true};
  const auto* period = model_prices->on(base::day_of(at));
  const auto factor = table.factor(provider, usage.service_tier);
  const auto fee = usage.web_searches > 0 ? table.web_search(provider) : PicoUsd();
  if (period == nullptr || !factor || !fee) return std::nullopt;

  const PromptTokens prompt(usage);
  const auto& prices = period->for_prompt(prompt.all());
  Bill bill;
  Cost cost;
  cost.input = bill.add(factor->of(prices.input), prompt.fresh);
  cost.cache_read = bill.add(factor->of(prices.cache_read), prompt.read);
  const auto written_5m = bill.add(factor->of(prices.cache_write_5m), prompt.written_5m);
  const auto written_1h = bill.add(factor->of(prices.cache_write_1h), prompt.written_1h);
  cost.cache_write = base::sum(written_5m, written_1h);
  cost.output = bill.add(factor->of(prices.output), std::max<std::int64_t>(0, usage.output_tokens));
  cost.fees = bill.add(*fee, std::max<std::int64_t>(0, usage.web_searches));
  if (!bill.total()) return std::nullopt;
  cost.total = *bill.total();
  return cost;
}

std::optional<PicoUsd> estimated_cost(const PriceTable& table, std::string_view provider, std::string_view model,
                                      std::int64_t prompt_bytes, std::int64_t max_tokens, base::Timestamp at) {
  const auto* model_prices = table.find(provider, model);
  if (model_prices == nullptr) return std::nullopt;
  if (model_prices->is_free()) return PicoUsd();
  const auto* period = model_prices->on(base::day_of(at));
  if (period == nullptr) return std::nullopt;
  auto input = dearest_input(period->prices);
  auto output = period->prices.output;
  for (const auto& tier : period->long_prompts) {
    if (tier.above >= prompt_bytes) break;  // no prompt has more tokens than bytes
    input = std::max(input, dearest_input(tier.prices));
    output = std::max(output, tier.prices.output);
  }
  Bill bill;
  bill.add(input, std::max<std::int64_t>(0, prompt_bytes) / kBytesPerToken + 1);
  bill.add(output, std::max<std::int64_t>(0, max_tokens));
  return bill.total();
}

}  // namespace tollgate::llm
