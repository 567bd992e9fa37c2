// Reads price tables; prices/models.yaml describes the format.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/price_table.hpp"

namespace tollgate::llm {

inline constexpr std::size_t kMaxPriceFileBytes = std::size_t{1} << 20;

// kInvalidArgument with every mistake as "file:line:column: error: …". `file` is only named.
base::Result<PriceTable> read_price_table(std::string_view text, const std::string& file);

// The prices that the program comes with.
PriceTable builtin_price_table();
std::shared_ptr<const PriceTable> builtin_prices();  // the same, read once

// The same with an operator's file laid over them; an empty path means none.
base::Result<PriceTable> load_price_table(const std::string& override_path);

}  // namespace tollgate::llm
