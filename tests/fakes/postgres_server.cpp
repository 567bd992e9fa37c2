#include "tests/fakes/postgres_server.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <unistd.h>

namespace tollgate::fakes {
namespace {

constexpr std::chrono::seconds kStartLimit{60};
constexpr std::chrono::seconds kStopLimit{30};

std::string new_folder(PostgresServer::Durability durability) {
  const bool in_memory = durability == PostgresServer::Durability::kOff && std::filesystem::is_directory("/dev/shm");
  std::string name = std::string(in_memory ? "/dev/shm" : "/tmp") + "/tollgate-postgres-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  return name;
}

}  // namespace

PostgresServer::PostgresServer(Durability durability, std::vector<std::string> options)
    : folder_(new_folder(durability)), port_(free_port()), options_(std::move(options)) {
  if (durability == Durability::kOff) {
    for (const char* option : {"fsync=off", "full_page_writes=off"}) options_.insert(options_.begin(), {"-c", option});
  }
  start();
}

PostgresServer::PostgresServer(std::string folder, std::vector<std::string> options)
    : folder_(std::move(folder)), is_folder_ours_(false), port_(free_port()), options_(std::move(options)) {
  start();
}

PostgresServer::~PostgresServer() {
  if (process_) stop_immediately();
  if (!is_folder_ours_) return;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PostgresServer::start() {
  std::vector<std::string> arguments{TOLLGATE_SOURCE_DIR "/tests/fakes/postgres_server.sh", folder_,
                                     std::to_string(port_)};
  arguments.insert(arguments.end(), options_.begin(), options_.end());
  process_ = std::make_unique<ChildProcess>(std::move(arguments), ChildProcess::Settings{.folder = folder_});
  const auto limit = std::chrono::steady_clock::now() + kStartLimit;
  while (PQping((url() + "?connect_timeout=2").c_str()) != PQPING_OK) {
    const bool ended = process_->wait_for(std::chrono::milliseconds(20));
    if (!ended && std::chrono::steady_clock::now() < limit) continue;
    if (!ended) process_->send(SIGQUIT);
    throw std::runtime_error("PostgreSQL does not start: " + process_->wait().err);
  }
}

void PostgresServer::stop_immediately() {
  process_->send(SIGQUIT);
  process_->wait_for(kStopLimit);
  process_.reset();
}

void PostgresServer::stop_fast() {
  process_->send(SIGINT);
  process_->wait_for(kStopLimit);
  process_.reset();
}

std::string PostgresServer::url(const std::string& database) const {
  return url_at(port_, database);
}

std::string PostgresServer::url_at(std::uint16_t port, const std::string& database) const {
  return fmt::format("postgres://tollgate:s3cret-word@127.0.0.1:{}/{}", port, database);
}

std::string PostgresServer::execute(const std::string& sql, const std::string& database) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url(database).c_str()), &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    throw std::runtime_error(std::string(PQerrorMessage(connection.get())) + " in: " + sql);
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace tollgate::fakes
