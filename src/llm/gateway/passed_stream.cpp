#include "llm/gateway/passed_stream.hpp"

#include <string>
#include <utility>

#include "llm/gateway/limits.hpp"
#include "llm/gateway/openai_reply.hpp"
#include "llm/gateway/reply_reader.hpp"
#include "llm/gateway/reply_summary.hpp"
#include "llm/gateway/sse_frame.hpp"
#include "llm/sse.hpp"

namespace tollgate::llm::gateway {
namespace {

class Summarizer final : public PartSink {
 public:
  base::Status take(const ReplyPart& part) override {
    summary_.note(part);
    ended_ = ended_ || std::holds_alternative<MessageEnd>(part);
    return {};
  }
  const ReplySummary& summary() const { return summary_; }
  bool ended() const { return ended_; }

 private:
  ReplySummary summary_;
  bool ended_ = false;
};

class PassedStream final : public StreamReader {
 public:
  PassedStream(WireFormat format, UsageChunk usage_chunk)
      : usage_chunk_(usage_chunk), reader_(make_reply_reader(format)) {}

  base::Status feed(std::string_view input, const TextSink& on_text) override {
    return parser_.feed(input, [&](const SseEvent& event) { return on_event(event, on_text); });
  }

  base::Result<ChatReply> finish(const TextSink& on_text) override {
    const bool ended = parts_.ended();
    TRY_STATUS(reader_->finish(parts_));
    if (!ended) append_frame(frames_, {"message", std::string(kOpenAiDone)});
    send(on_text);
    return parts_.summary().with_text(std::move(frames_));
  }

 private:
  base::Status on_event(const SseEvent& event, const TextSink& on_text) {
    TRY(const auto kind, reader_->read(event, parts_));
    const bool unwanted = kind == EventKind::kUsageOnly && usage_chunk_ == UsageChunk::kDrop;
    if (kind != EventKind::kLate && !unwanted) append_frame(frames_, event);
    if (parts_.summary().has_begun()) send(on_text);
    return {};
  }

  void send(const TextSink& on_text) {
    const auto news = std::string_view(frames_).substr(sent_);
    if (!news.empty() && on_text) on_text(news);
    sent_ = frames_.size();
  }

  const UsageChunk usage_chunk_;
  const std::unique_ptr<ReplyReader> reader_;
  SseParser parser_{kStreamLimits};
  Summarizer parts_;
  std::string frames_;
  std::size_t sent_ = 0;
};

}  // namespace

std::unique_ptr<StreamReader> make_passed_stream(WireFormat format, UsageChunk usage_chunk) {
  return std::make_unique<PassedStream>(format, usage_chunk);
}

}  // namespace tollgate::llm::gateway
