// A provider of a test behind the router's own retries: any model is one of its targets.
#pragma once

#include <memory>
#include <utility>

#include "llm/router/retrying_provider.hpp"

namespace tollgate::fakes {

class RetryingFake final : public llm::Provider {
 public:
  // `inner` must outlive it.
  RetryingFake(llm::Provider& inner, llm::RetryConfig config)
      : states_({.min_calls = 1'000, .failures_in_a_row = 1'000}), budget_(config) {
    llm::Replicas replicas;
    replicas["fake"].push_back({"fake#1", std::make_unique<Borrowed>(inner)});
    retrying_ = llm::make_retrying_provider(std::move(replicas), config, states_, budget_);
  }

  std::string_view name() const override { return "fake"; }
  boost::asio::awaitable<base::Result<llm::ChatReply>> complete(const net::CallContext& context,
                                                                const llm::ChatRequest& request,
                                                                const llm::TextSink& on_text) override {
    auto aimed = request;
    aimed.targets = {{"fake", request.model}};
    co_return co_await retrying_->complete(context, aimed, on_text);
  }

 private:
  class Borrowed final : public llm::Provider {
   public:
    explicit Borrowed(llm::Provider& inner) : inner_(inner) {}
    std::string_view name() const override { return inner_.name(); }
    boost::asio::awaitable<base::Result<llm::ChatReply>> complete(const net::CallContext& context,
                                                                  const llm::ChatRequest& request,
                                                                  const llm::TextSink& on_text) override {
      return inner_.complete(context, request, on_text);
    }

   private:
    llm::Provider& inner_;
  };

  llm::UpstreamStates states_;
  llm::RetryBudget budget_;
  std::unique_ptr<llm::Provider> retrying_;
};

}  // namespace tollgate::fakes
