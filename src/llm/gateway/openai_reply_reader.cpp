#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "llm/gateway/openai_reply.hpp"
#include "llm/gateway/reply_reader.hpp"
#include "llm/openai_wire.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::gateway {
namespace {

constexpr std::string_view kName = "openai";

// A text under any of the names that servers have for it.
std::string_view thinking_of(const json::value& delta) {
  const auto text = string_member(delta, "reasoning_content");
  return text.empty() ? string_member(delta, "reasoning") : text;
}

class OpenAiReplyReader final : public ReplyReader {
 public:
  base::Result<EventKind> read(const SseEvent& event, PartSink& sink) override {
    if (ended_) return EventKind::kLate;
    if (event.data == kOpenAiDone) {
      TRY_STATUS(end(sink));
      return EventKind::kPlain;
    }
    const auto chunk = parse_text(event.data);
    if (!chunk || !chunk->is_object()) return bad_reply(kName, "an event of the stream is no JSON object");
    if (!member(*chunk, "error").is_null()) return base::fail(openai::read_error(200, event.data));
    return read_chunk(*chunk, sink);
  }

  base::Status finish(PartSink& sink) override { return ended_ ? base::Status{} : end(sink); }

 private:
  // [DONE] may be missing, or come though the reply is cut: what counts is that every choice has finished.
  base::Status end(PartSink& sink) {
    if (unfinished_ != 0 || finished_.empty()) return bad_reply(kName, "the stream ended before the message did");
    ended_ = true;
    return sink.take(MessageEnd{});
  }

  base::Result<EventKind> read_chunk(const json::value& chunk, PartSink& sink) {
    if (!std::exchange(started_, true)) {
      id_ = string_member(chunk, "id");
      TRY_STATUS(sink.take(MessageStart{id_, string_member(chunk, "model")}));
    }
    const auto* choices = member(chunk, "choices").if_array();
    if (choices) {
      for (const auto& choice : *choices) {
        TRY_STATUS(read_choice(choice, sink));
      }
    }
    if (!member(chunk, "usage").is_object()) return EventKind::kPlain;
    TRY_STATUS(sink.take(UsageReport{openai_usage(chunk)}));
    return choices && !choices->empty() ? EventKind::kPlain : EventKind::kUsageOnly;
  }

  // All choices must finish; the parts are those of the first, the only one where it matters what they say.
  base::Status read_choice(const json::value& choice, PartSink& sink) {
    const auto index = count_member(choice, "index");
    const auto [known, is_new] = finished_.emplace(index, false);
    if (is_new) ++unfinished_;
    const auto reason = string_member(choice, "finish_reason");
    if (index == 0) {
      TRY_STATUS(read_delta(member(choice, "delta"), sink));
      if (!reason.empty()) {
        TRY_STATUS(sink.take(MessageFinish{openai_stop_reason(reason), {}}));
      }
    }
    if (!reason.empty() && !std::exchange(known->second, true)) --unfinished_;
    return {};
  }

  base::Status read_delta(const json::value& delta, PartSink& sink) {
    if (const auto text = thinking_of(delta); !text.empty()) TRY_STATUS(sink.take(ThinkingPiece{text}));
    if (const auto text = string_member(delta, "content"); !text.empty()) TRY_STATUS(sink.take(TextPiece{text}));
    if (const auto text = string_member(delta, "refusal"); !text.empty()) TRY_STATUS(sink.take(RefusalPiece{text}));
    if (const auto* calls = member(delta, "tool_calls").if_array()) {
      for (const auto& call : *calls) {
        TRY_STATUS(read_call(call, sink));
      }
    }
    return {};
  }

  // Id and name come with the first piece of a call. Some servers leave the index out, then a new id begins a new call.
  base::Status read_call(const json::value& call, PartSink& sink) {
    const auto& function = member(call, "function");
    const auto id = string_member(call, "id");
    const auto index = call_index(call, id);
    const auto [known, is_new] = calls_.emplace(index, Call{static_cast<std::int64_t>(calls_.size()), std::string(id)});
    last_index_ = index;
    const auto number = known->second.number;
    if (is_new) {
      if (known->second.id.empty()) known->second.id = fmt::format("call_{}_{}", id_, number);
      TRY_STATUS(sink.take(ToolCallStart{number, known->second.id, string_member(function, "name")}));
    }
    const auto arguments = string_member(function, "arguments");
    return arguments.empty() ? base::Status{} : sink.take(ArgumentsPiece{number, arguments});
  }

  std::int64_t call_index(const json::value& call, std::string_view id) const {
    if (member(call, "index").is_int64()) return count_member(call, "index");
    const auto last = calls_.find(last_index_);
    if (last == calls_.end()) return 0;
    return id.empty() || last->second.id == id ? last_index_ : last_index_ + 1;
  }

  struct Call {
    std::int64_t number = 0;
    std::string id;
  };

  bool started_ = false;
  bool ended_ = false;
  std::string id_;
  std::map<std::int64_t, bool> finished_;  // by the choice's index
  std::size_t unfinished_ = 0;
  std::map<std::int64_t, Call> calls_;  // by the index that the provider gives them
  std::int64_t last_index_ = 0;
};

}  // namespace

std::unique_ptr<ReplyReader> make_openai_reply_reader() {
  return std::make_unique<OpenAiReplyReader>();
}

}  // namespace tollgate::llm::gateway
