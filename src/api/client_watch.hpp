// Whether the client whose request is being answered is still there.
//
// Executor: used only on the connection's.
#pragma once

namespace tollgate::api {

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
