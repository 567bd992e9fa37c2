#include "api/end_of_client.hpp"

#include <cerrno>
#include <utility>

#include <boost/asio/error.hpp>
#include <sys/socket.h>

namespace tollgate::api {

using boost::asio::ip::tcp;
using boost::system::error_code;

EndOfClient::EndOfClient(tcp::socket& socket, std::function<void()> on_end)
    : socket_(socket), on_end_(std::move(on_end)) {}

void EndOfClient::begin() {
  is_wanted_ = true;
  if (!waits_) wait();
}

void EndOfClient::end() {
  is_wanted_ = false;
  error_code ignored;
  if (waits_) socket_.cancel(ignored);
}

void EndOfClient::wait() {
  waits_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
    self->waits_ = false;
    if (!self->is_wanted_) return;
    if (!error) return self->look();
    // end() cancelled it, and begin() came before it was over.
    if (error == boost::asio::error::operation_aborted) self->wait();
  });
}

void EndOfClient::look() {
  char byte = 0;
  const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) return;
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return wait();
  on_end_();
}

}  // namespace tollgate::api
