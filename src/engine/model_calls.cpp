#include "engine/model_calls.hpp"

#include <utility>

#include "base/json.hpp"

namespace tollgate::engine {

ModelCalls::ModelCalls(const Models& models, std::chrono::milliseconds timeout, std::string correlation_id,
                       CallRetryObserver on_retry)
    : models_(models), timeout_(timeout), correlation_id_(std::move(correlation_id)), on_retry_(std::move(on_retry)) {}

store::Async<llm::StructuredReply> ModelCalls::call(llm::Tier tier, llm::ChatRequest request) {
  request.model = name(tier);
  request.scope = scope_;
  request.on_retry = [this, task = request.task](const base::Error& why, int tries) {
    if (retries_) {
      ++made_;
      on_retry_(task, why, tries);
    }
    return retries_;
  };
  auto reply = co_await llm::structured_call(
      *models_.provider, net::CallContext{.correlation_id = correlation_id_}.within(timeout_), std::move(request));
  if (reply) {
    count(*reply);
  } else {
    ++made_;
  }
  co_return reply;
}

boost::asio::awaitable<std::optional<llm::StructuredReply>> ModelCalls::recall(llm::Tier tier,
                                                                               llm::ChatRequest request) {
  if (models_.memory == nullptr) co_return std::nullopt;
  request.model = name(tier);
  request.scope = scope_;
  request.cache.only = true;
  auto reply = co_await llm::structured_call(
      *models_.provider, net::CallContext{.correlation_id = correlation_id_}.within(timeout_), std::move(request));
  if (!reply) co_return std::nullopt;
  count(*reply);
  co_return *std::move(reply);
}

void ModelCalls::remember(llm::ChatRequest request, base::Value part, const llm::StructuredReply& whole) {
  if (models_.memory == nullptr) return;
  request.scope = scope_;
  auto reply = whole.reply;
  reply.text = base::to_json(part);
  reply.usage = {};
  models_.memory->remember(std::move(request), std::move(reply));
}

void ModelCalls::count(const llm::StructuredReply& reply) {
  made_ += reply.calls;
  saved_ += reply.saved;
  usage_.input_tokens += reply.usage.input_tokens;
  usage_.cached_input_tokens += reply.usage.cached_input_tokens;
  usage_.output_tokens += reply.usage.output_tokens;
}

}  // namespace tollgate::engine
