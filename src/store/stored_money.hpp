// Money as the schema keeps it: pico-dollars.
#pragma once

#include <cstdint>
#include <optional>

#include "base/pico_usd.hpp"

namespace tollgate::store {

inline std::optional<std::int64_t> to_stored(const std::optional<base::PicoUsd>& money) {
  return money ? std::optional(money->pico()) : std::nullopt;
}

inline std::optional<base::PicoUsd> to_money(const std::optional<std::int64_t>& pico) {
  return pico ? std::optional(base::PicoUsd(*pico)) : std::nullopt;
}

}  // namespace tollgate::store
