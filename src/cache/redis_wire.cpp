#include "cache/redis_wire.hpp"

#include <new>
#include <utility>

#include <hiredis/hiredis.h>

namespace tollgate::cache {
namespace {

using Kind = RedisReply::Kind;

// What hiredis calls while it reads. No exception may pass through it: a null pointer ends the reading.

// The reply that a task is about: an element of its parent's array, or a new one.
RedisReply* place_of(const redisReadTask* task) {
  if (task->parent == nullptr) return new (std::nothrow) RedisReply;
  auto* const parent = static_cast<RedisReply*>(task->parent->obj);
  return &parent->elements[static_cast<std::size_t>(task->idx)];
}

Kind kind_of(int type) {
  if (type == REDIS_REPLY_ERROR) return Kind::kError;
  return type == REDIS_REPLY_STATUS ? Kind::kStatus : Kind::kString;
}

void* make_string(const redisReadTask* task, char* text, std::size_t length) noexcept {
  auto* const reply = place_of(task);
  if (reply == nullptr) return nullptr;
  reply->kind = kind_of(task->type);
  reply->text.assign(text, length);
  return reply;
}

void* make_array(const redisReadTask* task, int count) noexcept {
  auto& left = *static_cast<std::size_t*>(task->privdata);
  if (count < 0 || static_cast<std::size_t>(count) > left) return nullptr;
  left -= static_cast<std::size_t>(count);
  auto* const reply = place_of(task);
  if (reply == nullptr) return nullptr;
  reply->kind = Kind::kArray;
  reply->elements.resize(static_cast<std::size_t>(count));
  return reply;
}

void* make_integer(const redisReadTask* task, long long value) {
  auto* const reply = place_of(task);
  if (reply == nullptr) return nullptr;
  reply->kind = Kind::kInteger;
  reply->integer = value;
  return reply;
}

void* make_nil(const redisReadTask* task) {
  return place_of(task);
}

void free_reply(void* reply) {
  delete static_cast<RedisReply*>(reply);
}

redisReplyObjectFunctions kFunctions{make_string, make_array, make_integer, make_nil, free_reply};

}  // namespace

RedisPipeline& RedisPipeline::add(std::span<const std::string_view> words) {
  std::vector<const char*> pointers;
  std::vector<std::size_t> lengths;
  for (const auto word : words) {
    pointers.push_back(word.data());
    lengths.push_back(word.size());
  }
  char* formatted = nullptr;
  const int length =
      redisFormatCommandArgv(&formatted, static_cast<int>(words.size()), pointers.data(), lengths.data());
  if (length < 0) throw std::bad_alloc();
  bytes_.append(formatted, static_cast<std::size_t>(length));
  redisFreeCommand(formatted);
  ++commands_;
  return *this;
}

RedisPipeline& RedisPipeline::add(const RedisPipeline& others) {
  bytes_ += others.bytes_;
  commands_ += others.commands_;
  return *this;
}

struct RedisReplyReader::Impl {
  explicit Impl(RedisReplyLimits its_limits)
      : limits(its_limits), elements_left(limits.max_elements), reader(redisReaderCreateWithFunctions(&kFunctions)) {
    if (reader == nullptr) throw std::bad_alloc();
    reader->privdata = &elements_left;
  }
  ~Impl() { redisReaderFree(reader); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const RedisReplyLimits limits;
  std::size_t elements_left;
  std::size_t bytes_since_reply = 0;
  redisReader* const reader;
};

RedisReplyReader::RedisReplyReader(RedisReplyLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
RedisReplyReader::~RedisReplyReader() = default;

void RedisReplyReader::feed(std::string_view bytes) {
  impl_->bytes_since_reply += bytes.size();
  redisReaderFeed(impl_->reader, bytes.data(), bytes.size());
}

base::Result<std::optional<RedisReply>> RedisReplyReader::next() {
  void* object = nullptr;
  if (redisReaderGetReply(impl_->reader, &object) != REDIS_OK) {
    return base::fail(base::ErrorCode::kBadReply, "the server does not answer as Redis does",
                      static_cast<const char*>(impl_->reader->errstr));
  }
  if (object == nullptr) {
    if (impl_->bytes_since_reply <= impl_->limits.max_bytes) return std::nullopt;
    return base::fail(base::ErrorCode::kBadReply, "a reply of Redis is larger than anything asked for");
  }
  const std::unique_ptr<RedisReply> reply(static_cast<RedisReply*>(object));
  impl_->elements_left = impl_->limits.max_elements;
  impl_->bytes_since_reply = impl_->reader->len - impl_->reader->pos;
  return std::move(*reply);
}

}  // namespace tollgate::cache
