#include "llm/anthropic_provider.hpp"

#include <utility>

#include "llm/http_provider.hpp"

namespace tollgate::llm {
namespace {

class AnthropicDialect final : public Dialect {
 public:
  explicit AnthropicDialect(AnthropicConfig config)
      : config_(std::move(config)), url_(join_url(config_.base_url, "/v1/messages")) {}

  std::string_view name() const override { return "anthropic"; }

  net::HttpRequest write(const ChatRequest& request, Delivery delivery) const override {
    return {net::HttpMethod::kPost,
            url_,
            {{"Content-Type", "application/json"}, {"anthropic-version", "2023-06-01"}, {"x-api-key", config_.api_key}},
            anthropic::write_request(request, config_.json, delivery)};
  }

  base::Result<ChatReply> read(std::string_view body) const override { return anthropic::read_reply(body); }
  std::unique_ptr<StreamReader> stream_reader() const override { return anthropic::make_stream_reader(); }
  base::Error read_error(int status, std::string_view body) const override {
    return anthropic::read_error(status, body);
  }

 private:
  const AnthropicConfig config_;
  const std::string url_;
};

}  // namespace

std::unique_ptr<Provider> make_anthropic_provider(net::HttpClient& client, AnthropicConfig config) {
  std::string secret = config.api_key;
  return make_http_provider(client, std::make_unique<AnthropicDialect>(std::move(config)), std::move(secret));
}

}  // namespace tollgate::llm
