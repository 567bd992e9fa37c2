// A PostgreSQL server of the test's own: in a temporary folder, on a free port of the loopback interface, ended with
// it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/child_process.hpp"
#include "tests/fakes/free_port.hpp"

namespace tollgate::fakes {

class PostgresServer {
 public:
  enum class Durability { kOff, kOn };  // whether it waits for the disk

  explicit PostgresServer(Durability durability = Durability::kOff, std::vector<std::string> options = {});
  // In a folder that is there, and stays.
  PostgresServer(std::string folder, std::vector<std::string> options);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  std::string url(const std::string& database = "postgres") const;  // over TCP, with the password
  std::string url_at(std::uint16_t port, const std::string& database = "postgres") const;
  std::uint16_t port() const { return port_; }
  const std::string& folder() const { return folder_; }

  // Throws when PostgreSQL complains. The first column of the first row, as text.
  std::string execute(const std::string& sql, const std::string& database = "postgres");

  void start();             // with the same port and data; returns when it accepts connections
  void stop_immediately();  // as a crash: nothing is written down any more
  void stop_fast();         // ends all connections and shuts down
  bool has_ended() const { return process_->wait_for(std::chrono::milliseconds(0)); }
  void send(int signal) const { process_->send(signal); }  // to the postmaster alone

 private:
  std::string folder_;
  bool is_folder_ours_ = true;
  std::uint16_t port_ = 0;
  std::vector<std::string> options_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace tollgate::fakes
