#include "llm/anthropic_provider.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "llm/gateway/wire_request.hpp"
#include "llm/http_provider.hpp"

namespace tollgate::llm {
namespace {

constexpr std::string_view kVersion = "2023-06-01";

class AnthropicDialect final : public Dialect {
 public:
  explicit AnthropicDialect(AnthropicConfig config)
      : config_(std::move(config)), url_(join_url(config_.base_url, "/v1/messages")) {}

  std::string_view name() const override { return "anthropic"; }

  net::HttpRequest write(const ChatRequest& request, Delivery delivery) const override {
    auto body = anthropic::write_request(request, config_.json, delivery);
    return message({{"anthropic-version", std::string(kVersion)}}, std::move(body));
  }

  base::Result<ChatReply> read(std::string_view body) const override { return anthropic::read_reply(body); }
  std::unique_ptr<StreamReader> stream_reader() const override { return anthropic::make_stream_reader(); }
  base::Error read_error(int status, std::string_view body) const override {
    return anthropic::read_error(status, body);
  }

  WireFormat wire_format() const override { return WireFormat::kAnthropic; }

  base::Result<net::HttpRequest> write_wire(const ChatRequest& request) const override {
    TRY(auto body, write_wire_request(*request.wire, WireFormat::kAnthropic, request.model));
    return message(headers_of_client(*request.wire), std::move(body));
  }

 private:
  // What the client says of the API's version and trials holds for its request.
  static std::vector<net::HttpHeader> headers_of_client(const WireRequest& request) {
    std::vector<net::HttpHeader> headers;
    bool has_version = false;
    for (const auto& header : request.headers) {
      const auto name = base::lower_ascii(header.name);
      if (name == "anthropic-version") has_version = true;
      if (name == "anthropic-version" || name == "anthropic-beta") headers.push_back(header);
    }
    if (!has_version) headers.push_back({"anthropic-version", std::string(kVersion)});
    return headers;
  }

  net::HttpRequest message(std::vector<net::HttpHeader> headers, std::string body) const {
    headers.push_back({"Content-Type", "application/json"});
    headers.push_back({"x-api-key", config_.api_key});
    return {net::HttpMethod::kPost, url_, std::move(headers), std::move(body)};
  }

  const AnthropicConfig config_;
  const std::string url_;
};

}  // namespace

std::unique_ptr<Provider> make_anthropic_provider(net::HttpClient& client, AnthropicConfig config,
                                                  std::chrono::milliseconds first_token_timeout) {
  std::string secret = config.api_key;
  return make_http_provider(client, std::make_unique<AnthropicDialect>(std::move(config)), std::move(secret),
                            first_token_timeout);
}

}  // namespace tollgate::llm
