#include "llm/gateway/reply_summary.hpp"

#include <utility>

namespace tollgate::llm::gateway {

FinishReason to_finish(StopReason reason) {
  switch (reason) {
    case StopReason::kEndTurn:
    case StopReason::kStopSequence:
    case StopReason::kToolUse: return FinishReason::kStop;
    case StopReason::kLength:
    case StopReason::kContextFull: return FinishReason::kLength;
    case StopReason::kRefusal: return FinishReason::kRefusal;
    case StopReason::kPause:
    case StopReason::kOther: return FinishReason::kOther;
  }
  return FinishReason::kOther;
}

void ReplySummary::note(const ReplyPart& part) {
  if (const auto* start = std::get_if<MessageStart>(&part)) model_ = start->model;
  if (const auto* finish = std::get_if<MessageFinish>(&part)) finish_ = to_finish(finish->reason);
  if (const auto* report = std::get_if<UsageReport>(&part)) usage_ = report->usage;
  if (std::holds_alternative<RefusalPiece>(part)) refused_ = true;
  if (!std::holds_alternative<MessageStart>(part) && !std::holds_alternative<UsageReport>(part)) begun_ = true;
}

ChatReply ReplySummary::with_text(std::string text) const {
  ChatReply reply;
  reply.text = std::move(text);
  reply.finish = refused_ ? FinishReason::kRefusal : finish_;
  reply.usage = usage_;
  reply.model = model_;
  return reply;
}

}  // namespace tollgate::llm::gateway
