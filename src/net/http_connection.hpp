// One connection to one origin, plain or TLS: exchanges requests and replies one after the other.
//
// Executor: used only on its own. Closed by its destructor, which any error or cancellation must be followed by.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"
#include "net/url.hpp"

namespace tollgate::net {

struct HttpCall {
  const CallContext& context;
  const HttpRequest& request;
  const Url& url;
  const BodySink& sink;
};

class HttpConnection {
 public:
  virtual ~HttpConnection() = default;

  // Sends the request and reads the whole reply. References are used until the returned coroutine ends.
  virtual boost::asio::awaitable<base::Result<HttpHead>> exchange(const HttpCall& call) = 0;

  virtual bool reply_begun() const = 0;  // the last exchange has read something of its reply
  virtual bool reusable() const = 0;     // the last exchange ended in a state that allows another one
  virtual bool peer_closed() = 0;        // the idle connection has been closed, or spoken on, by the server
};

// What all TLS connections of a client share: certificates and settings.
class TlsSettings {
 public:
  static base::Result<std::unique_ptr<TlsSettings>> load(const std::string& ca_file);
  ~TlsSettings();

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit TlsSettings(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Connects and, for https, verifies the server's certificate and name. `config` and `tls` must outlive the connection.
// REQUIRES: tls is not null when the origin's scheme is https.
boost::asio::awaitable<base::Result<std::unique_ptr<HttpConnection>>> open_connection(const Origin& origin,
                                                                                      const HttpClientConfig& config,
                                                                                      TlsSettings* tls,
                                                                                      Deadline deadline);

}  // namespace tollgate::net
