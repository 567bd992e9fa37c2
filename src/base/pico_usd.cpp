#include "base/pico_usd.hpp"

namespace tollgate::base {
namespace {

constexpr std::int64_t kPicoPerDollar = 1'000'000'000'000;

}  // namespace

std::optional<PicoUsd> PicoUsd::of(Decimal dollars) {
  const auto pico = base::multiply(dollars, Decimal(kPicoPerDollar));
  const auto whole = pico ? pico->to_int64() : std::nullopt;
  return whole ? std::optional(PicoUsd(*whole)) : std::nullopt;
}

std::optional<PicoUsd> PicoUsd::parse(std::string_view dollars) {
  const auto amount = Decimal::parse(dollars);
  return amount ? of(*amount) : std::nullopt;
}

std::string PicoUsd::to_string() const {
  const bool is_negative = pico_ < 0;
  // Of INT64_MIN there is no positive counterpart among the signed.
  const auto magnitude = is_negative ? 0 - static_cast<std::uint64_t>(pico_) : static_cast<std::uint64_t>(pico_);
  std::string text = (is_negative ? "-" : "") + std::to_string(magnitude / kPicoPerDollar);
  const auto fraction = magnitude % kPicoPerDollar;
  if (fraction == 0) return text;
  const auto digits = std::to_string(kPicoPerDollar + fraction);  // with a 1 before its leading zeros
  return text.append(1, '.').append(digits, 1, digits.find_last_not_of('0'));
}

std::optional<PicoUsd> add(PicoUsd a, PicoUsd b) {
  std::int64_t total = 0;
  if (__builtin_add_overflow(a.pico(), b.pico(), &total)) return std::nullopt;
  return PicoUsd(total);
}

std::optional<PicoUsd> multiply(PicoUsd price, std::int64_t count) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(price.pico(), count, &product)) return std::nullopt;
  return PicoUsd(product);
}

PicoUsd sum(PicoUsd a, PicoUsd b) {
  if (const auto exact = add(a, b)) return *exact;
  return PicoUsd(a.pico() < 0 ? INT64_MIN : INT64_MAX);
}

}  // namespace tollgate::base
