#include "llm/gateway/wire_request.hpp"

#include "llm/gateway/passed_request.hpp"

namespace tollgate::llm {

base::Result<std::string> write_wire_request(const WireRequest& request, WireFormat to, std::string_view model,
                                             openai::TokenLimit) {
  if (request.format == to) return gateway::pass_request(request, model);
  return base::fail(base::ErrorCode::kUnsupported, "the provider speaks another format than the client");
}

}  // namespace tollgate::llm
