#include "llm/gateway/request_error.hpp"

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/text.hpp"

namespace tollgate::llm::gateway {
namespace {

constexpr std::size_t kMaxPathBytes = 120;  // a part of it may be a name that the client made up

}  // namespace

std::unexpected<base::Error> invalid(std::string_view path, std::string_view what) {
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("{}: {}", base::shortened(path, kMaxPathBytes), what));
}

std::unexpected<base::Error> untranslatable(std::string_view path) {
  return base::fail(
      base::ErrorCode::kUnsupported,
      fmt::format("{}: the API of this model's provider has nothing like it; leave it out or name another "
                  "model",
                  base::shortened(path, kMaxPathBytes)));
}

}  // namespace tollgate::llm::gateway
