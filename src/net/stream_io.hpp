// Reading and writing on a TcpStream, or on a stream of TLS over one: what HTTP's two sides have in common. Slow to
// compile: for .cpp files alone.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "net/tcp_stream.hpp"

namespace tollgate::net {

inline constexpr std::size_t kReadBytes = 16U << 10;

template <typename Stream>
TcpStream& lowest(Stream& stream) {
  return boost::beast::get_lowest_layer(stream);
}

inline boost::asio::awaitable<boost::system::error_code> write_all(TcpStream& stream, WriteBuffers buffers) {
  return stream.write(buffers);
}

template <typename Stream>
boost::asio::awaitable<boost::system::error_code> write_all(Stream& stream, WriteBuffers buffers) {
  const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  const auto [error, count] = co_await boost::asio::async_write(stream, buffers, token);
  co_return lowest(stream).told(error);
}

// Appends what comes next to the buffer.
template <typename Stream>
boost::asio::awaitable<boost::system::error_code> read_more(Stream& stream, boost::beast::flat_buffer& buffer,
                                                            std::size_t most = kReadBytes) {
  const auto room = buffer.prepare(most);
  const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  const auto [error, count] = co_await stream.async_read_some(room, token);
  buffer.commit(count);
  co_return lowest(stream).told(error);
}

// Feeds the parser, first with what the buffer holds already, until `done` says so. By hand and not by Beast's own
// operations, which take a turn of the executor for each step even when all of it lies in the buffer.
template <typename Stream, bool kIsRequest, typename Done>
boost::asio::awaitable<boost::system::error_code> read_until(Stream& stream, boost::beast::flat_buffer& buffer,
                                                             boost::beast::http::basic_parser<kIsRequest>& parser,
                                                             Done done) {
  namespace http = boost::beast::http;
  while (!done(parser)) {
    boost::system::error_code error = http::error::need_more;
    if (buffer.size() > 0) buffer.consume(parser.put(buffer.data(), error));
    if (error == http::error::need_more) {
      error = co_await read_more(stream, buffer);
      if (error == boost::asio::error::eof) {
        error = {};
        parser.got_some() ? parser.put_eof(error) : void(error = http::error::end_of_stream);
      }
    }
    if (error) co_return error;
  }
  co_return boost::system::error_code{};
}

}  // namespace tollgate::net
