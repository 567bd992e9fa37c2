#include "tests/fakes/redis_server.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <sys/time.h>

#include "tests/fakes/free_port.hpp"

namespace tollgate::fakes {
namespace {

constexpr std::chrono::seconds kStartLimit{30};
constexpr timeval kAnswerLimit{.tv_sec = 10, .tv_usec = 0};

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;

std::string new_folder() {
  std::string name = "/tmp/tollgate-redis-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  return name;
}

std::string text_of(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) throw std::runtime_error(reply.str);
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  if (reply.type == REDIS_REPLY_NIL) return {};
  if (reply.type != REDIS_REPLY_ARRAY) return {reply.str, reply.len};
  std::string text;
  for (std::size_t i = 0; i < reply.elements; ++i) text += (i > 0 ? " " : "") + text_of(*reply.element[i]);
  return text;
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> options)
    : folder_(new_folder()), port_(free_port()), options_(std::move(options)) {
  start();
}

RedisServer::~RedisServer() {
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RedisServer::start() {
  // It ends with the test's process, however that ends.
  std::vector<std::string> arguments{"/usr/bin/setpriv",
                                     "--pdeathsig",
                                     "KILL",
                                     "/usr/bin/redis-server",
                                     "--bind",
                                     "127.0.0.1",
                                     "--port",
                                     std::to_string(port_),
                                     "--dir",
                                     folder_,
                                     "--save",
                                     ""};
  arguments.insert(arguments.end(), options_.begin(), options_.end());
  process_ = std::make_unique<ChildProcess>(std::move(arguments), ChildProcess::Settings{.folder = folder_});
  const auto limit = std::chrono::steady_clock::now() + kStartLimit;
  for (;;) {
    try {
      if (execute({"PING"}) == "PONG") return;
    } catch (const std::runtime_error&) {  // not yet
    }
    const bool ended = process_->wait_for(std::chrono::milliseconds(10));
    if (ended || std::chrono::steady_clock::now() > limit) {
      process_->send(SIGKILL);
      throw std::runtime_error("Redis does not start (script/bootstrap test installs it): " + process_->wait().out);
    }
  }
}

void RedisServer::kill() {
  process_->send(SIGKILL);
  process_->wait_for(kStartLimit);
}

void RedisServer::shut_down() {
  process_->send(SIGTERM);
  process_->wait_for(kStartLimit);
}

std::string RedisServer::url() const {
  return "redis://127.0.0.1:" + std::to_string(port_);
}

std::string RedisServer::execute(const std::vector<std::string>& words) {
  const Context context(redisConnectWithTimeout("127.0.0.1", port_, kAnswerLimit), &redisFree);
  if (!context || context->err != 0) throw std::runtime_error("cannot connect to Redis");
  redisSetTimeout(context.get(), kAnswerLimit);
  std::vector<const char*> pointers;
  std::vector<std::size_t> lengths;
  for (const auto& word : words) {
    pointers.push_back(word.data());
    lengths.push_back(word.size());
  }
  void* const raw = redisCommandArgv(context.get(), static_cast<int>(words.size()), pointers.data(), lengths.data());
  if (raw == nullptr) throw std::runtime_error("Redis does not answer");
  const std::unique_ptr<redisReply, decltype(&freeReplyObject)> reply(static_cast<redisReply*>(raw), &freeReplyObject);
  return text_of(*reply);
}

}  // namespace tollgate::fakes
