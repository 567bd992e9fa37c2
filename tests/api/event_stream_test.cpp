#include "api/event_stream.hpp"

#include <functional>
#include <vector>

#include <gmock/gmock.h>

#include "tests/api/accounts_fixture.hpp"

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
    (void)co_await engine_.submit(id, "A.purpose", "Water.", "ann", {"k"});
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

// Streams of somebody, looked up again with each turn. Reads on after `grace` pieces only to find the stream's end.
class EventsOfAnAccount : public test::AccountsTest {
 protected:
  // What is sent once `ends` was done, which takes the right to read away.
  std::string sent_after(const StringMap& headers, const std::string& session, const std::function<void()>& ends) {
    auto reply = send("GET", session + "/stream", {}, headers);
    EXPECT_TRUE(reply.stream) << reply.body;
    if (!reply.stream) return {};
    ends();
    Client client("still here\n\n: still here");
    run(send_events(service_, *std::move(reply.stream), client, std::chrono::milliseconds(1)));
    return client.text;
  }
  std::string sent_after(const std::string& key, const std::string& session, const std::function<void()>& ends) {
    return sent_after(StringMap{{"authorization", "Bearer " + key}}, session, ends);
  }
};

TEST_F(EventsOfAnAccount, GoOnWhileItsKeyIsValid) {
  const auto ann = key_of("ann", "contributor");
  EXPECT_THAT(sent_after(ann, create_as(ann), [] {}), Not(HasSubstr("event: ended")));
}

TEST_F(EventsOfAnAccount, EndWhenItsKeyIsRevoked) {
  const auto ann = key_of("ann", "contributor");
  const auto session = create_as(ann);
  const auto sent = sent_after(
      ann, session, [&] { ASSERT_TRUE(run(identities_->revoke_key(ann.substr(0, 11), "ann", clock_.now()))); });
  EXPECT_THAT(sent, HasSubstr("event: ended\ndata: {\"code\":\"unauthenticated\""));
}

TEST_F(EventsOfAnAccount, EndWhenItIsDisabledAndWhenItTakesPartNoLonger) {
  const auto session = create_as(key_of("ann", "contributor"));
  const auto bob = key_of("bob", "contributor");
  const auto id = *base::SessionId::parse(session.substr(session.rfind('/') + 1));
  ASSERT_TRUE(run(identities_->save_member(id, {"bob", "auditor"})));
  const auto left = [&] { ASSERT_TRUE(run(identities_->save_member(id, {"bob", {}}))); };
  EXPECT_THAT(sent_after(bob, session, left), HasSubstr("event: ended\ndata: {\"code\":\"not_found\""));
  ASSERT_TRUE(run(identities_->save_member(id, {"bob", "auditor"})));
  const auto disabled = [&] {
    ASSERT_TRUE(run(identities_->save_account({"bob", "contributor", {}, clock_.now(), true})));
  };
  EXPECT_THAT(sent_after(bob, session, disabled), HasSubstr("event: ended\ndata: {\"code\":\"unauthenticated\""));
}

TEST_F(EventsOfAnAccount, EndWithTheSignInThatOpenedThem) {
  save_account("ann", "contributor");
  const auto token = make_token();
  ASSERT_TRUE(run(identities_->save_sign_in({hash_of(token), "ann", clock_.now() + std::chrono::hours(1)})));
  const auto session = create_as(new_key("ann"));
  const StringMap cookie{{"cookie", "tollgate_sign_in=" + token}};
  const auto signed_out = [&] { ASSERT_TRUE(run(identities_->end_sign_in(hash_of(token)))); };
  EXPECT_THAT(sent_after(cookie, session, signed_out), HasSubstr("event: ended"));
}

TEST_F(EventsOfAnAccount, EndThoughThereIsAlwaysSomethingToSend) {
  class Writer final : public ByteSink {
   public:
    Writer(engine::EventSignals& signals, base::SessionId session) : signals_(signals), session_(session) {}
    boost::asio::awaitable<bool> write(std::string bytes) override {
      text += bytes;
      signals_.notify(session_);
      co_return text.size() < 10'000;
    }
    std::string text;

   private:
    engine::EventSignals& signals_;
    const base::SessionId session_;
  };
  const auto ann = key_of("ann", "contributor");
  const auto session = create_as(ann);
  auto reply = send_as(ann, "GET", session + "/stream");
  ASSERT_TRUE(reply.stream);
  ASSERT_TRUE(run(identities_->revoke_key(ann.substr(0, 11), {}, clock_.now())));
  Writer writer(signals_, reply.stream->session);
  run(send_events(service_, *std::move(reply.stream), writer, std::chrono::milliseconds(0)));
  EXPECT_THAT(writer.text, HasSubstr("event: ended"));
}

}  // namespace
}  // namespace tollgate::api
