// Translates the parts of a message that a user sends: text, images, documents.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "llm/gateway/wire_json.hpp"

namespace tollgate::llm::gateway {

json::object text_part(std::string_view text);  // the same in both formats

// `path` names the part in errors: "messages[0].content[1]".
base::Result<json::object> to_anthropic_block(const json::value& openai_part, std::string_view path);
base::Result<json::object> to_openai_part(const json::value& anthropic_block, std::string_view path);

}  // namespace tollgate::llm::gateway
