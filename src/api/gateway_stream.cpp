#include "api/gateway_stream.hpp"

#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "llm/gateway/wire_error.hpp"

namespace tollgate::api {

namespace asio = boost::asio;

struct GatewayStream::State {
  State(const asio::any_io_executor& executor, llm::WireFormat its_format, std::string its_request_id)
      : news(executor), format(its_format), request_id(std::move(its_request_id)) {}

  asio::steady_timer news;  // cancelled when there are any
  const llm::WireFormat format;
  const std::string request_id;
  std::string unread{};
  llm::ReplyHead head{};
  bool begun = false;
  bool overrun = false;
  std::optional<base::Status> ended{};

  void add(std::string_view piece) {
    begun = true;
    if (unread.size() + piece.size() > kMaxUnreadBytes) overrun = true;
    if (!overrun) unread.append(piece);
    news.cancel();
  }

  asio::awaitable<void> wait() {
    news.expires_at(asio::steady_timer::time_point::max());
    co_await news.async_wait(asio::as_tuple(asio::use_awaitable));
  }
};

namespace {

template <typename State>
asio::awaitable<void> make_call(llm::Provider& models, net::CallContext context, llm::ChatRequest request,
                                std::shared_ptr<State> state) {
  // Also when the call is cancelled, which may throw.
  struct Ending {
    std::shared_ptr<State> state;
    ~Ending() {
      if (!state->ended) state->ended = base::fail(base::ErrorCode::kCancelled, "the call was cancelled");
      state->news.cancel();
    }
  } ending{state};
  const llm::TextSink sink = [state](std::string_view piece) { state->add(piece); };
  request.on_begin = [state](llm::ReplyHead head) { state->head = std::move(head); };
  const auto reply = co_await models.complete(context, request, sink);
  state->ended = reply ? base::Status{} : base::Status(std::unexpected(reply.error()));
}

}  // namespace

GatewayStream::GatewayStream(Service& service, net::CallContext context, llm::ChatRequest request,
                             std::string request_id)
    : state_(std::make_shared<State>(service.engine.executor(), request.wire->format, std::move(request_id))) {
  cancel_ =
      service.tasks.spawn("gateway stream", make_call(*service.models, std::move(context), std::move(request), state_));
}

GatewayStream::~GatewayStream() {
  if (!state_->ended) cancel_();
}

asio::awaitable<base::Status> GatewayStream::begin() {
  while (!state_->begun && !state_->ended) co_await state_->wait();
  co_return state_->begun ? base::Status{} : *state_->ended;
}

const llm::ReplyHead& GatewayStream::head() const {
  return state_->head;
}

asio::awaitable<BodyPiece> GatewayStream::next() {
  while (state_->unread.empty() && !state_->ended && !state_->overrun) co_await state_->wait();
  BodyPiece piece{std::exchange(state_->unread, {})};
  if (state_->overrun) {
    piece.end = BodyEnd::kBroken;
  } else if (state_->ended) {
    piece.end = *state_->ended ? BodyEnd::kWhole : BodyEnd::kBroken;
    if (!*state_->ended) {
      piece.bytes += llm::write_wire_error_event(state_->format, state_->ended->error(), state_->request_id);
    }
  }
  co_return piece;
}

}  // namespace tollgate::api
