// A service that completes chats: Anthropic, OpenAI and its many imitators, Ollama.
//
// One instance serves many concurrent calls on the executor it was made for; it holds no state between them but its
// configuration and its connections. Implementations translate; they do not retry, cache or route.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "llm/chat.hpp"
#include "net/call_context.hpp"

namespace tollgate::llm {

// Receives the reply's text as it arrives, on the provider's executor. Must not throw or block.
using TextSink = std::function<void(std::string_view)>;

// Until the first piece of a streamed reply, besides the call's own deadline.
inline constexpr std::chrono::milliseconds kNoFirstTokenTimeout{0};

class Provider {
 public:
  virtual ~Provider() = default;

  virtual std::string_view name() const = 0;  // "anthropic", "openai", "ollama"

  // Completes one chat before the context's deadline. With `on_text` the reply is streamed from the provider; the
  // result is the same either way. The arguments must outlive the call: it is awaited at once. Errors: kTimeout,
  // kUnavailable, kRateLimited, kUnauthenticated, kInvalidArgument (the provider refuses the request), kTooLarge
  // (context length), kBadReply (not in the provider's own format). A refusal or a reply cut at max_tokens is no error:
  // see ChatReply::finish.
  virtual boost::asio::awaitable<base::Result<ChatReply>> complete(const net::CallContext& context,
                                                                   const ChatRequest& request,
                                                                   const TextSink& on_text = {}) = 0;
};

}  // namespace tollgate::llm
