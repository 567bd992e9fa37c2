#include "api/problem.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.hpp"

namespace tollgate::api {

Reply problem(const base::Error& error, std::string_view request_id) {
  const int status = base::http_status(error.code);
  Reply reply = json_reply(base::Value::Record{{"type", "about:blank"},
                                               {"title", base::name(error.code)},
                                               {"status", status},
                                               {"code", base::name(error.code)},
                                               {"detail", error.message},
                                               {"request_id", request_id}},
                           status);
  reply.content_type = "application/problem+json";
  if (error.code == base::ErrorCode::kUnauthenticated) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (error.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count();
    reply.headers.emplace_back("Retry-After", fmt::format("{}", std::max<std::int64_t>(1, seconds)));
  }
  return reply;
}

}  // namespace tollgate::api
