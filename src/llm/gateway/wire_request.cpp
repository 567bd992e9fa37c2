#include "llm/gateway/wire_request.hpp"

#include "llm/gateway/passed_request.hpp"
#include "llm/gateway/translated_request.hpp"
#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm {

base::Result<std::string> write_wire_request(const WireRequest& request, WireFormat to, std::string_view model,
                                             openai::TokenLimit limit) {
  if (request.format == to) return gateway::pass_request(request, model);
  TRY(const auto body, gateway::parse_text(request.body));
  const auto* object = body.if_object();
  if (!object) return base::fail(base::ErrorCode::kInvalidArgument, "the body must be one JSON object");
  TRY(auto translated, to == WireFormat::kAnthropic ? gateway::to_anthropic_request(*object, model)
                                                    : gateway::to_openai_request(*object, model, limit));
  return gateway::to_text(boost::json::value(std::move(translated)));
}

}  // namespace tollgate::llm
