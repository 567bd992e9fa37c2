#include "api/server.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <deque>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "net/task_scope.hpp"

namespace tollgate::api {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorCode;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kPauseWithoutRoom{100};

base::Result<tcp::acceptor> listen(const asio::any_io_executor& executor, const ServerConfig& config) {
  boost::system::error_code code;
  const auto address = asio::ip::make_address(config.address, code);
  if (code) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("'{}' is no IP address; set serve_address", config.address));
  }
  const tcp::endpoint endpoint(address, config.port);
  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), code);
  if (!code) acceptor.set_option(asio::socket_base::reuse_address(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) {
    return base::fail(ErrorCode::kInvalidArgument, fmt::format("cannot listen on {}:{}: {}; set serve_port",
                                                               config.address, config.port, code.message()));
  }
  return acceptor;
}

// The connections that one thread serves.
struct Thread {
  explicit Thread(Service& its_service)
      : service(its_service), executor(its_service.engine.executor()), scope(executor, {}) {}

  Service& service;
  const asio::any_io_executor executor;
  std::atomic<std::size_t> connections = 0;
  IdleConnections idle;
  net::TaskScope scope;  // last: its tasks use the members above
};

// One of the places a thread's connections are counted by.
class Place {
 public:
  explicit Place(Thread& thread) : thread_(&thread) { ++thread_->connections; }
  Place(Place&& other) noexcept : thread_(std::exchange(other.thread_, nullptr)) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (thread_ != nullptr) --thread_->connections;
  }

 private:
  Thread* thread_;
};

class Server {
 public:
  Server(const std::vector<Service*>& services, ServerConfig config, ServerCallbacks callbacks, tcp::acceptor acceptor)
      : executor_(acceptor.get_executor()),
        config_(std::move(config)),
        callbacks_(std::move(callbacks)),
        settings_(config_.changeable),
        acceptor_(std::move(acceptor)),
        signals_(executor_, SIGINT, SIGTERM),
        delay_(executor_),
        scope_(executor_, {}) {
    for (auto* service : services) threads_.emplace_back(*service);
  }

  void announce() const { callbacks_.listening(acceptor_.local_endpoint().port()); }

  asio::awaitable<base::Status> run() {
    scope_.spawn("accept", accept_connections());
    scope_.spawn("reload", reload_on_signal());
    const auto [error, signal] = co_await signals_.async_wait(kAwait);
    stop_being_ready();
    scope_.spawn("end at once", end_on_second_signal());
    if (!error && signal == SIGTERM) {
      delay_.expires_after(settings_.shutdown_delay);
      (void)co_await delay_.async_wait(kAwait);
    }
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    auto status = co_await drain(std::chrono::steady_clock::now() + settings_.drain_limit);
    scope_.cancel();
    CO_TRY_STATUS(co_await scope_.join(std::chrono::steady_clock::now() + settings_.drain_limit));
    co_return status;
  }

 private:
  void on_every_thread(const std::function<void(Thread&)>& action) {
    for (auto& thread : threads_) asio::post(thread.executor, [action, &thread] { action(thread); });
  }

  void stop_being_ready() {
    on_every_thread([](Thread& thread) {
      thread.service.is_ready = false;
      thread.service.signals.notify_all();
    });
  }

  asio::awaitable<void> end_on_second_signal() {
    const auto [error, signal] = co_await signals_.async_wait(kAwait);
    if (error) co_return;
    delay_.cancel();
    on_every_thread([](Thread& thread) { thread.scope.cancel(); });
  }

  asio::awaitable<void> reload_on_signal() {
    asio::signal_set signals(executor_, SIGHUP);
    while (true) {
      const auto [error, signal] = co_await signals.async_wait(kAwait);
      if (error) co_return;
      auto settings = callbacks_.reload();
      if (!settings) continue;
      settings_ = *std::move(settings);
      on_every_thread([limits = settings_.requests](Thread& thread) { thread.service.limits = limits; });
    }
  }

  asio::awaitable<base::Status> drain(net::Deadline deadline) {
    on_every_thread([](Thread& thread) { thread.idle.close_all(); });
    base::Status status;
    for (auto& thread : threads_) {
      auto ended = co_await asio::co_spawn(thread.executor, thread.scope.join(deadline), asio::use_awaitable);
      if (!ended) status = std::move(ended);
    }
    co_return status;
  }

  std::size_t connections() const {
    std::size_t sum = 0;
    for (const auto& thread : threads_) sum += thread.connections;
    return sum;
  }

  Thread& least_busy() {
    return *std::min_element(threads_.begin(), threads_.end(),
                             [](const Thread& a, const Thread& b) { return a.connections < b.connections; });
  }

  asio::awaitable<void> accept_connections() {
    while (acceptor_.is_open()) {
      auto& thread = least_busy();
      if (connections() >= config_.max_connections) {  // the next ones wait in the kernel's queue
        if (!co_await pause()) co_return;
        continue;
      }
      auto [error, socket] = co_await acceptor_.async_accept(thread.executor, kAwait);
      if (error == asio::error::operation_aborted) co_return;
      if (error) {  // too many open files, or the client is gone already
        if (!co_await pause()) co_return;
        continue;
      }
      boost::system::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      hand_over(thread, std::move(socket));
    }
  }

  // False when the server is about to end.
  asio::awaitable<bool> pause() {
    asio::steady_timer timer(executor_, kPauseWithoutRoom);
    const auto [error] = co_await timer.async_wait(kAwait);
    co_return !error;
  }

  void hand_over(Thread& thread, tcp::socket socket) {
    // The place is taken at once, so that the next connection goes elsewhere.
    auto serve_it = [&thread, place = Place(thread), tls = settings_.tls, &limits = config_.limits,
                     socket = std::move(socket)]() mutable {
      auto serve_this = [&](std::function<void()> cancel) {
        return serve_one(thread, std::move(place), std::move(socket), std::move(tls), limits, std::move(cancel));
      };
      thread.scope.spawn_self_cancelling("connection", std::move(serve_this));
    };
    asio::post(thread.executor, std::move(serve_it));
  }

  static asio::awaitable<void> serve_one(Thread& thread, Place /*until the end*/, tcp::socket socket, TlsContext tls,
                                         const ConnectionLimits& limits, std::function<void()> cancel) {
    co_await serve_connection(std::move(socket), std::move(tls), thread.service, limits, thread.idle,
                              std::move(cancel));
  }

  const asio::any_io_executor executor_;
  const ServerConfig config_;
  const ServerCallbacks callbacks_;
  ChangeableSettings settings_;
  tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer delay_;
  std::deque<Thread> threads_;
  net::TaskScope scope_;  // last: its tasks use the members above
};

}  // namespace

asio::awaitable<base::Status> serve(std::vector<Service*> services, ServerConfig config, ServerCallbacks callbacks) {
  CO_TRY(auto acceptor, listen(services.front()->engine.executor(), config));
  Server server(services, std::move(config), std::move(callbacks), std::move(acceptor));
  server.announce();
  co_return co_await server.run();
}

}  // namespace tollgate::api
