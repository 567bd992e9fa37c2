#include "net/http_client.hpp"

#include <unordered_map>
#include <utility>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "net/connection_pool.hpp"
#include "net/http_connection.hpp"
#include "net/url.hpp"

namespace tollgate::net {
namespace asio = boost::asio;

namespace {

constexpr std::size_t kKnownUrls = 64;

class PoolingHttpClient final : public HttpClient {
 public:
  PoolingHttpClient(asio::any_io_executor executor, HttpClientConfig config, std::unique_ptr<TlsSettings> tls)
      : config_(std::move(config)), pool_(std::move(executor), config_), tls_(std::move(tls)) {}

  asio::awaitable<base::Result<HttpResponse>> send(const CallContext& context, HttpRequest request) override {
    HttpResponse response;
    const BodySink collect = [&response](const HttpHead&, std::string_view chunk) {
      response.body.append(chunk);
      return base::Status{};
    };
    CO_TRY(response.head, co_await stream(context, std::move(request), collect));
    co_return response;
  }

  asio::awaitable<base::Result<HttpHead>> stream(const CallContext& context, HttpRequest request,
                                                 const BodySink& sink) override {
    CO_TRY(const auto known, url_of(request.url));
    const Url& url = *known;
    if (!context.correlation_id.empty()) request.headers.push_back({"X-Request-ID", context.correlation_id});
    CO_TRY_STATUS(check_headers(request));
    CO_TRY(const auto lease, co_await pool_.enter(url.origin, context.ends_at()));
    const HttpCall call{context, request, url, sink};

    if (auto kept = pool_.take_idle(url.origin)) {
      auto head = co_await kept->exchange(call);
      if (head || kept->reply_begun() || !is_stale(head.error()))
        co_return finish(url, std::move(kept), std::move(head));
      // The server closed it while it lay idle; it has seen nothing of this request that it answered.
    }
    if (url.origin.scheme == Scheme::kHttps) CO_TRY_STATUS(load_tls());
    CO_TRY(auto fresh, co_await open_connection(url.origin, config_, tls_.get(), context.ends_at()));
    auto head = co_await fresh->exchange(call);
    co_return finish(url, std::move(fresh), std::move(head));
  }

 private:
  // The same few are called all the time.
  base::Result<std::shared_ptr<const Url>> url_of(const std::string& text) {
    if (const auto known = urls_.find(text); known != urls_.end()) return known->second;
    TRY(auto url, parse_url(text));
    if (urls_.size() == kKnownUrls) urls_.clear();
    return urls_.emplace(text, std::make_shared<const Url>(std::move(url))).first->second;
  }

  static bool is_stale(const base::Error& error) { return error.code == base::ErrorCode::kUnavailable; }

  static base::Status check_headers(const HttpRequest& request) {
    for (const auto& header : request.headers) {
      if (!is_valid(header)) {
        return base::fail(base::ErrorCode::kInvalidArgument,
                          "a request header holds a line break or another character HTTP does not allow; "
                          "check the API key and header settings");
      }
    }
    return {};
  }

  // Reading the system's certificates takes some 40 ms: not at start, and not at all when nothing speaks TLS.
  base::Status load_tls() {
    if (!tls_) {
      TRY(tls_, TlsSettings::load(config_.ca_file));
    }
    return {};
  }

  base::Result<HttpHead> finish(const Url& url, std::unique_ptr<HttpConnection> connection,
                                base::Result<HttpHead> head) {
    if (head && connection->reusable()) pool_.keep_idle(url.origin, std::move(connection));
    return head;
  }

  // Constant after construction.
  const HttpClientConfig config_;
  // Used only on the executor.
  ConnectionPool pool_;
  std::unordered_map<std::string, std::shared_ptr<const Url>> urls_{};  // shared with the calls under way
  std::unique_ptr<TlsSettings> tls_;                                    // null until the first connection that needs it
};

}  // namespace

base::Result<std::unique_ptr<HttpClient>> make_http_client(asio::any_io_executor executor, HttpClientConfig config) {
  std::unique_ptr<TlsSettings> tls;
  if (!config.ca_file.empty()) {  // a wrong setting is better reported at start
    TRY(tls, TlsSettings::load(config.ca_file));
  }
  return std::make_unique<PoolingHttpClient>(std::move(executor), std::move(config), std::move(tls));
}

}  // namespace tollgate::net
