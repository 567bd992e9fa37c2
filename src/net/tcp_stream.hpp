// A TCP connection with one deadline for all its operations. Once it has passed, the connection is closed and every
// operation ends with beast::error::timeout, as told() says.
//
// A deadline that moves back costs nothing: the timer runs on to the old one, and is set anew only when that has come.
// Executor: used only on its own. May lie under a stream of TLS.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include "net/call_context.hpp"

namespace tollgate::net {

using WriteBuffers = std::array<boost::asio::const_buffer, 2>;

class TcpStream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using executor_type = Socket::executor_type;
  using lowest_layer_type = Socket::lowest_layer_type;

  explicit TcpStream(const boost::asio::any_io_executor& executor);  // not connected yet
  explicit TcpStream(Socket socket);
  TcpStream(TcpStream&&) noexcept = default;
  TcpStream& operator=(TcpStream&&) = delete;
  ~TcpStream() = default;

  Socket& socket();
  executor_type get_executor() { return socket().get_executor(); }
  lowest_layer_type& lowest_layer() { return socket().lowest_layer(); }

  // For the operations under way and all later ones. Deadline::max(): they may take forever.
  void expire_at(Deadline deadline);
  void expire_after(std::chrono::milliseconds time) { expire_at(std::chrono::steady_clock::now() + time); }
  void expire_never() { expire_at(Deadline::max()); }

  // The error of an operation, which is the timeout when the deadline was its cause.
  boost::system::error_code told(const boost::system::error_code& error) const;

  void close();

  // To the first of the addresses that answers.
  boost::asio::awaitable<boost::system::error_code> connect(std::vector<boost::asio::ip::tcp::endpoint> addresses);

  // Hands all the bytes to the kernel: at once if it takes them, which spares a turn of the executor.
  boost::asio::awaitable<boost::system::error_code> write(WriteBuffers buffers);

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return socket().async_read_some(buffers, std::forward<Token>(token));
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return socket().async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  struct State;
  std::shared_ptr<State> state_;  // the timer's handler observes it
};

}  // namespace tollgate::net
