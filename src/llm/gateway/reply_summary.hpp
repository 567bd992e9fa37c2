// What the gateway keeps of a reply besides its text: the model, why it ended, the tokens used, and whether it has
// begun to say anything: until then another provider may still be asked instead.
#pragma once

#include "llm/chat.hpp"
#include "llm/gateway/reply_part.hpp"

namespace tollgate::llm::gateway {

class ReplySummary {
 public:
  void note(const ReplyPart& part);

  bool has_begun() const { return begun_; }

  ChatReply with_text(std::string text) const;

 private:
  std::string model_;
  FinishReason finish_ = FinishReason::kOther;
  bool refused_ = false;  // in words of its own, whatever the reason given for the end
  bool begun_ = false;
  Usage usage_;
};

}  // namespace tollgate::llm::gateway
