// A provider that speaks HTTP: sends what a dialect writes and reads the reply with it. All three providers are this
// class with another dialect.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "llm/provider.hpp"
#include "llm/wire.hpp"
#include "net/http_client.hpp"

namespace tollgate::llm {

// One provider's wire format. Stateless; pure but for the settings it was made with.
class Dialect {
 public:
  virtual ~Dialect() = default;

  virtual std::string_view name() const = 0;
  virtual net::HttpRequest write(const ChatRequest& request, Delivery delivery) const = 0;
  virtual base::Result<ChatReply> read(std::string_view body) const = 0;
  virtual std::unique_ptr<StreamReader> stream_reader() const = 0;
  virtual base::Error read_error(int status, std::string_view body) const = 0;

  // The format in which the service takes a gateway's requests, and such a request: `request.wire` in that format.
  virtual WireFormat wire_format() const = 0;
  virtual base::Result<net::HttpRequest> write_wire(const ChatRequest& request) const = 0;
};

// `client` must outlive the provider. `secret` is cut out of every error, should a server quote it.
std::unique_ptr<Provider> make_http_provider(net::HttpClient& client, std::unique_ptr<Dialect> dialect,
                                             std::string secret,
                                             std::chrono::milliseconds first_token_timeout = kNoFirstTokenTimeout);

// From retry-after-ms, or retry-after in seconds or as the HTTP date of RFC 9110 §5.6.7, which is compared with the
// reply's own date; nullopt when none of them is there, or names a time that is past or more than a day away.
std::optional<std::chrono::milliseconds> read_retry_after(const net::HttpHead& head);

}  // namespace tollgate::llm
