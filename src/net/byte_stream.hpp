// A TCP connection, plain or over TLS, for protocols that are not HTTP.
//
// Executor: used only on the one it was opened on. One read and one write at a time.
// Cancel:   what is under way ends with kCancelled; the stream is then good for nothing but its destructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "net/call_context.hpp"

namespace tollgate::net {

class TlsSettings;

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // At least one byte; kUnavailable when the other side has closed. The memory must stay until the coroutine has ended.
  virtual boost::asio::awaitable<base::Result<std::size_t>> read_some(std::span<char> into) = 0;
  virtual boost::asio::awaitable<base::Status> write(std::string bytes) = 0;

  virtual void expire_at(Deadline deadline) = 0;  // of what begins after this; kTimeout then
  virtual void close() = 0;                       // ends what is under way
};

struct StreamTarget {
  std::string host;
  std::uint16_t port = 0;
  bool with_tls = false;

  std::string to_string() const;  // "host:port", for messages
};

// Resolves the name, connects to the first address that answers and, with TLS, verifies certificate and name. `tls`
// must outlive the stream. REQUIRES: it is not null when the target is with TLS. No expiry is set on what is returned.
boost::asio::awaitable<base::Result<std::unique_ptr<ByteStream>>> open_stream(StreamTarget target, TlsSettings* tls,
                                                                              Deadline deadline);

}  // namespace tollgate::net
