// What a reply consists of, in no provider's format: the words in which a stream's reader tells its writer what came.
//
// The texts are those of the event being read: they are gone when the sink returns.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "llm/chat.hpp"

namespace tollgate::llm::gateway {

enum class StopReason { kEndTurn, kStopSequence, kLength, kContextFull, kToolUse, kRefusal, kPause, kOther };

struct MessageStart {
  std::string_view id;
  std::string_view model;
};
struct TextPiece {
  std::string_view text;
};
struct ThinkingPiece {
  std::string_view text;
};
struct RefusalPiece {
  std::string_view text;
};
struct ToolCallStart {
  std::int64_t number = 0;  // of the reply's calls, from 0
  std::string_view id;
  std::string_view name;  // empty for tools of kinds that only one format knows
};
struct ArgumentsPiece {
  std::int64_t number = 0;
  std::string_view text;  // of one JSON object
};
struct MessageFinish {
  StopReason reason = StopReason::kOther;
  std::string_view stop_sequence;  // empty: none, or the provider does not tell
};
struct UsageReport {
  Usage usage;  // all so far: replaces an earlier report
};
struct MessageEnd {};  // the stream's own clean end

using ReplyPart = std::variant<MessageStart, TextPiece, ThinkingPiece, RefusalPiece, ToolCallStart, ArgumentsPiece,
                               MessageFinish, UsageReport, MessageEnd>;

// Takes one part; its error ends the reading. An interface, as a reply has thousands of parts.
class PartSink {
 public:
  virtual ~PartSink() = default;
  virtual base::Status take(const ReplyPart& part) = 0;
};

FinishReason to_finish(StopReason reason);

}  // namespace tollgate::llm::gateway
