// SHA-256 (FIPS 180-4) of bytes, as a value that can be compared, printed and stored.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::base {

struct Sha256 {
  std::array<std::uint8_t, 32> bytes{};

  static Sha256 of(std::string_view data);
  static std::optional<Sha256> parse(std::string_view hex);  // 64 hex digits
  std::string to_hex() const;
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

  friend auto operator<=>(const Sha256&, const Sha256&) = default;
};

}  // namespace tollgate::base
