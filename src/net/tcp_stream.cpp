#include "net/tcp_stream.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>

namespace tollgate::net {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

struct TcpStream::State {
  explicit State(Socket its_socket) : socket(std::move(its_socket)), timer(socket.get_executor()) {}

  Socket socket;
  asio::steady_timer timer;
  Deadline deadline = Deadline::max();
  Deadline rings_at = Deadline::max();  // when the timer does; not after the deadline
  bool expired = false;

  static void set_timer(const std::shared_ptr<State>& state) {
    state->rings_at = state->deadline;
    state->timer.expires_at(state->deadline);
    state->timer.async_wait([observed = std::weak_ptr(state)](const error_code& superseded) {
      if (superseded) return;
      if (const auto alive = observed.lock()) ring(alive);
    });
  }

  static void ring(const std::shared_ptr<State>& state) {
    const auto now = std::chrono::steady_clock::now();
    if (now < state->rings_at) return;  // of an earlier setting, which had rung already when it was superseded
    state->rings_at = Deadline::max();
    if (now < state->deadline) {
      if (state->deadline != Deadline::max()) set_timer(state);
      return;
    }
    state->expired = true;
    error_code ignored;
    state->socket.close(ignored);
  }
};

TcpStream::TcpStream(const asio::any_io_executor& executor) : TcpStream(Socket(executor)) {}

TcpStream::TcpStream(Socket socket) : state_(std::make_shared<State>(std::move(socket))) {}

TcpStream::Socket& TcpStream::socket() {
  return state_->socket;
}

void TcpStream::expire_at(Deadline deadline) {
  state_->deadline = deadline;
  if (deadline < state_->rings_at) State::set_timer(state_);
}

error_code TcpStream::told(const error_code& error) const {
  return error && state_->expired ? make_error_code(boost::beast::error::timeout) : error;
}

void TcpStream::close() {
  state_->timer.cancel();
  error_code ignored;
  socket().close(ignored);
}

asio::awaitable<error_code> TcpStream::connect(std::vector<asio::ip::tcp::endpoint> addresses) {
  const auto [failure, address] = co_await asio::async_connect(socket(), addresses, kToken);
  if (failure) co_return told(failure);
  error_code ignored;  // only costs latency
  socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  co_return error_code{};
}

asio::awaitable<error_code> TcpStream::write(WriteBuffers buffers) {
  error_code error;
  if (!socket().non_blocking()) socket().non_blocking(true, error);
  auto sent = error ? 0 : socket().write_some(buffers, error);
  if (error && error != asio::error::would_block) co_return told(error);
  for (auto& buffer : buffers) {
    const auto part = std::min(sent, buffer.size());
    buffer += part;
    sent -= part;
  }
  if (asio::buffer_size(buffers) == 0) co_return error_code{};
  const auto [failure, count] = co_await asio::async_write(socket(), buffers, kToken);
  co_return told(failure);
}

}  // namespace tollgate::net
