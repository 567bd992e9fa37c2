#include "api/credentials.hpp"

#include <array>
#include <stdexcept>

#include <sodium.h>

namespace tollgate::api {
namespace {

std::string random_text(std::size_t bytes) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium found no source of randomness");
  std::array<unsigned char, 32> random{};
  randombytes_buf(random.data(), bytes);
  std::array<char, sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_URLSAFE_NO_PADDING)> text{};
  sodium_bin2base64(text.data(), text.size(), random.data(), bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero(random.data(), random.size());
  return text.data();
}

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kIdBytes = 6;

}  // namespace

NewApiKey make_api_key() {
  std::string id = "tg_" + random_text(kIdBytes);
  std::string text = id + "_" + random_text(kSecretBytes);
  return {std::move(id), std::move(text)};
}

std::string make_token() {
  return random_text(kSecretBytes);
}

base::Sha256 hash_of(std::string_view secret) {
  return base::Sha256::of(secret);
}

std::string csrf_token(std::string_view token) {
  return base::Sha256::of("csrf " + std::string(token)).to_hex();
}

bool is_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tollgate::api
