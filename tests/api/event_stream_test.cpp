#include "api/event_stream.hpp"

#include <vector>

#include <gmock/gmock.h>

#include "tests/api/api_fixture.hpp"

namespace tollgate::api {
namespace {

using testing::HasSubstr;
using testing::Not;

// Takes what is written until `until` was in it, then says that the client is gone.
class Client final : public ByteSink {
 public:
  explicit Client(std::string until) : until_(std::move(until)) {}
  boost::asio::awaitable<bool> write(std::string bytes) override {
    text += bytes;
    co_return text.find(until_) == std::string::npos;
  }

  std::string text;

 private:
  std::string until_;
};

class Events : public test::ApiTest {
 protected:
  EventStream stream_of(const std::string& session, std::int64_t after) {
    return {*base::SessionId::parse(session.substr(session.rfind('/') + 1)), after};
  }
  boost::asio::awaitable<void> submit(base::SessionId id) {
    (void)co_await engine_.submit(id, "A.purpose", "Water.", "ann", "k");
    signals_.notify(id);
  }
};

TEST_F(Events, BeginAfterTheOneTheClientHasSeen) {
  const auto session = create();
  ASSERT_EQ(answer(session, "A.purpose", "Water.").status, 200);
  Client client("event: answer.assessed");
  run(send_events(service_, stream_of(session, 1), client));
  EXPECT_THAT(client.text, Not(HasSubstr("event: session.created")));
  EXPECT_THAT(client.text, HasSubstr("id: 2\nevent: answer.submitted\ndata: {"));
}

TEST_F(Events, ComeWhileTheClientWaits) {
  const auto session = create();
  Client client("event: answer.submitted");
  boost::asio::co_spawn(context_, submit(stream_of(session, 0).session), [](const std::exception_ptr&) {});
  run(send_events(service_, stream_of(session, 1), client));
  EXPECT_THAT(client.text, HasSubstr("event: answer.submitted"));
}

TEST_F(Events, EndWithAWordThatTheClientShallReconnect) {
  const auto session = create();
  service_.is_ready = false;
  Client client("never");
  run(send_events(service_, stream_of(session, 0), client));
  EXPECT_THAT(client.text, HasSubstr("event: reconnect\n"));
}

TEST_F(Events, AreRefusedForASessionThatIsNotThere) {
  EXPECT_EQ(send("GET", "/api/v1/sessions/00000000-0000-7000-8000-000000000000/stream").status, 404);
  const auto session = create();
  EXPECT_EQ(send("GET", session + "/stream", {}, {{"last-event-id", "-1"}}).status, 422);
  const auto reply = send("GET", session + "/stream", {}, {{"last-event-id", "1"}});
  ASSERT_TRUE(reply.stream);
  EXPECT_EQ(reply.stream->after, 1);
}

}  // namespace
}  // namespace tollgate::api
