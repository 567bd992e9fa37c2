// A Redis server of the test's own: in a temporary folder, on a free port of the loopback interface, ended with it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/child_process.hpp"

namespace tollgate::fakes {

class RedisServer {
 public:
  // `options` as on its command line: {"--maxmemory", "4mb"}. It keeps nothing on disk unless they say so.
  explicit RedisServer(std::vector<std::string> options = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::string url() const;
  std::uint16_t port() const { return port_; }
  const std::string& folder() const { return folder_; }

  // The reply as text; that of an array is its elements, joined by spaces. Throws when Redis complains.
  std::string execute(const std::vector<std::string>& words);

  void start();      // with the same port and folder; returns when it answers
  void kill();       // as a crash
  void shut_down();  // writes down what it was told to keep
  void send(int signal) const { process_->send(signal); }

 private:
  const std::string folder_;
  const std::uint16_t port_;
  const std::vector<std::string> options_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace tollgate::fakes
