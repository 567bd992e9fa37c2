#include "llm/http_provider.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <utility>

#include "llm/gateway/wire_reply.hpp"

namespace tollgate::llm {
namespace asio = boost::asio;

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxErrorBytes = 64U << 10;

bool is_success(int status) {
  return status >= 200 && status < 300;
}

std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "Sun, 06 Nov 1994 08:49:37 GMT". libstdc++ 12 has no std::chrono::parse.
std::optional<std::chrono::sys_seconds> read_http_date(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

// Keys of a few letters, as local servers are given, occur in ordinary words and are no secrets.
void cut_out(std::string& text, std::string_view secret) {
  constexpr std::string_view kMark = "[key]";
  constexpr std::size_t kMinSecretBytes = 8;
  if (secret.size() < kMinSecretBytes) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kMark.size())) {
    text.replace(at, secret.size(), kMark);
  }
}

// Sorts what arrives: the pieces of a good reply go to the stream reader, those of an error are kept for later.
struct StreamedBody {
  StreamReader& reader;
  const TextSink& on_text;
  std::string error_body{};

  base::Status take(const net::HttpHead& head, std::string_view chunk) {
    if (is_success(head.status)) return reader.feed(chunk, on_text);
    error_body.append(chunk.substr(0, kMaxErrorBytes - std::min(kMaxErrorBytes, error_body.size())));
    return {};
  }
};

class HttpProvider final : public Provider {
 public:
  HttpProvider(net::HttpClient& client, std::unique_ptr<Dialect> dialect, std::string secret,
               milliseconds first_token_timeout)
      : client_(client),
        dialect_(std::move(dialect)),
        secret_(std::move(secret)),
        first_token_timeout_(first_token_timeout) {}

  std::string_view name() const override { return dialect_->name(); }

  asio::awaitable<base::Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                                    const TextSink& on_text) override {
    const auto start = steady_clock::now();
    net::HttpHead head;
    base::Result<ChatReply> reply;
    if (request.wire) {
      reply = co_await passed_on(context, request, on_text, head);
    } else {
      reply = co_await written(context, request, on_text, head);
    }
    if (!reply) co_return base::fail(without_secret(std::move(reply.error())));
    reply->provider = name();
    reply->request_id = request_id(head);
    reply->latency = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
    co_return reply;
  }

 private:
  // A request of our own.
  asio::awaitable<base::Result<ChatReply>> written(const net::CallContext& context, const ChatRequest& request,
                                                   const TextSink& on_text, net::HttpHead& head) {
    auto message = dialect_->write(request, on_text ? Delivery::kStreamed : Delivery::kWhole);
    if (on_text) {
      const auto reader = dialect_->stream_reader();
      co_return co_await streamed(context, std::move(message), *reader, on_text, head);
    }
    CO_TRY(const auto body, whole(co_await client_.send(context, std::move(message)), head));
    co_return dialect_->read(body);
  }

  // A gateway client's request: it says itself how it wants its reply.
  asio::awaitable<base::Result<ChatReply>> passed_on(const net::CallContext& context, const ChatRequest& request,
                                                     const TextSink& on_text, net::HttpHead& head) {
    const WireRequest& wire = *request.wire;
    CO_TRY(auto message, dialect_->write_wire(request));
    if (wire.streamed) {
      const auto reader = make_wire_stream(dialect_->wire_format(), wire);
      co_return co_await streamed(context, std::move(message), *reader, on_text, head);
    }
    CO_TRY(const auto body, whole(co_await client_.send(context, std::move(message)), head));
    co_return read_wire_reply(dialect_->wire_format(), wire.format, body);
  }

  // The body of a good reply.
  base::Result<std::string> whole(base::Result<net::HttpResponse> response, net::HttpHead& head) const {
    if (!response) return base::fail(std::move(response.error()));
    head = std::move(response->head);
    if (!is_success(head.status)) return refusal(head, response->body);
    return std::move(response->body);
  }

  asio::awaitable<base::Result<ChatReply>> streamed(net::CallContext context, net::HttpRequest message,
                                                    StreamReader& reader, const TextSink& on_text,
                                                    net::HttpHead& head) {
    net::Deadline first_token = net::Deadline::max();
    if (first_token_timeout_ > kNoFirstTokenTimeout) first_token = steady_clock::now() + first_token_timeout_;
    context.moving_deadline = &first_token;
    const TextSink noting = [&first_token, &on_text](std::string_view piece) {
      first_token = net::Deadline::max();
      if (on_text) on_text(piece);
    };
    StreamedBody body{reader, noting};
    const net::BodySink sink = [&body](const net::HttpHead& its_head, std::string_view chunk) {
      return body.take(its_head, chunk);
    };
    CO_TRY(head, co_await client_.stream(context, std::move(message), sink));
    if (!is_success(head.status)) co_return refusal(head, body.error_body);
    co_return reader.finish(on_text);
  }

  std::unexpected<base::Error> refusal(const net::HttpHead& head, std::string_view body) const {
    auto error = dialect_->read_error(head.status, body);
    error.retry_after = read_retry_after(head);
    return base::fail(std::move(error));
  }

  static std::string request_id(const net::HttpHead& head) {
    const auto own = net::header(head, "request-id");
    return std::string(own.empty() ? net::header(head, "x-request-id") : own);
  }

  base::Error without_secret(base::Error error) const {
    cut_out(error.message, secret_);
    cut_out(error.detail, secret_);
    return error;
  }

  // Constant after construction.
  net::HttpClient& client_;
  const std::unique_ptr<Dialect> dialect_;
  const std::string secret_;
  const milliseconds first_token_timeout_;
};

}  // namespace

std::unique_ptr<Provider> make_http_provider(net::HttpClient& client, std::unique_ptr<Dialect> dialect,
                                             std::string secret, milliseconds first_token_timeout) {
  return std::make_unique<HttpProvider>(client, std::move(dialect), std::move(secret), first_token_timeout);
}

std::optional<milliseconds> read_retry_after(const net::HttpHead& head) {
  constexpr std::int64_t kDay = 86'400'000;
  const auto text = net::header(head, "retry-after");
  auto wait = read_number(net::header(head, "retry-after-ms"));
  if (!wait) {
    wait = read_number(text);
    if (wait && *wait >= 0 && *wait <= kDay / 1000) *wait *= 1000;
  }
  if (!wait) {
    const auto then = read_http_date(text);
    const auto now = read_http_date(net::header(head, "date"));
    if (then && now) wait = milliseconds(*then - *now).count();
  }
  if (!wait || *wait < 0 || *wait > kDay) return std::nullopt;
  return milliseconds(*wait);
}

}  // namespace tollgate::llm
