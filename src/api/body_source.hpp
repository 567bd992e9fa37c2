// A reply's body that is not there yet when the reply begins.
#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

namespace tollgate::api {

enum class BodyEnd { kMore, kWhole, kBroken };  // broken: the client must see that something is missing

struct BodyPiece {
  std::string bytes{};
  BodyEnd end = BodyEnd::kMore;
};

// Used on the connection's executor. Destroyed early, it ends whatever makes the body.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual boost::asio::awaitable<BodyPiece> next() = 0;  // waits for the next piece; not called after the end
};

// The client's side of the connection that a request came on.
class ClientWatch {
 public:
  virtual ~ClientWatch() = default;
  // From now on the coroutine that answers the request is cancelled once the client has closed its connection.
  virtual void begin_watch() = 0;
  virtual void end_watch() = 0;
};

// For as long as it lives nobody works for a client that is gone.
class WhileClientWaits {
 public:
  explicit WhileClientWaits(ClientWatch* client) : client_(client) {  // nullptr: nobody to watch
    if (client_ != nullptr) client_->begin_watch();
  }
  WhileClientWaits(const WhileClientWaits&) = delete;
  WhileClientWaits& operator=(const WhileClientWaits&) = delete;
  ~WhileClientWaits() {
    if (client_ != nullptr) client_->end_watch();
  }

 private:
  ClientWatch* const client_;
};

}  // namespace tollgate::api
