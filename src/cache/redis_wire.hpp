// Redis's wire format (RESP 2), by hiredis: commands become bytes, bytes become replies. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tollgate::cache {

// Commands sent together: one reply each, in their order.
class RedisPipeline {
 public:
  RedisPipeline& add(std::span<const std::string_view> words);
  RedisPipeline& add(std::initializer_list<std::string_view> words) { return add(std::span(words)); }
  RedisPipeline& add(const RedisPipeline& others);

  const std::string& bytes() const { return bytes_; }
  std::size_t size() const { return commands_; }

 private:
  std::string bytes_;
  std::size_t commands_ = 0;
};

struct RedisReply {
  enum class Kind { kNil, kString, kStatus, kError, kInteger, kArray };

  Kind kind = Kind::kNil;
  std::string text{};  // of a string, status or error
  std::int64_t integer = 0;
  std::vector<RedisReply> elements{};

  bool is_error() const { return kind == Kind::kError; }
  bool is_ok() const { return kind == Kind::kStatus && text == "OK"; }
};

struct RedisReplyLimits {
  std::size_t max_bytes = 16U << 20;  // of one reply as sent
  std::size_t max_elements = 4'096;   // of its arrays together
};

// Takes bytes as they come, in pieces of any size.
class RedisReplyReader {
 public:
  explicit RedisReplyReader(RedisReplyLimits limits = {});
  ~RedisReplyReader();
  RedisReplyReader(const RedisReplyReader&) = delete;
  RedisReplyReader& operator=(const RedisReplyReader&) = delete;

  void feed(std::string_view bytes);
  // The next whole reply, or nullopt. kBadReply: this is not Redis's format, or beyond the limits; the reader is then
  // of no more use.
  base::Result<std::optional<RedisReply>> next();

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace tollgate::cache
