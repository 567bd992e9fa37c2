#include "llm/price_table.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tollgate::llm {
namespace {

bool fits(char pattern, char c) {
  const bool is_digit = c >= '0' && c <= '9';
  return pattern == 'Y' || pattern == 'M' || pattern == 'D' ? is_digit : c == pattern;
}

// The id without the suffix, or nothing when it does not end in one.
std::optional<std::string_view> without_suffix(std::string_view id, std::string_view suffix) {
  if (id.size() <= suffix.size()) return std::nullopt;
  const auto end = id.substr(id.size() - suffix.size());
  if (!std::equal(suffix.begin(), suffix.end(), end.begin(), fits)) return std::nullopt;
  return id.substr(0, id.size() - suffix.size());
}

std::vector<std::string_view> with_and_without_prefix(std::string_view model, const ProviderPricing& pricing) {
  std::vector<std::string_view> ids{model};
  for (const auto& prefix : pricing.id_prefixes) {
    if (model.starts_with(prefix)) ids.push_back(model.substr(prefix.size()));
  }
  return ids;
}

}  // namespace

const TokenPrices& PricePeriod::for_prompt(std::int64_t tokens) const {
  const auto tier = std::find_if(long_prompts.rbegin(), long_prompts.rend(),
                                 [tokens](const LongPrompts& prompts) { return tokens > prompts.above; });
  return tier == long_prompts.rend() ? prices : tier->prices;
}

const PricePeriod* ModelPrices::on(base::Date day) const {
  const auto next =
      std::find_if(periods.begin(), periods.end(), [day](const PricePeriod& period) { return period.from > day; });
  return next == periods.begin() ? nullptr : &*std::prev(next);
}

base::PicoUsd ServiceFactor::of(base::PicoUsd price) const {
  return base::PicoUsd(price.pico() / 100 * percent);
}

const ProviderPricing* PriceTable::of(std::string_view provider) const {
  const auto known = providers_.find(provider);
  return known == providers_.end() ? nullptr : &known->second;
}

const ModelPrices* PriceTable::find(std::string_view provider, std::string_view model) const {
  const auto known = models_.find(provider);
  if (known == models_.end()) return nullptr;
  const auto& models = known->second;
  static const ProviderPricing kNone;
  const auto* rules = of(provider);
  const auto ids = with_and_without_prefix(model, rules == nullptr ? kNone : *rules);
  for (const auto id : ids) {
    if (const auto entry = models.find(id); entry != models.end()) return entry->second.get();
  }
  for (const auto id : ids) {
    for (const auto& suffix : rules == nullptr ? kNone.id_suffixes : rules->id_suffixes) {
      const auto shorter = without_suffix(id, suffix);
      if (!shorter) continue;
      if (const auto entry = models.find(*shorter); entry != models.end()) return entry->second.get();
    }
  }
  const auto all = models.find("*");
  if (all == models.end()) return nullptr;
  const auto& exceptions = all->second->unless_id_ends;
  const bool is_exception = std::any_of(exceptions.begin(), exceptions.end(),
                                        [model](const std::string& word) { return model.ends_with(word); });
  return is_exception ? nullptr : all->second.get();
}

std::optional<ServiceFactor> PriceTable::factor(std::string_view provider, ServiceTier tier) const {
  if (tier == ServiceTier::kStandard) return ServiceFactor{};
  const auto* pricing = of(provider);
  if (pricing == nullptr) return std::nullopt;
  const auto known = pricing->service_tiers.find(tier);
  return known == pricing->service_tiers.end() ? std::nullopt : std::optional(known->second);
}

std::optional<base::PicoUsd> PriceTable::web_search(std::string_view provider) const {
  const auto* pricing = of(provider);
  return pricing == nullptr ? std::nullopt : pricing->web_search;
}

void PriceTable::set(const std::string& provider, ProviderPricing pricing) {
  providers_.insert_or_assign(provider, std::move(pricing));
}

bool PriceTable::add(const std::string& provider, const std::string& id, std::shared_ptr<const ModelPrices> prices) {
  return models_[provider].emplace(id, std::move(prices)).second;
}

void PriceTable::lay_over(const PriceTable& over) {
  for (const auto& [provider, pricing] : over.providers_) set(provider, pricing);
  for (const auto& [provider, models] : over.models_) {
    for (const auto& [id, prices] : models) models_[provider].insert_or_assign(id, prices);
  }
}

}  // namespace tollgate::llm
