// What the models' tokens cost, as prices/models.yaml and an operator's file over it say.
//
// A plain value, never changed while it is in use: any thread may read it. A price that changes on a day is in it
// before that day, so nothing has to be restarted.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.hpp"
#include "base/pico_usd.hpp"
#include "llm/service_tier.hpp"

namespace tollgate::llm {

// Of one token each.
struct TokenPrices {
  base::PicoUsd input;
  base::PicoUsd output;
  base::PicoUsd cache_read;
  base::PicoUsd cache_write_5m;
  base::PicoUsd cache_write_1h;
};

struct LongPrompts {
  std::int64_t above = 0;  // tokens of the prompt, cached ones counted
  TokenPrices prices{};    // of the whole request
};

// What holds from a day on.
struct PricePeriod {
  base::Date from{base::Date(std::chrono::sys_days::min())};
  TokenPrices prices{};
  std::vector<LongPrompts> long_prompts{};  // ascending

  const TokenPrices& for_prompt(std::int64_t tokens) const;
};

struct ModelPrices {
  std::vector<PricePeriod> periods{};  // ascending; empty: free
  std::vector<std::string> unless_id_ends{};
  std::string source{};
  base::Date verified_on{};

  bool is_free() const { return periods.empty(); }
  const PricePeriod* on(base::Date day) const;  // nullptr: before the first, or free
};

// A factor in hundredths. Prices of tokens are multiples of 100 pico-dollars, so that it gives whole ones.
struct ServiceFactor {
  std::int64_t percent = 100;
  base::PicoUsd of(base::PicoUsd price) const;
};

struct ProviderPricing {
  std::vector<std::string> id_prefixes{};
  std::vector<std::string> id_suffixes{};  // Y, M and D stand for a digit
  std::map<ServiceTier, ServiceFactor> service_tiers{};
  std::optional<base::PicoUsd> web_search{};  // one
};

class PriceTable {
 public:
  // nullptr: not in the table.
  const ModelPrices* find(std::string_view provider, std::string_view model) const;
  // nullopt: this tier's factor is not known.
  std::optional<ServiceFactor> factor(std::string_view provider, ServiceTier tier) const;
  std::optional<base::PicoUsd> web_search(std::string_view provider) const;

  void set(const std::string& provider, ProviderPricing pricing);
  // `id`: "*" for every model without an entry of its own. False when the provider has that id already.
  bool add(const std::string& provider, const std::string& id, std::shared_ptr<const ModelPrices> prices);

  // What `over` says of a provider, or of a provider's model, takes the place of what is here.
  void lay_over(const PriceTable& over);

 private:
  // Shared: one entry may stand for several ids.
  using Models = std::map<std::string, std::shared_ptr<const ModelPrices>, std::less<>>;

  const ProviderPricing* of(std::string_view provider) const;

  std::map<std::string, ProviderPricing, std::less<>> providers_;
  std::map<std::string, Models, std::less<>> models_;  // by provider
};

}  // namespace tollgate::llm
