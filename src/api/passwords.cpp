#include "api/passwords.hpp"

#include <array>

#include <fmt/format.h>
#include <sodium.h>

namespace tollgate::api {

using base::ErrorCode;

base::Result<std::string> hash_password(const std::string& password) {
  if (password.size() < kMinPasswordBytes || password.size() > kMaxPasswordBytes) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("a password has {} to {} bytes", kMinPasswordBytes, kMaxPasswordBytes));
  }
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const bool hashed =
      sodium_init() >= 0 &&
      crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0;
  if (!hashed) return base::fail(ErrorCode::kUnavailable, "there is no memory to hash a password (64 MiB)");
  return std::string(hash.data());
}

bool verify_password(const std::string& hash, const std::string& password) {
  static const std::string kNobodys = hash_password("a password that nobody has").value_or("");
  const auto& stored = hash.empty() ? kNobodys : hash;
  const bool fits = password.size() <= kMaxPasswordBytes &&
                    crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0;
  return fits && !hash.empty();
}

}  // namespace tollgate::api
