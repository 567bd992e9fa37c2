// How many requests a minute may be sent; these are the values unless the settings say otherwise.
#pragma once

#include <cstdint>

namespace tollgate::api {

struct RateLimit {
  std::int64_t per_minute = 0;  // and as many at once; 0: no limit
};

struct RequestLimits {
  RateLimit per_account{1'200};
  RateLimit per_address{2'400};
  RateLimit sign_ins{10};  // per address
};

}  // namespace tollgate::api
