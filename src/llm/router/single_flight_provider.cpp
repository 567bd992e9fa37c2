#include "llm/router/single_flight_provider.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>

#include "base/sha256.hpp"

namespace tollgate::llm {
namespace {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;

// A stream is shared only by requests that are the same to the byte: they get the same bytes.
std::string flight_key(const ChatRequest& request) {
  std::string key(request.cache_key->view());
  if (request.wire && request.wire->streamed) key += base::Sha256::of(request.wire->body).view();
  return key;
}

// A budget that is used up was the first asker's.
bool may_pass(const base::Error& error) {
  return base::is_retryable(error.code) || error.code == ErrorCode::kCancelled || error.code == ErrorCode::kOutOfCredit;
}

// Ends the flight also when the call is torn down with its thread.
class Landing {
 public:
  Landing(Flights& flights, std::string key, std::shared_ptr<Flight> flight)
      : flights_(flights), key_(std::move(key)), flight_(std::move(flight)) {}
  Landing(const Landing&) = delete;
  ~Landing() {
    if (!landed_) land(base::fail(ErrorCode::kCancelled, "the call was cancelled"));
  }

  void land(Result<ChatReply> result) {
    landed_ = true;
    flights_.land(key_, flight_);
    flight_->end(std::move(result));
  }

 private:
  Flights& flights_;
  const std::string key_;
  const std::shared_ptr<Flight> flight_;
  bool landed_ = false;
};

class SingleFlightProvider final : public Provider {
 public:
  SingleFlightProvider(std::unique_ptr<Provider> inner, Flights& flights, net::TaskScope& scope,
                       WhenAbandoned when_abandoned)
      : inner_(std::move(inner)), flights_(flights), scope_(scope), when_abandoned_(when_abandoned) {}

  std::string_view name() const override { return inner_->name(); }

  asio::awaitable<Result<ChatReply>> complete(const net::CallContext& context, const ChatRequest& request,
                                              const TextSink& on_text) override {
    if (!request.may_share_call || !request.cache_key) co_return co_await inner_->complete(context, request, on_text);
    const auto key = flight_key(request);
    for (bool again = false;; again = true) {
      auto joined = flights_.join(key);
      if (joined.is_first) take_off(key, joined.flight, context, request, static_cast<bool>(on_text));
      auto reply = co_await joined.seat.follow(context.deadline, on_text, head_observer(request, joined.is_first));
      const bool retry = !reply && !joined.is_first && !again && may_pass(reply.error()) && !joined.seat.has_heard() &&
                         std::chrono::steady_clock::now() < context.deadline;
      if (retry && !co_await is_cancelled()) continue;
      if (reply && !joined.is_first) reply->passage.cache = CacheOutcome::kCoalesced;
      co_return reply;
    }
  }

 private:
  void take_off(const std::string& key, const std::shared_ptr<Flight>& flight, const net::CallContext& context,
                const ChatRequest& request, bool streamed) {
    auto cancel = scope_.spawn_now("model call", fly(key, flight, context, request, streamed));
    if (when_abandoned_ == WhenAbandoned::kCancel) flight->when_abandoned(std::move(cancel));
  }

  asio::awaitable<void> fly(std::string key, std::shared_ptr<Flight> flight, net::CallContext context,
                            ChatRequest request, bool streamed) {
    Landing landing(flights_, std::move(key), flight);
    TextSink sink;
    if (streamed) {
      sink = [flight](std::string_view piece) { flight->add(piece); };
      request.on_begin = [flight](ReplyHead head) { flight->begin(std::move(head)); };
    }
    std::string what;
    try {
      landing.land(co_await inner_->complete(context, request, sink));
      co_return;
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) co_return;  // its landing says so
      what = error.what();
    } catch (const std::exception& error) {
      what = error.what();
    }
    landing.land(base::fail(ErrorCode::kInternal, "the call to the model failed inside this program", what));
  }

  static BeginObserver head_observer(const ChatRequest& request, bool is_first) {
    if (is_first || !request.on_begin) return request.on_begin;
    return [inner = request.on_begin](ReplyHead head) {
      head.passage.cache = CacheOutcome::kCoalesced;
      inner(std::move(head));
    };
  }

  static asio::awaitable<bool> is_cancelled() {
    co_return (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
  }

  // Constant after construction.
  const std::unique_ptr<Provider> inner_;
  Flights& flights_;
  net::TaskScope& scope_;
  const WhenAbandoned when_abandoned_;
};

}  // namespace

std::unique_ptr<Provider> make_single_flight_provider(std::unique_ptr<Provider> inner, Flights& flights,
                                                      net::TaskScope& scope, WhenAbandoned when_abandoned) {
  return std::make_unique<SingleFlightProvider>(std::move(inner), flights, scope, when_abandoned);
}

}  // namespace tollgate::llm
