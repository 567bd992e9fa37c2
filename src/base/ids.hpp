// Identifiers: UUIDs of version 7 (RFC 9562), which sort by the time they were made, one C++ type per thing named.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tollgate::base {

// Randomness, behind an interface so that tests own it.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::uint8_t* bytes, std::size_t size) = 0;  // thread-safe
};

class SystemRandom final : public Random {  // the operating system's, through OpenSSL
 public:
  void fill(std::uint8_t* bytes, std::size_t size) override;
};

class Uuid {
 public:
  Uuid() = default;
  static Uuid make(Timestamp now, Random& random);                // version 7
  static std::optional<Uuid> parse(std::string_view text);        // 8-4-4-4-12 hex digits
  static std::optional<Uuid> from_bytes(std::string_view bytes);  // the 16 that view() gives
  std::string to_string() const;
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  std::uint64_t random_bits() const;  // the last 62 bits: evenly spread, so good for choosing a bucket

  friend auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

// Id<struct SessionTag> and Id<struct OwnerTag> do not mix.
template <typename Tag>
struct Id {
  Uuid uuid;

  static Id make(Timestamp now, Random& random) { return {Uuid::make(now, random)}; }
  static std::optional<Id> parse(std::string_view text) {
    const auto uuid = Uuid::parse(text);
    return uuid ? std::optional(Id{*uuid}) : std::nullopt;
  }
  std::string to_string() const { return uuid.to_string(); }

  friend auto operator<=>(const Id&, const Id&) = default;
};

using SessionId = Id<struct SessionTag>;
using BootId = Id<struct BootTag>;  // one run of one process: the owner of leases

}  // namespace tollgate::base
