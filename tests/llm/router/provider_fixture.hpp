// A provider that does as a test says, and the parts of a router around it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "llm/provider.hpp"

namespace tollgate::test {

// What the calls of a test met; outlives the providers that a router owns.
struct Upstream {
  std::vector<llm::ChatRequest> requests{};
  std::deque<base::Error> failures{};  // of the next calls
  std::vector<std::string> pieces{"Good ", "day"};
  std::chrono::milliseconds delay{0};
  llm::FinishReason finish = llm::FinishReason::kStop;
  bool fails_half_way = false;
  std::size_t cancelled = 0;
};

class ScriptedProvider final : public llm::Provider {
 public:
  explicit ScriptedProvider(Upstream& upstream) : upstream_(upstream) {}
  std::string_view name() const override { return "scripted"; }

  boost::asio::awaitable<base::Result<llm::ChatReply>> complete(const net::CallContext&,
                                                                const llm::ChatRequest& request,
                                                                const llm::TextSink& on_text) override {
    upstream_.requests.push_back(request);
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, upstream_.delay);
    const auto [error] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (error) {
      ++upstream_.cancelled;
      co_return base::fail(base::ErrorCode::kCancelled, "cancelled");
    }
    if (!upstream_.failures.empty()) {
      auto failure = upstream_.failures.front();
      upstream_.failures.pop_front();
      co_return base::fail(std::move(failure));
    }
    if (on_text && request.on_begin)
      request.on_begin({.provider = "scripted", .model = request.model, .passage = {.attempts = 1}});
    llm::ChatReply reply{.text = {}, .finish = upstream_.finish, .usage = {10, 0, 2}, .model = request.model};
    for (const auto& piece : upstream_.pieces) {
      reply.text += piece;
      if (on_text) on_text(piece);
      if (upstream_.fails_half_way) co_return base::fail(base::ErrorCode::kBadReply, "the stream broke");
    }
    reply.passage.target = request.targets.empty() ? llm::Target{} : request.targets.front();
    reply.provider = reply.passage.target.provider;
    co_return reply;
  }

 private:
  Upstream& upstream_;
};

// A call with arguments of its own, to be spawned.
inline boost::asio::awaitable<base::Result<llm::ChatReply>> call_of(llm::Provider& provider, llm::ChatRequest request,
                                                                    llm::TextSink on_text = {}) {
  co_return co_await provider.complete({}, request, on_text);
}

inline llm::ChatRequest hello(std::string text = "Hello") {
  llm::ChatRequest request{.model = "balanced", .messages = {{llm::Role::kUser, std::move(text)}}};
  request.scope.tenant = "ann";
  request.targets = {{"first", "m1"}};
  return request;
}

}  // namespace tollgate::test
