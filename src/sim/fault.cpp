#include "sim/fault.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"

namespace tollgate::sim {

std::string_view name(Fault fault) {
  switch (fault) {
    case Fault::kNone: return "";
    case Fault::kRateLimited: return "429";
    case Fault::kServerError: return "500";
    case Fault::kOverloaded: return "529";
    case Fault::kReset: return "reset";
    case Fault::kStall: return "stall";
    case Fault::kHalf: return "half";
    case Fault::kGarbage: return "garbage";
  }
  return "";
}

base::Result<std::vector<Fault>> parse_faults(std::string_view text) {
  constexpr std::array kAll = {Fault::kRateLimited, Fault::kServerError, Fault::kOverloaded, Fault::kReset,
                               Fault::kStall,       Fault::kHalf,        Fault::kGarbage};
  std::vector<Fault> faults;
  for (const auto part : base::split(text, ',')) {
    const auto found = std::ranges::find_if(kAll, [&](Fault fault) { return name(fault) == part; });
    if (found == kAll.end()) {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("\"{}\" is no error; use 429, 500, 529, reset, stall, half, garbage", part));
    }
    faults.push_back(*found);
  }
  return faults;
}

int http_status(Fault fault) {
  switch (fault) {
    case Fault::kRateLimited: return 429;
    case Fault::kServerError: return 500;
    case Fault::kOverloaded: return 529;
    case Fault::kNone:
    case Fault::kReset:
    case Fault::kStall:
    case Fault::kHalf:
    case Fault::kGarbage: return 0;
  }
  return 0;
}

}  // namespace tollgate::sim
