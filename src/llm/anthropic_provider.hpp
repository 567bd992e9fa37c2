// Anthropic's Messages API as a Provider.
#pragma once

#include <memory>
#include <string>

#include "llm/anthropic_wire.hpp"
#include "llm/provider.hpp"
#include "net/http_client.hpp"

namespace tollgate::llm {

struct AnthropicConfig {
  std::string api_key;  // appears in no error and no log
  std::string base_url = "https://api.anthropic.com";
  anthropic::JsonReplies json = anthropic::JsonReplies::kOutputFormat;
};

// `client` must outlive the provider.
std::unique_ptr<Provider> make_anthropic_provider(net::HttpClient& client, AnthropicConfig config,
                                                  std::chrono::milliseconds first_token_timeout = kNoFirstTokenTimeout);

}  // namespace tollgate::llm
