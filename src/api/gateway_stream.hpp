// A streamed call to a model, as the body of a reply: made by a task of its own, read by the connection.
#pragma once

#include <memory>
#include <string>

#include "api/body_source.hpp"
#include "api/service.hpp"
#include "base/result.hpp"
#include "llm/provider.hpp"
#include "net/call_context.hpp"

namespace tollgate::api {

// A client that reads slower than the model writes is waited for until so much lies here, then cut off.
inline constexpr std::size_t kMaxUnreadBytes = std::size_t{8} << 20;

class GatewayStream final : public BodySource {
 public:
  // REQUIRES: request.wire, streamed. Destroying it cancels the call.
  GatewayStream(Service& service, net::CallContext context, llm::ChatRequest request, std::string request_id);
  ~GatewayStream() override;
  GatewayStream(const GatewayStream&) = delete;

  // Waits for the first piece; after an error nothing was sent to the client yet. The reply has no text.
  boost::asio::awaitable<base::Status> begin();
  const llm::ReplyHead& head() const;  // how the reply comes about, once it has begun
  boost::asio::awaitable<BodyPiece> next() override;

 private:
  struct State;
  const std::shared_ptr<State> state_;  // shared with the task that makes the call
  std::function<void()> cancel_;
};

}  // namespace tollgate::api
