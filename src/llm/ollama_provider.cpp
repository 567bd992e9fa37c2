#include "llm/ollama_provider.hpp"

#include <utility>

#include "llm/http_provider.hpp"
#include "llm/ollama_wire.hpp"

namespace tollgate::llm {
namespace {

std::string chat_url(const std::string& host) {
  const bool has_scheme = host.find("://") != std::string::npos;
  return join_url(has_scheme ? host : "http://" + host, "/api/chat");
}

class OllamaDialect final : public Dialect {
 public:
  explicit OllamaDialect(const OllamaConfig& config) : url_(chat_url(config.host)) {}

  std::string_view name() const override { return "ollama"; }

  net::HttpRequest write(const ChatRequest& request, Delivery delivery) const override {
    return {
        net::HttpMethod::kPost, url_, {{"Content-Type", "application/json"}}, ollama::write_request(request, delivery)};
  }

  base::Result<ChatReply> read(std::string_view body) const override { return ollama::read_reply(body); }
  std::unique_ptr<StreamReader> stream_reader() const override { return ollama::make_stream_reader(); }
  base::Error read_error(int status, std::string_view body) const override { return ollama::read_error(status, body); }

 private:
  const std::string url_;
};

}  // namespace

std::unique_ptr<Provider> make_ollama_provider(net::HttpClient& client, OllamaConfig config) {
  return make_http_provider(client, std::make_unique<OllamaDialect>(config), "");
}

}  // namespace tollgate::llm
