#include "sim/simulator.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "base/json.hpp"
#include "net/task_scope.hpp"
#include "sim/content_generator.hpp"
#include "sim/sim_wire.hpp"

namespace tollgate::sim {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using std::chrono::microseconds;
using std::chrono::steady_clock;

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t kMaxBodyBytes = 64U << 20;
constexpr std::size_t kTokenBytes = 4;  // about what a token is in English
constexpr std::size_t kFastPieceBytes = 64;

using Request = http::request<http::string_body>;

// How a request is to be answered, decided before the first byte of the answer is sent.
struct Plan {
  int status = 200;
  std::string content_type = "application/json";
  std::string body{};                 // a whole reply
  std::vector<std::string> frames{};  // a streamed one; empty for a whole one
  microseconds wait{};
  microseconds between_frames{};
  Fault fault = Fault::kNone;
  std::string model{};
};

std::string head_of(const Plan& plan, bool keep_alive) {
  std::string head = fmt::format("HTTP/1.1 {} Simulated\r\nContent-Type: {}\r\n", plan.status, plan.content_type);
  if (plan.status == 429) head += "Retry-After: 1\r\n";
  if (!keep_alive) head += "Connection: close\r\n";
  head += plan.frames.empty() ? fmt::format("Content-Length: {}\r\n\r\n", plan.body.size())
                              : std::string("Transfer-Encoding: chunked\r\n\r\n");
  return head;
}

std::string chunk_of(std::string_view frame) {
  return fmt::format("{:x}\r\n{}\r\n", frame.size(), frame);
}

std::int64_t tokens_in(std::string_view text) {
  return static_cast<std::int64_t>(text.size() / kTokenBytes) + 1;
}

class BeastSimulator final : public Simulator {
 public:
  BeastSimulator(asio::any_io_executor executor, SimulatorConfig config, tcp::acceptor acceptor)
      : config_(std::move(config)), acceptor_(std::move(acceptor)), scope_(std::move(executor), {}) {
    scope_.spawn("accept", accept());
  }

  std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

  void stop() override {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    scope_.cancel();
  }

  asio::awaitable<base::Status> join(net::Deadline deadline) override { return scope_.join(deadline); }

 private:
  asio::awaitable<void> accept() {
    while (acceptor_.is_open()) {
      auto [error, socket] = co_await acceptor_.async_accept(kToken);
      if (error == asio::error::operation_aborted) co_return;
      if (error) {  // too many open files: others will close
        co_await pause(std::chrono::milliseconds(10));
        continue;
      }
      boost::system::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      scope_.spawn("connection", serve(std::move(socket)));
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    beast::flat_buffer buffer;
    for (bool open = true; open;) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(kMaxBodyBytes);
      const auto [error, size] = co_await http::async_read(socket, buffer, parser, kToken);
      if (error) co_return;
      open = co_await answer(socket, parser.release());
    }
  }

  // True while the connection can take another request.
  asio::awaitable<bool> answer(tcp::socket& socket, Request request) {
    const auto start = steady_clock::now();
    const Plan plan = make_plan(request);
    if (plan.fault == Fault::kStall) {
      note(request, plan, start);
      char more = 0;
      co_await socket.async_read_some(asio::buffer(&more, 1), kToken);
      co_return false;
    }
    co_await pause(plan.wait);
    if (plan.fault == Fault::kReset) {
      note(request, plan, start);
      reset(socket);
      co_return false;
    }
    const bool sent = co_await send(socket, plan, request.keep_alive());
    note(request, plan, start);
    co_return sent&& request.keep_alive() && plan.fault != Fault::kHalf;
  }

  Plan make_plan(const Request& request) {
    SeededRandom random(seed_of(config_.seed, fmt::format("request {}", ++requests_)));
    const std::string_view path(request.target().data(), request.target().size());
    const auto format = format_of_path(path);
    if (!format) return plan_for_get(path);
    if (*format != WireFormat::kOllama && !has_key(request)) return error_plan(*format, 401, "invalid x-api-key");
    auto chat = read_request(*format, request.body());
    if (request.method() != http::verb::post) return error_plan(*format, 405, "use POST");
    if (!chat) return error_plan(*format, 400, chat.error().message);

    Plan plan = plan_for_chat(*chat, random);
    plan.model = chat->model;
    if (!config_.faults.empty() && random.chance(config_.error_rate)) {
      add_fault(plan, *format, config_.faults[random.below(config_.faults.size())]);
    }
    return plan;
  }

  static Plan plan_for_get(std::string_view path) {
    Plan plan;
    if (path == "/v1/models") {
      plan.body = write_models(WireFormat::kOpenAi);
    } else if (path == "/api/tags") {
      plan.body = write_models(WireFormat::kOllama);
    } else if (path == "/health") {
      plan.body = R"({"status":"ok"})";
    } else {
      plan = error_plan(WireFormat::kOpenAi, 404, "no such path");
    }
    return plan;
  }

