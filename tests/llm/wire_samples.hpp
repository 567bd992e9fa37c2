// What the golden tests of the three wire formats share.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm {

inline ChatRequest sample_request() {
  ChatRequest request;
  request.model = "model-1";
  request.system = "Be brief.";
  request.messages = {{Role::kUser, "Hi"}, {Role::kAssistant, "Hello"}, {Role::kUser, "Score \"it\""}};
  request.max_tokens = 100;
  return request;
}

inline ChatRequest sample_request_with_schema() {
  ChatRequest request;
  request.model = "model-1";
  request.messages = {{Role::kUser, "Hi"}};
  request.max_tokens = 100;
  request.temperature = 0.2;
  request.reply_schema =
      ReplySchema{"verdict", base::parse_json(R"({"type":"object","required":["score"],"additionalProperties":false,)"
                                              R"("properties":{"score":{"type":"integer","maximum":10}}})")
                                 .value()};
  return request;
}

struct Streamed {
  base::Result<ChatReply> reply;
  std::string heard;  // what the text sink got
};

// Feeds `stream` in pieces of `size` bytes.
inline Streamed read_stream(StreamReader& reader, std::string_view stream, std::size_t size) {
  Streamed result;
  const TextSink listen = [&](std::string_view piece) { result.heard += piece; };
  for (std::size_t at = 0; at < stream.size(); at += size) {
    if (auto status = reader.feed(stream.substr(at, size), listen); !status) {
      result.reply = base::fail(status.error());
      return result;
    }
  }
  result.reply = reader.finish(listen);
  return result;
}

}  // namespace tollgate::llm
