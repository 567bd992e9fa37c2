// Sends a session's events as server-sent events for as long as the client reads.
//
// The event log is the only source: nothing is buffered for a slow reader, and after a reconnect with Last-Event-ID
// nothing is missing and nothing comes twice. A comment every 15 s shows both sides that the connection lives; as often
// it is looked up whether the one who opened the stream may still read it.
#pragma once

#include <chrono>

#include <boost/asio/awaitable.hpp>

#include "api/message.hpp"
#include "api/service.hpp"

namespace tollgate::api {

// Where the stream is written; false once the client is gone or takes nothing any more.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual boost::asio::awaitable<bool> write(std::string bytes) = 0;
};

inline constexpr std::chrono::seconds kHeartbeat{15};

// Ends when the client is gone, the session is deleted, the server is about to end (after `event: reconnect`), or the
// right to read it has (after `event: ended`, with the reason).
boost::asio::awaitable<void> send_events(Service& service, EventStream wanted, ByteSink& sink,
                                         std::chrono::milliseconds heartbeat = kHeartbeat);

}  // namespace tollgate::api
