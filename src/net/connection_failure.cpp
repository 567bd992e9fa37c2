#include "net/connection_failure.hpp"

#include <chrono>
#include <string>

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <fmt/format.h>

namespace tollgate::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using base::ErrorCode;
using boost::system::error_code;

std::string in_seconds(std::chrono::milliseconds limit) {
  return fmt::format("{:g} s", std::chrono::duration<double>(limit).count());
}

std::string timed_out(Step step, const Origin& origin, const HttpClientConfig& config) {
  const auto host = origin.authority();
  switch (step) {
    case Step::kConnect:
    case Step::kHandshake:
      return fmt::format("no connection to {} within {} (http_connect_timeout_seconds)", host,
                         in_seconds(config.connect_timeout));
    case Step::kSend:
      return fmt::format("{} took nothing of the request for {} (http_idle_timeout_seconds)", host,
                         in_seconds(config.idle_timeout));
    case Step::kWaitForReply:
      return fmt::format("no reply from {} within {}", host, in_seconds(config.first_byte_timeout));
    case Step::kReadBody:
      return fmt::format("the reply of {} stood still for {} (http_idle_timeout_seconds)", host,
                         in_seconds(config.idle_timeout));
  }
  return {};
}

bool is_too_large(const error_code& error) {
  return error == http::error::header_limit || error == http::error::body_limit ||
         error == http::error::buffer_overflow;
}

base::Error too_large(const error_code& error, const Origin& origin, const HttpClientConfig& config) {
  if (error == http::error::body_limit) {
    return {ErrorCode::kTooLarge,
            fmt::format("the reply of {} is larger than {} bytes, the most that is read", origin.authority(),
                        config.max_body_bytes),
            error.message()};
  }
  return {ErrorCode::kTooLarge,
          fmt::format("the reply headers of {} are larger than {} bytes, the most that is read", origin.authority(),
                      config.max_header_bytes),
          error.message()};
}

base::Error refused(const error_code& error, Step step, const Origin& origin) {
  const auto host = origin.authority();
  switch (step) {
    case Step::kConnect:
      return {ErrorCode::kUnavailable, fmt::format("cannot connect to {}: is it running, and reachable?", host),
              error.message()};
    case Step::kHandshake:
      return {
          ErrorCode::kUnavailable,
          fmt::format("no secure connection to {}; if it uses a private certificate authority, set http_ca_file", host),
          error.message()};
    case Step::kSend:
    case Step::kWaitForReply:
      return {ErrorCode::kUnavailable, fmt::format("{} closed the connection without a reply", host), error.message()};
    case Step::kReadBody:
      return {ErrorCode::kBadReply, fmt::format("{} closed the connection in the middle of its reply", host),
              error.message()};
  }
  return {ErrorCode::kUnavailable, host, error.message()};
}

bool is_http_syntax(const error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_version).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

std::unexpected<base::Error> explain(const error_code& error, Step step, const Origin& origin,
                                     const HttpClientConfig& config, Deadline deadline,
                                     const asio::cancellation_state& cancellation) {
  const auto host = origin.authority();
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    return base::fail(ErrorCode::kCancelled, fmt::format("the call to {} was cancelled", host));
  }
  if (error == beast::error::timeout) {
    const bool own = std::chrono::steady_clock::now() < deadline;
    return base::fail(ErrorCode::kTimeout, own ? timed_out(step, origin, config)
                                               : fmt::format("the deadline passed while waiting for {}", host));
  }
  if (is_too_large(error)) return base::fail(too_large(error, origin, config));
  if (is_http_syntax(error)) {
    return base::fail(ErrorCode::kBadReply, fmt::format("{} does not answer in HTTP", host), error.message());
  }
  return base::fail(refused(error, step, origin));
}

}  // namespace tollgate::net
