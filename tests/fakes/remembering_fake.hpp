// A provider of a test that keeps replies, as the router's cache does: by owner, model and what was asked.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "llm/provider.hpp"
#include "llm/reply_memory.hpp"

namespace tollgate::fakes {

class RememberingFake final : public llm::Provider, public llm::ReplyMemory {
 public:
  explicit RememberingFake(llm::Provider& inner) : inner_(inner) {}

  std::function<boost::asio::awaitable<void>(const llm::ChatRequest&)> meanwhile{};  // awaited before each look

  std::string_view name() const override { return inner_.name(); }

  boost::asio::awaitable<base::Result<llm::ChatReply>> complete(const net::CallContext& context,
                                                                const llm::ChatRequest& request,
                                                                const llm::TextSink& on_text) override {
    if (meanwhile && request.cache.only) co_await meanwhile(request);
    if (const auto known = replies_.find(key_of(request, request.model)); known != replies_.end()) {
      auto reply = known->second;
      reply.passage.cache = llm::CacheOutcome::kHit;
      co_return reply;
    }
    if (request.cache.only) co_return base::fail(base::ErrorCode::kTimeout, "not kept");
    auto reply = co_await inner_.complete(context, request, on_text);
    if (reply) replies_.insert_or_assign(key_of(request, reply->model), *reply);
    co_return reply;
  }

  void remember(llm::ChatRequest request, llm::ChatReply reply) override {
    auto key = key_of(request, reply.model);
    replies_.insert_or_assign(std::move(key), std::move(reply));
  }

 private:
  static std::string key_of(const llm::ChatRequest& request, const std::string& model) {
    return request.scope.tenant + '\n' + model + '\n' + request.system + '\n' + request.messages.back().content;
  }

  llm::Provider& inner_;
  std::map<std::string, llm::ChatReply> replies_;
};

}  // namespace tollgate::fakes
