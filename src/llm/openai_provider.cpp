#include "llm/openai_provider.hpp"

#include <utility>

#include "llm/gateway/wire_request.hpp"
#include "llm/http_provider.hpp"

namespace tollgate::llm {
namespace {

class OpenAiDialect final : public Dialect {
 public:
  explicit OpenAiDialect(OpenAiConfig config)
      : config_(std::move(config)), url_(join_url(config_.base_url, "/v1/chat/completions")) {}

  std::string_view name() const override { return "openai"; }

  net::HttpRequest write(const ChatRequest& request, Delivery delivery) const override {
    return message(openai::write_request(request, config_.options, delivery));
  }

  base::Result<ChatReply> read(std::string_view body) const override { return openai::read_reply(body); }
  std::unique_ptr<StreamReader> stream_reader() const override { return openai::make_stream_reader(); }
  base::Error read_error(int status, std::string_view body) const override { return openai::read_error(status, body); }

  WireFormat wire_format() const override { return WireFormat::kOpenAi; }

  base::Result<net::HttpRequest> write_wire(const ChatRequest& request) const override {
    TRY(auto body, write_wire_request(*request.wire, WireFormat::kOpenAi, request.model, config_.options.token_limit));
    return message(std::move(body));
  }

 private:
  net::HttpRequest message(std::string body) const {
    net::HttpRequest message{net::HttpMethod::kPost, url_, {{"Content-Type", "application/json"}}, std::move(body)};
    if (!config_.api_key.empty()) message.headers.push_back({"Authorization", "Bearer " + config_.api_key});
    return message;
  }

  const OpenAiConfig config_;
  const std::string url_;
};

}  // namespace

std::unique_ptr<Provider> make_openai_provider(net::HttpClient& client, OpenAiConfig config,
                                               std::chrono::milliseconds first_token_timeout) {
  std::string secret = config.api_key;
  return make_http_provider(client, std::make_unique<OpenAiDialect>(std::move(config)), std::move(secret),
                            first_token_timeout);
}

}  // namespace tollgate::llm
