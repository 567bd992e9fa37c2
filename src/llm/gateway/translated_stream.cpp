#include "llm/gateway/translated_stream.hpp"

#include <string>
#include <utility>

#include "llm/gateway/limits.hpp"
#include "llm/gateway/reply_reader.hpp"
#include "llm/gateway/reply_summary.hpp"
#include "llm/gateway/reply_writer.hpp"
#include "llm/sse.hpp"

namespace tollgate::llm::gateway {
namespace {

class TranslatedStream final : public StreamReader, private PartSink {
 public:
  TranslatedStream(std::unique_ptr<ReplyReader> reader, std::unique_ptr<ReplyWriter> writer)
      : reader_(std::move(reader)), writer_(std::move(writer)) {}

  base::Status feed(std::string_view input, const TextSink& on_text) override {
    return parser_.feed(input, [&](const SseEvent& event) -> base::Status {
      TRY_STATUS(reader_->read(event, *this));
      if (summary_.has_begun()) send(on_text);
      return {};
    });
  }

  base::Result<ChatReply> finish(const TextSink& on_text) override {
    TRY_STATUS(reader_->finish(*this));
    send(on_text);
    return summary_.with_text(std::move(frames_));
  }

 private:
  base::Status take(const ReplyPart& part) override {
    summary_.note(part);
    return writer_->write(part, frames_);
  }

  // All frames of one event at once.
  void send(const TextSink& on_text) {
    const auto news = std::string_view(frames_).substr(sent_);
    if (!news.empty() && on_text) on_text(news);
    sent_ = frames_.size();
  }

  const std::unique_ptr<ReplyReader> reader_;
  const std::unique_ptr<ReplyWriter> writer_;
  SseParser parser_{kStreamLimits};
  ReplySummary summary_;
  std::string frames_;
  std::size_t sent_ = 0;
};

}  // namespace

std::unique_ptr<StreamReader> make_translated_stream(WireFormat provider, WireFormat client, UsageChunk usage_chunk) {
  return std::make_unique<TranslatedStream>(make_reply_reader(provider), make_reply_writer(client, usage_chunk));
}

}  // namespace tollgate::llm::gateway
