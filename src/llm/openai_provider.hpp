// OpenAI's chat completions, and every server that imitates them (vLLM, llama.cpp, gateways), as a Provider.
#pragma once

#include <memory>
#include <string>

#include "llm/openai_wire.hpp"
#include "llm/provider.hpp"
#include "net/http_client.hpp"

namespace tollgate::llm {

struct OpenAiConfig {
  std::string api_key{};                            // appears in no error and no log; may be empty for local servers
  std::string base_url = "https://api.openai.com";  // with or without /v1 at its end
  openai::Options options{};
};

// `client` must outlive the provider.
std::unique_ptr<Provider> make_openai_provider(net::HttpClient& client, OpenAiConfig config,
                                               std::chrono::milliseconds first_token_timeout = kNoFirstTokenTimeout);

}  // namespace tollgate::llm