  Plan plan_for_chat(const SimRequest& chat, SeededRandom& random) const {
    const auto seed = seed_of(config_.seed, chat.prompt);
    // What is drafted for a question depends on the question, not on which others are drafted in the same call; after a
    // rejection it is something else.
    const bool again = chat.prompt.contains("rejected_draft");
    const ContentSettings settings{.seed = seed,
                                   .accept_rate = config_.accept_rate,
                                   .known = &config_.known,
                                   .answer_seed = again ? seed : config_.seed};
    SimReply reply;
    reply.text = chat.schema ? base::to_json(generate_value(*chat.schema, settings)) : generate_paragraph(settings);
    reply.input_tokens = tokens_in(chat.prompt);
    reply.output_tokens = tokens_in(reply.text);
    reply.id = fmt::format("sim-{:016x}", settings.seed);

    Plan plan;
    plan.wait = config_.latency.sample(random);
    if (!chat.streamed) {
      plan.body = write_reply(chat, reply);
      plan.wait += config_.token_interval * reply.output_tokens;
      return plan;
    }
    if (config_.first_token) plan.wait = config_.first_token->sample(random);
    plan.content_type = stream_content_type(chat.format);
    plan.between_frames = config_.token_interval;
    plan.frames = write_stream(chat, reply, plan.between_frames.count() > 0 ? kTokenBytes : kFastPieceBytes);
    return plan;
  }

  static Plan error_plan(WireFormat format, int status, std::string_view message) {
    Plan plan;
    plan.status = status;
    plan.body = write_error(format, status, message);
    return plan;
  }

  static void add_fault(Plan& plan, WireFormat format, Fault fault) {
    plan.fault = fault;
    if (const int status = http_status(fault)) {
      plan.frames.clear();
      plan.status = status;
      plan.content_type = "application/json";
      plan.body = write_error(format, status, "simulated failure");
    }
    if (fault == Fault::kGarbage) {
      plan.frames.clear();
      plan.content_type = "text/html";
      plan.body = "<html><body>502 from a proxy in between</body></html>";
    }
  }

  bool has_key(const Request& request) const {
    if (config_.required_key.empty()) return true;
    return request["x-api-key"] == config_.required_key ||
           request[http::field::authorization] == "Bearer " + config_.required_key;
  }

  asio::awaitable<bool> send(tcp::socket& socket, const Plan& plan, bool keep_alive) {
    std::string head = head_of(plan, keep_alive);
    if (config_.split_writes && !co_await write(socket, std::exchange(head, {}))) co_return false;
    if (plan.frames.empty()) {
      head += plan.fault == Fault::kHalf ? plan.body.substr(0, plan.body.size() / 2) : plan.body;
      co_return co_await write(socket, std::move(head));
    }
    const auto count = plan.fault == Fault::kHalf ? plan.frames.size() / 2 : plan.frames.size();
    std::string pending = std::move(head);
    for (std::size_t i = 0; i < count; ++i) {
      pending += chunk_of(plan.frames[i]);
      if (plan.between_frames.count() == 0) continue;
      if (!co_await write(socket, std::exchange(pending, {}))) co_return false;
      co_await pause(plan.between_frames);
    }
    if (plan.fault != Fault::kHalf) pending += "0\r\n\r\n";
    co_return co_await write(socket, std::move(pending));
  }

  static asio::awaitable<bool> write(tcp::socket& socket, std::string bytes) {
    const auto [error, size] = co_await asio::async_write(socket, asio::buffer(bytes), kToken);
    co_return !error;
  }

  static asio::awaitable<void> pause(microseconds length) {
    if (length.count() <= 0) co_return;
    asio::steady_timer timer(co_await asio::this_coro::executor, length);
    co_await timer.async_wait(kToken);
  }

  // With lingering on and no time for it, close() sends RST.
  static void reset(tcp::socket& socket) {
    boost::system::error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
  }

  void note(const Request& request, const Plan& plan, steady_clock::time_point start) const {
    if (!config_.on_request) return;
    RequestRecord record;
    record.path = std::string(request.target());
    record.model = plan.model;
    record.body = base::Sha256::of(request.body());
    record.status = plan.fault == Fault::kReset || plan.fault == Fault::kStall ? 0 : plan.status;
    record.fault = plan.fault;
    record.correlation_id = std::string(request["X-Request-ID"]);
    record.latency = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
    config_.on_request(record);
  }

  // Constant after construction.
  const SimulatorConfig config_;
  // Used only on the executor.
  tcp::acceptor acceptor_;
  std::uint64_t requests_ = 0;
  net::TaskScope scope_;
};

}  // namespace

base::Result<std::unique_ptr<Simulator>> make_simulator(asio::any_io_executor executor, SimulatorConfig config) {
  tcp::acceptor acceptor(executor);
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), config.port);
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return base::fail(
        base::ErrorCode::kUnavailable,
        fmt::format("cannot listen on 127.0.0.1:{}; is the port taken? (--port 0 finds a free one)", config.port),
        error.message());
  }
  return std::make_unique<BeastSimulator>(std::move(executor), std::move(config), std::move(acceptor));
}

}  // namespace tollgate::sim
