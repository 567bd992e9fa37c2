// Names that one node at a time may hold, among all that share a Redis.
#pragma once

#include <chrono>
#include <string>

#include <boost/asio/awaitable.hpp>

namespace tollgate::cache {

enum class ClaimOutcome {
  kMine,     // until it is released or its time is up
  kTaken,    // somebody else's
  kUnknown,  // nobody could be asked
};
struct Claim {
  ClaimOutcome outcome = ClaimOutcome::kUnknown;
  std::string token{};  // for release()
};

class Claims {
 public:
  virtual ~Claims() = default;

  // The time bounds what a crash of the holder can block.
  virtual boost::asio::awaitable<Claim> claim(std::string name, std::chrono::milliseconds ttl) = 0;
  // In the background, after what was put before. Not if it is somebody else's by now.
  virtual void release(const std::string& name, const std::string& token) = 0;
};

}  // namespace tollgate::cache
