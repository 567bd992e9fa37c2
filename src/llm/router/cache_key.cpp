#include "llm/router/cache_key.hpp"

#include <bit>

#include "base/canonical_json.hpp"
#include "base/json.hpp"

namespace tollgate::llm {
namespace {

// Changed whenever the way a key is made changes, so that what was kept before is not found.
constexpr std::string_view kVersion = "tollgate reply 2";

void add_chat(base::Fingerprint& print, const ChatRequest& request) {
  print.add("chat").add(request.system).add_number(request.messages.size());
  for (const auto& message : request.messages) {
    print.add(message.role == Role::kUser ? "user" : "assistant").add(message.content);
  }
  print.add_number(request.reply_schema ? 1U : 0U);
  if (request.reply_schema) print.add(request.reply_schema->name).add(base::to_json(request.reply_schema->schema));
  print.add_number(static_cast<std::uint64_t>(request.max_tokens));
  print.add_number(request.temperature ? 1U : 0U);
  if (request.temperature) print.add_number(std::bit_cast<std::uint64_t>(*request.temperature));
}

void add_wire(base::Fingerprint& print, const WireRequest& wire) {
  print.add(wire.format == WireFormat::kOpenAi ? "openai" : "anthropic").add_number(wire.headers.size());
  for (const auto& header : wire.headers) print.add(header.name).add(header.value);
  print.add(wire.meaning.view());
}

}  // namespace

base::Sha256 cache_key(const ChatRequest& request, const Target& target) {
  base::Fingerprint print;
  print.add(kVersion).add(request.scope.tenant).add(request.cache.space).add(name(request.task));
  print.add(target.provider).add(target.model).add_number(request.scope.context.size());
  for (const auto& context : request.scope.context) print.add(context);
  if (request.wire) {
    add_wire(print, *request.wire);
  } else {
    add_chat(print, request);
  }
  return print.sha256();
}

std::string account_tag(std::string_view account) {
  return std::string("tenant:").append(account);
}

std::string key_tag(std::string_view key) {
  return std::string("key:").append(key);
}

std::string model_tag(const Target& model) {
  return "model:" + model.to_string();
}

std::string namespace_tag(std::string_view account, std::string_view space) {
  return std::string("namespace:").append(account).append("/").append(space);
}

std::string session_tag(std::string_view id) {
  return std::string("session:").append(id);
}

std::vector<std::string> cache_tags(const ChatRequest& request, const Target& target) {
  std::vector<std::string> tags{account_tag(request.scope.tenant), model_tag(target)};
  if (!request.scope.session.empty()) tags.push_back(session_tag(request.scope.session));
  if (!request.cache.space.empty()) tags.push_back(namespace_tag(request.scope.tenant, request.cache.space));
  return tags;
}

}  // namespace tollgate::llm
