#include "api/end_of_client.hpp"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

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

// Looks at the next byte without taking it. Unlike a wait it is tried at once, so the kernel need not be told anew what
// to watch for.
void EndOfClient::wait() {
  waits_ = true;
  socket_.async_receive(boost::asio::buffer(&byte_, 1), tcp::socket::message_peek,
                        [self = shared_from_this()](const error_code& error, std::size_t) {
                          self->waits_ = false;
                          if (!self->is_wanted_ || !error) return;
                          // end() cancelled it, and begin() came before it was over.
                          if (error == boost::asio::error::operation_aborted) return self->wait();
                          self->on_end_();
                        });
}

}  // namespace tollgate::api
