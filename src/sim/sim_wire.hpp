// The server's side of the three wire formats: reads chat requests, writes replies, stream frames and errors. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/value.hpp"

namespace tollgate::sim {

enum class WireFormat { kAnthropic, kOpenAi, kOllama };

struct SimRequest {
  WireFormat format = WireFormat::kAnthropic;
  std::string model;
  std::string prompt;                   // canonical JSON of all that decides the content
  std::optional<base::Value> schema{};  // of the reply
  std::string tool{};                   // of Anthropic and OpenAI: the tool that the reply must call
  bool streamed = false;
  bool wants_usage = false;  // OpenAI: stream_options.include_usage
};

std::optional<WireFormat> format_of_path(std::string_view path);  // nullopt: no chat endpoint

// kInvalidArgument as a real provider would complain.
base::Result<SimRequest> read_request(WireFormat format, std::string_view body);

struct SimReply {
  std::string text;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::string id;
};

std::string write_reply(const SimRequest& request, const SimReply& reply);

// The whole stream in order: what precedes the text, one frame per `piece_bytes` of text, what follows it.
std::vector<std::string> write_stream(const SimRequest& request, const SimReply& reply, std::size_t piece_bytes);
std::string_view stream_content_type(WireFormat format);

std::string write_error(WireFormat format, int status, std::string_view message);
std::string write_models(WireFormat format);

}  // namespace tollgate::sim
