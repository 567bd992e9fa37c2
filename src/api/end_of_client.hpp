// Tells when the client of a connection has closed its side. What it sends meanwhile is its next request, and stays
// where it is: that it came ends the watch.
//
// Executor: used only on the socket's.
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/ip/tcp.hpp>

namespace tollgate::api {

class EndOfClient : public std::enable_shared_from_this<EndOfClient> {
 public:
  EndOfClient(boost::asio::ip::tcp::socket& socket, std::function<void()> on_end);

  void begin();
  // REQUIRES: nothing else is under way on the socket, which still exists.
  void end();

 private:
  void wait();
  void look();

  boost::asio::ip::tcp::socket& socket_;  // used only while the end is wanted
  const std::function<void()> on_end_;
  bool is_wanted_ = false;
  bool waits_ = false;
};

}  // namespace tollgate::api
