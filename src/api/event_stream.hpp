// Sends a session's events as server-sent events for as long as the client reads.
//
// The event log is the only source: nothing is buffered for a slow reader, and after a reconnect with Last-Event-ID
// nothing is missing and nothing comes twice. A comment every 15 s shows both sides that the connection lives.
#pragma once

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

// Ends when the client is gone, the session is deleted, or the server is about to end (after `event: reconnect`).
boost::asio::awaitable<void> send_events(Service& service, EventStream wanted, ByteSink& sink);

}  // namespace tollgate::api
