// Passwords as Argon2id hashes. Each call takes tens of milliseconds and 64 MiB: keep it off the I/O threads.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tollgate::api {

inline constexpr std::size_t kMinPasswordBytes = 12;
inline constexpr std::size_t kMaxPasswordBytes = 1024;

// kInvalidArgument for one that is too short or too long; kUnavailable without the memory.
base::Result<std::string> hash_password(const std::string& password);

// Takes as long when there is no hash to compare with (`hash` empty), so that the time tells nobody who has an account.
bool verify_password(const std::string& hash, const std::string& password);

}  // namespace tollgate::api
