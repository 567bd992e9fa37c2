// What one call to a model cost, exactly, and what one may cost at most before it is made.
//
// Pure functions of the price table, the call and its day (UTC). A call whose cost is not known is `unpriced`, nullopt:
// it is counted as such and is never taken for free.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "llm/chat.hpp"
#include "llm/price_table.hpp"

namespace tollgate::llm {

struct Cost {
  base::PicoUsd input{};  // what was neither read from nor written to the provider's cache
  base::PicoUsd cache_read{};
  base::PicoUsd cache_write{};
  base::PicoUsd output{};
  base::PicoUsd fees{};  // for each call: web searches
  base::PicoUsd total{};
  bool is_free = false;  // the table says that this model costs nothing
};

// nullopt: the table does not know the model, the tier or the fee on that day, or the usage is beyond all bounds.
std::optional<Cost> cost_of(const PriceTable& table, std::string_view provider, std::string_view model,
                            const Usage& usage, base::Timestamp at);

// An estimate on the high side, to be held back until the cost is known: a token for every kBytesPerToken bytes of the
// prompt at the dearest price that a prompt of so many bytes may have, and a reply as long as it may be. Text in
// scripts of many tokens a byte may cost more. nullopt: unpriced.
inline constexpr std::int64_t kBytesPerToken = 3;
std::optional<base::PicoUsd> estimated_cost(const PriceTable& table, std::string_view provider, std::string_view model,
                                            std::int64_t prompt_bytes, std::int64_t max_tokens, base::Timestamp at);

}  // namespace tollgate::llm
