#include "tests/fakes/pg_bouncer.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <unistd.h>

namespace tollgate::fakes {

PgBouncer::PgBouncer(const PostgresServer& server, int server_connections)
    : folder_("/tmp/tollgate-pgbouncer-XXXXXX"), port_(free_port()) {
  if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  namespace fs = std::filesystem;
  fs::permissions(folder_, fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  std::ofstream(folder_ + "/pgbouncer.ini") << fmt::format(
      "[databases]\n* = host=127.0.0.1 port={} user=tollgate password=s3cret-word\n"
      "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir =\nauth_type = any\n"
      "pool_mode = transaction\ndefault_pool_size = {}\n",
      server.port(), port_, server_connections);
  std::vector<std::string> arguments{"/usr/sbin/pgbouncer", folder_ + "/pgbouncer.ini"};
  if (::geteuid() == 0) {  // it refuses root
    const std::vector<std::string> as_user{"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"};
    arguments.insert(arguments.begin(), as_user.begin(), as_user.end());
  }
  process_ = std::make_unique<ChildProcess>(std::move(arguments), ChildProcess::Settings{.folder = folder_});
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (PQping((url("postgres") + "?connect_timeout=2").c_str()) != PQPING_OK) {
    const bool ended = process_->wait_for(std::chrono::milliseconds(20));
    if (!ended && std::chrono::steady_clock::now() < limit) continue;
    if (!ended) process_->send(SIGKILL);
    throw std::runtime_error("PgBouncer does not start: " + process_->wait().err);
  }
}

PgBouncer::~PgBouncer() {
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string PgBouncer::url(const std::string& database) const {
  return fmt::format("postgres://tollgate@127.0.0.1:{}/{}", port_, database);
}

}  // namespace tollgate::fakes
