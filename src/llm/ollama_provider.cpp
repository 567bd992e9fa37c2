#include "llm/ollama_provider.hpp"

#include <utility>

#include "llm/gateway/wire_request.hpp"
#include "llm/http_provider.hpp"
#include "llm/ollama_wire.hpp"

namespace tollgate::llm {
namespace {

std::string base_url(const std::string& host) {
  return host.find("://") != std::string::npos ? host : "http://" + host;
}

class OllamaDialect final : public Dialect {
 public:
  explicit OllamaDialect(const OllamaConfig& config)
      : url_(join_url(base_url(config.host), "/api/chat")),
        wire_url_(join_url(base_url(config.host), "/v1/chat/completions")) {}

  std::string_view name() const override { return "ollama"; }

  net::HttpRequest write(const ChatRequest& request, Delivery delivery) const override {
    return {
        net::HttpMethod::kPost, url_, {{"Content-Type", "application/json"}}, ollama::write_request(request, delivery)};
  }

  base::Result<ChatReply> read(std::string_view body) const override { return ollama::read_reply(body); }
  std::unique_ptr<StreamReader> stream_reader() const override { return ollama::make_stream_reader(); }
  base::Error read_error(int status, std::string_view body) const override { return ollama::read_error(status, body); }

  // Ollama knows OpenAI's format too.
  WireFormat wire_format() const override { return WireFormat::kOpenAi; }

  base::Result<net::HttpRequest> write_wire(const ChatRequest& request) const override {
    TRY(auto body,
        write_wire_request(*request.wire, WireFormat::kOpenAi, request.model, openai::TokenLimit::kMaxTokens));
    return net::HttpRequest{net::HttpMethod::kPost, wire_url_, {{"Content-Type", "application/json"}}, std::move(body)};
  }

 private:
  const std::string url_;
  const std::string wire_url_;
};

}  // namespace

std::unique_ptr<Provider> make_ollama_provider(net::HttpClient& client, OllamaConfig config,
                                               std::chrono::milliseconds first_token_timeout) {
  return make_http_provider(client, std::make_unique<OllamaDialect>(config), "", first_token_timeout);
}

}  // namespace tollgate::llm
