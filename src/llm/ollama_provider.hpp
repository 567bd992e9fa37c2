// Ollama's chat as a Provider.
#pragma once

#include <memory>
#include <string>

#include "llm/provider.hpp"
#include "net/http_client.hpp"

namespace tollgate::llm {

struct OllamaConfig {
  std::string host = "127.0.0.1:11434";  // OLLAMA_HOST: an address, with or without http:// before it
};

// `client` must outlive the provider.
std::unique_ptr<Provider> make_ollama_provider(net::HttpClient& client, OllamaConfig config,
                                               std::chrono::milliseconds first_token_timeout = kNoFirstTokenTimeout);

}  // namespace tollgate::llm
