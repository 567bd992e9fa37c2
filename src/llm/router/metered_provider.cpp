#include "llm/router/metered_provider.hpp"

#include <utility>

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

class MeteredProvider final : public Provider {
 public:
  MeteredProvider(std::unique_ptr<Provider> inner, std::vector<CallObserver*> observers)
      : inner_(std::move(inner)), observers_(std::move(observers)) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<base::Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                                    const TextSink& on_text) override {
    const auto begun = steady_clock::now();
    std::optional<steady_clock::duration> first_text;
    TextSink timed;
    if (on_text) {
      timed = [&](std::string_view piece) {
        if (!first_text) first_text = steady_clock::now() - begun;
        on_text(piece);
      };
    }
    auto reply = co_await inner_->complete(context, request, timed);
    const CallRecord record{request, reply, steady_clock::now() - begun, first_text};
    for (auto* observer : observers_) observer->on_call(record);
    co_return reply;
  }

 private:
  // Constant after construction.
  const std::unique_ptr<Provider> inner_;
  const std::vector<CallObserver*> observers_;
};

}  // namespace

std::unique_ptr<Provider> make_metered_provider(std::unique_ptr<Provider> inner, std::vector<CallObserver*> observers) {
  if (observers.empty()) return inner;
  return std::make_unique<MeteredProvider>(std::move(inner), std::move(observers));
}

}  // namespace tollgate::llm
