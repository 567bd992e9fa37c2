#include <optional>
#include <utility>

#include "llm/gateway/openai_reply.hpp"
#include "llm/gateway/reply_writer.hpp"
#include "llm/gateway/sse_frame.hpp"
#include "llm/wire.hpp"

namespace tollgate::llm::gateway {
namespace {

class OpenAiReplyWriter final : public ReplyWriter {
 public:
  explicit OpenAiReplyWriter(UsageChunk usage_chunk) : usage_chunk_(usage_chunk) {}

  base::Status write(const ReplyPart& part, std::string& out) override {
    const auto* call = std::get_if<ToolCallStart>(&part);
    if (call && call->name.empty()) return bad_reply("anthropic", "a tool call begins without the tool's name");
    std::visit([&](const auto& each) { add(each, out); }, part);
    return {};
  }

 private:
  void add(const MessageStart& start, std::string& out) {
    id_ = start.id;
    model_ = start.model;
    add_delta({{"role", "assistant"}, {"content", ""}}, out);
  }
  void add(const TextPiece& piece, std::string& out) { add_delta({{"content", piece.text}}, out); }
  // A name of servers of open models, which clients know.
  void add(const ThinkingPiece& piece, std::string& out) {
    if (!piece.text.empty()) add_delta({{"reasoning_content", piece.text}}, out);
  }
  void add(const RefusalPiece& piece, std::string& out) { add_delta({{"refusal", piece.text}}, out); }

  void add(const ToolCallStart& call, std::string& out) {
    end_call(out);
    open_call_ = call.number;
    add_call({{"index", call.number},
              {"id", call.id},
              {"type", "function"},
              {"function", {{"name", call.name}, {"arguments", ""}}}},
             out);
  }
  void add(const ArgumentsPiece& piece, std::string& out) {
    if (open_call_ == piece.number) open_call_.reset();
    add_call({{"index", piece.number}, {"function", {{"arguments", piece.text}}}}, out);
  }

  void add(const MessageFinish& finish, std::string& out) {
    end_call(out);
    add_choice({{"index", 0}, {"delta", json::object()}, {"finish_reason", openai_finish_reason(finish.reason)}}, out);
  }
  void add(const UsageReport& report, std::string&) { usage_ = report.usage; }

  void add(const MessageEnd&, std::string& out) {
    if (usage_chunk_ == UsageChunk::kKeep) add_chunk({}, to_openai_usage(usage_), out);
    append_frame(out, {"message", std::string(kOpenAiDone)});
  }

  // A call of a tool without parameters may come without arguments; OpenAI's are a JSON object at least.
  void end_call(std::string& out) {
    if (const auto call = std::exchange(open_call_, std::nullopt)) {
      add_call({{"index", *call}, {"function", {{"arguments", "{}"}}}}, out);
    }
  }

  void add_call(json::object call, std::string& out) {
    json::array calls;
    calls.push_back(std::move(call));
    add_delta({{"tool_calls", std::move(calls)}}, out);
  }

  void add_delta(json::object delta, std::string& out) {
    add_choice({{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", nullptr}}, out);
  }

  void add_choice(json::object choice, std::string& out) {
    json::array choices;
    choices.push_back(std::move(choice));
    add_chunk(std::move(choices), {}, out);
  }

  void add_chunk(json::array choices, json::value usage, std::string& out) {
    json::object chunk{{"id", id_},
                       {"object", "chat.completion.chunk"},
                       {"created", 0},  // Anthropic does not say when
                       {"model", model_},
                       {"choices", std::move(choices)}};
    if (usage_chunk_ == UsageChunk::kKeep) chunk["usage"] = std::move(usage);
    append_openai_frame(out, chunk);
  }

  const UsageChunk usage_chunk_;
  std::string id_;
  std::string model_;
  std::optional<std::int64_t> open_call_;  // one that has no arguments yet
  Usage usage_;
};

}  // namespace

std::unique_ptr<ReplyWriter> make_openai_reply_writer(UsageChunk usage_chunk) {
  return std::make_unique<OpenAiReplyWriter>(usage_chunk);
}

}  // namespace tollgate::llm::gateway
