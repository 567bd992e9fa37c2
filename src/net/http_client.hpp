// Sends HTTP/1.1 requests, over TLS for https, and keeps connections open for the next one.
//
// Executor:  used only on the executor given at construction (one thread). Any number of calls run at once.
// Ownership: the client must outlive its calls.
// Cancel:    terminal cancellation closes the connection. The call returns kCancelled, or throws operation_aborted when
//            the cancellation falls between two of its steps, as every coroutine does that awaits after it.
// A kept connection that the server has closed meanwhile is replaced once, as long as nothing of the reply was read.
// Errors name the host and the setting that cures (docs/configuration.md), never header values, query strings or
// bodies. Codes: kTimeout, kUnavailable (no connection), kBadReply (not HTTP, or cut short), kTooLarge (a limit below),
// kInvalidArgument (URL or headers), kCancelled. A status of 4xx or 5xx is a reply, not an error.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "net/call_context.hpp"
#include "net/http_message.hpp"

namespace tollgate::net {

struct HttpClientConfig {
  std::chrono::milliseconds connect_timeout{5'000};       // name, TCP and TLS together
  std::chrono::milliseconds first_byte_timeout{120'000};  // from the request's end to the reply's headers
  std::chrono::milliseconds idle_timeout{60'000};         // between two pieces of either body
  std::chrono::milliseconds keep_alive{50'000};           // an older idle connection is not used again
  std::size_t max_idle_per_origin = 64;
  std::size_t max_connections_per_origin = 256;  // further calls wait for one, under their deadline
  std::uint32_t max_header_bytes = 32U << 10;
  std::uint64_t max_body_bytes = 32U << 20;  // of a reply
  std::string ca_file{};                     // PEM; empty: the system's certificates
};

// Receives a reply's body as it arrives. Called at least once, with an empty chunk if there is no body. An error ends
// the call with that error and closes the connection. Must not throw or block.
using BodySink = std::function<base::Status(const HttpHead& head, std::string_view chunk)>;

// What is passed by reference must outlive the call: it is awaited at once.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  virtual boost::asio::awaitable<base::Result<HttpResponse>> send(const CallContext& context, HttpRequest request) = 0;
  virtual boost::asio::awaitable<base::Result<HttpHead>> stream(const CallContext& context, HttpRequest request,
                                                                const BodySink& sink) = 0;
};

// kInvalidArgument when ca_file cannot be read.
base::Result<std::unique_ptr<HttpClient>> make_http_client(boost::asio::any_io_executor executor,
                                                           HttpClientConfig config);

}  // namespace tollgate::net
