#include "base/ids.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/rand.h>

#include "base/sha256.hpp"

namespace tollgate::base {

namespace {

void draw(std::uint8_t* bytes, std::size_t size) {
  if (RAND_bytes(bytes, static_cast<int>(size)) != 1) throw std::runtime_error("OpenSSL has no randomness");
}

// What a thread has drawn and not given out yet: of a draw for one id, the generator's own work is most. For ids and
// the like: what is secret comes from libsodium.
struct Stock {
  std::array<std::uint8_t, 1024> bytes{};
  std::size_t left = 0;
};

}  // namespace

void SystemRandom::fill(std::uint8_t* bytes, std::size_t size) {
  constexpr std::size_t kSmall = 16;
  if (size > kSmall) return draw(bytes, size);
  thread_local Stock stock;
  if (stock.left < size) {
    draw(stock.bytes.data(), stock.bytes.size());
    stock.left = stock.bytes.size();
  }
  stock.left -= size;
  std::copy_n(stock.bytes.data() + stock.left, size, bytes);
}

Uuid Uuid::make(Timestamp now, Random& random) {
  Uuid uuid;
  random.fill(uuid.bytes_.data(), uuid.bytes_.size());
  const auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  for (int i = 0; i < 6; ++i)
    uuid.bytes_[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  uuid.bytes_[6] = static_cast<std::uint8_t>(0x70 | (uuid.bytes_[6] & 0x0f));
  uuid.bytes_[8] = static_cast<std::uint8_t>(0x80 | (uuid.bytes_[8] & 0x3f));
  return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  std::string hex;
  std::copy_if(text.begin(), text.end(), std::back_inserter(hex), [](char c) { return c != '-'; });
  const auto digest = Sha256::parse(hex + hex);  // the same digits twice make 64: reuse its hex reader
  if (!digest) return std::nullopt;
  Uuid uuid;
  std::copy_n(digest->bytes.begin(), uuid.bytes_.size(), uuid.bytes_.begin());
  return uuid;
}

std::optional<Uuid> Uuid::from_bytes(std::string_view bytes) {
  Uuid uuid;
  if (bytes.size() != uuid.bytes_.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), uuid.bytes_.begin());
  return uuid;
}

std::string Uuid::to_string() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kDigits[bytes_[i] >> 4]);
    text.push_back(kDigits[bytes_[i] & 15]);
  }
  return text;
}

std::uint64_t Uuid::random_bits() const {
  std::uint64_t bits = 0;
  for (std::size_t i = 8; i < bytes_.size(); ++i) bits = bits << 8 | bytes_[i];
  return bits & 0x3fff'ffff'ffff'ffff;
}

}  // namespace tollgate::base
