#include "tests/fakes/tcp_proxy.hpp"

#include <array>
#include <atomic>
#include <set>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace tollgate::fakes {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

struct Behaviour {
  std::atomic<std::int64_t> delay_ms = 0;
  std::atomic<bool> held = false;
  std::atomic<bool> cut_next = false;
};

constexpr std::chrono::milliseconds kHeldPoll{5};

}  // namespace

struct TcpProxy::Impl {
  // A client's connection and ours to the server; both directions are pumped until either end closes.
  struct Pair : std::enable_shared_from_this<Pair> {
    Pair(asio::io_context& context, Behaviour& its_behaviour)
        : client(context), server(context), to_server(context), to_client(context), behaviour(its_behaviour) {}

    struct Direction {
      explicit Direction(asio::io_context& context) : timer(context) {}
      asio::steady_timer timer;
      std::array<char, 65536> buffer{};
    };

    void pump(tcp::socket& from, tcp::socket& to, Direction& direction) {
      from.async_read_some(asio::buffer(direction.buffer), [self = shared_from_this(), &from, &to, &direction](
                                                               const error_code& error, std::size_t count) {
        if (error) return self->close();
        self->pass_on(from, to, direction, count, std::chrono::milliseconds(self->behaviour.delay_ms.load()));
      });
    }

    void pass_on(tcp::socket& from, tcp::socket& to, Direction& direction, std::size_t count,
                 std::chrono::milliseconds pause) {
      if (behaviour.held) pause = std::max(pause, kHeldPoll);
      if (pause.count() > 0) {
        direction.timer.expires_after(pause);
        direction.timer.async_wait([self = shared_from_this(), &from, &to, &direction, count](const error_code& error) {
          if (!error) self->pass_on(from, to, direction, count, std::chrono::milliseconds(0));
        });
        return;
      }
      const bool last = &from == &client && behaviour.cut_next.exchange(false);
      asio::async_write(
          to, asio::buffer(direction.buffer.data(), count),
          [self = shared_from_this(), &from, &to, &direction, last](const error_code& error, std::size_t) {
            if (error) return self->close();
            // The request is on its way: the client will not hear what becomes of it.
            if (last) return self->close_client();
            self->pump(from, to, direction);
          });
    }

    void close_client() {
      error_code ignored;
      client.close(ignored);
      // The server is left to finish and to read what was sent: its replies go nowhere.
      server.shutdown(tcp::socket::shutdown_send, ignored);
    }

    void close() {
      error_code ignored;
      client.close(ignored);
      server.close(ignored);
      to_server.timer.cancel();
      to_client.timer.cancel();
    }

    tcp::socket client, server;
    Direction to_server, to_client;
    Behaviour& behaviour;
  };

  explicit Impl(std::uint16_t target_port)
      : target(asio::ip::address_v4::loopback(), target_port),
        acceptor(context, {asio::ip::address_v4::loopback(), 0}),
        thread([this] {
          accept();
          context.run();
        }) {}

  void accept() {
    auto pair = std::make_shared<Pair>(context, behaviour);
    acceptor.async_accept(pair->client, [this, pair](const error_code& error) {
      if (error) return;
      accept();
      pair->server.async_connect(target, [this, pair](const error_code& refused) {
        if (refused) return pair->close();
        error_code ignored;
        pair->client.set_option(tcp::no_delay(true), ignored);
        pair->server.set_option(tcp::no_delay(true), ignored);
        pairs.insert(pair);
        pair->pump(pair->client, pair->server, pair->to_server);
        pair->pump(pair->server, pair->client, pair->to_client);
      });
    });
  }

  void close_all() {
    for (const auto& pair : pairs) pair->close();
    pairs.clear();
  }

  const tcp::endpoint target;
  Behaviour behaviour;
  asio::io_context context{1};
  tcp::acceptor acceptor;
  std::set<std::shared_ptr<Pair>> pairs;  // used on the thread only
  std::thread thread;
};

TcpProxy::TcpProxy(std::uint16_t target_port) : impl_(std::make_unique<Impl>(target_port)) {}

TcpProxy::~TcpProxy() {
  asio::post(impl_->context, [this] {
    error_code ignored;
    impl_->acceptor.close(ignored);
    impl_->close_all();
  });
  impl_->thread.join();
}

std::uint16_t TcpProxy::port() const {
  return impl_->acceptor.local_endpoint().port();
}
void TcpProxy::delay(std::chrono::milliseconds each_way) {
  impl_->behaviour.delay_ms = each_way.count();
}
void TcpProxy::hold() {
  impl_->behaviour.held = true;
}
void TcpProxy::let_go() {
  impl_->behaviour.held = false;
}
void TcpProxy::cut() {
  asio::post(impl_->context, [this] { impl_->close_all(); });
}
void TcpProxy::cut_at_next_request() {
  impl_->behaviour.cut_next = true;
}

}  // namespace tollgate::fakes
