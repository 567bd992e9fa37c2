// Stands between a client and a TCP server on this machine, and misbehaves on request: delays, stops, cuts.
// Runs on a thread of its own; every function may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace tollgate::fakes {

class TcpProxy {
 public:
  explicit TcpProxy(std::uint16_t target_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::uint16_t port() const;
  void delay(std::chrono::milliseconds each_way);  // of every piece from now on
  void hold();                                     // nothing gets through, nothing is closed
  void let_go();                                   // what was held goes on its way
  void cut();                                      // closes every connection there is
  void cut_at_next_request();                      // the next bytes of a client arrive, then its connection is cut

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tollgate::fakes
