// The gateway: the models behind the router for clients of OpenAI's and Anthropic's services.
#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "api/body_source.hpp"
#include "api/gateway_headers.hpp"
#include "api/gateway_stream.hpp"
#include "api/handlers.hpp"
#include "base/json.hpp"
#include "llm/gateway/wire_facts.hpp"
#include "llm/router/budget_hold.hpp"
#include "llm/router/call_prices.hpp"

namespace tollgate::api {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using std::chrono::steady_clock;

std::vector<net::HttpHeader> passed_headers(const Request& request) {
  std::vector<net::HttpHeader> headers;
  for (const char* name : {"anthropic-version", "anthropic-beta"}) {
    if (const auto value = request.header(name); !value.empty()) headers.push_back({name, std::string(value)});
  }
  return headers;
}

// 0: it sets no limit.
std::int64_t most_reply_tokens(const llm::WireFacts& facts) {
  constexpr std::int64_t kMost = 1'000'000'000;
  const auto choices = std::min(facts.choices, kMost);
  if (choices == 1) return facts.max_tokens;
  return choices * (facts.max_tokens > 0 ? std::min(facts.max_tokens, kMost) : llm::kUsualMaxTokens);
}

Result<llm::ChatRequest> read_call(const Request& request, llm::WireFormat format) {
  TRY(const auto facts, llm::read_wire_facts(format, request.body));
  TRY(auto wish, read_cache_wish(request));
  return llm::ChatRequest{
      .task = llm::Task::kGateway,
      .model = facts.model,
      .wire = std::make_shared<const llm::WireRequest>(llm::WireRequest{.format = format,
                                                                        .body = request.body,
                                                                        .meaning = facts.meaning,
                                                                        .streamed = facts.streamed,
                                                                        .headers = passed_headers(request),
                                                                        .wants_usage = facts.wants_usage}),
      .max_tokens = most_reply_tokens(facts),
      .temperature = facts.temperature,
      .scope = {.tenant = request.caller.account, .key = request.caller.key},
      .cache = std::move(wish)};
}

// What was not spent waiting for the provider.
void add_overhead(Reply& reply, steady_clock::time_point begun, std::chrono::microseconds latency) {
  const auto here = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begun) - latency;
  reply.headers.emplace_back("X-Router-Overhead-Us", std::to_string(std::max<std::int64_t>(0, here.count())));
}

asio::awaitable<Result<Reply>> streamed(Service& service, net::CallContext context, llm::ChatRequest call,
                                        const Request& request, steady_clock::time_point begun) {
  auto stream = std::make_shared<GatewayStream>(service, std::move(context), std::move(call), request.request_id);
  const WhileClientWaits watched(request.client);
  CO_TRY_STATUS(co_await stream->begin());
  Reply reply;
  add_stream_headers(reply, stream->head());
  add_overhead(reply, begun, stream->head().latency);
  reply.content_type = "text/event-stream";
  reply.source = std::move(stream);
  co_return reply;
}

HandlerResult pass_on(Service& service, const Request& request, llm::WireFormat format) {
  const auto begun = steady_clock::now();
  CO_TRY(auto call, read_call(request, format));
  if (service.models == nullptr) {
    co_return base::fail(ErrorCode::kNotFound,
                         "no model is set up here: set ANTHROPIC_API_KEY, OPENAI_API_KEY, OLLAMA_HOST or "
                         "TOLLGATE_LLM_CONFIG and start the server again");
  }
  if (const auto& budget = request.caller.budget_per_day) {
    CO_TRY(call.held, llm::hold_back(service.budgets, service.models->config(), call, *budget, service.clock.now()));
  }
  const auto context = net::CallContext{.correlation_id = request.request_id}.within(service.model_timeout);
  if (call.wire->streamed) co_return co_await streamed(service, context, std::move(call), request, begun);
  const WhileClientWaits watched(request.client);  // or somebody pays for a reply that nobody reads
  CO_TRY(auto done, co_await service.models->complete(context, call));
  Reply reply;
  add_passage_headers(reply, done);
  add_overhead(reply, begun, done.latency);
  reply.body = std::move(done.text);
  co_return reply;
}

}  // namespace

HandlerResult complete_openai_chat(Service& service, const Request& request) {
  return pass_on(service, request, llm::WireFormat::kOpenAi);
}

HandlerResult complete_anthropic_chat(Service& service, const Request& request) {
  return pass_on(service, request, llm::WireFormat::kAnthropic);
}

// What both services' clients understand: OpenAI's members, and those of Anthropic beside them.
HandlerResult list_models(Service& service, const Request&) {
  base::Value::List models;
  const auto add = [&models](std::string id, std::string_view owner) {
    models.push_back(base::Value::Record{
        {"id", id}, {"object", "model"}, {"created", 0}, {"owned_by", owner}, {"type", "model"}, {"display_name", id}});
  };
  if (service.models != nullptr) {
    const auto& config = service.models->config();
    for (const auto& [tier, targets] : config.tiers) add(std::string(name(tier)), "tollgate");
    for (const auto& provider : config.providers) {
      for (const auto& model : provider.models) add(provider.name + '/' + model, provider.name);
    }
  }
  co_return json_reply(base::Value::Record{{"object", "list"}, {"data", std::move(models)}, {"has_more", false}});
}

}  // namespace tollgate::api
