#include "net/tcp_stream.hpp"

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <gtest/gtest.h>

#include "net/task_scope.hpp"
#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

asio::awaitable<error_code> read(TcpStream& stream) {
  std::array<char, 64> room{};
  const auto [error, count] = co_await stream.async_read_some(asio::buffer(room), kToken);
  co_return stream.told(error);
}

asio::awaitable<void> read_all_slowly(tcp::socket& from, std::string& into) {
  std::array<char, 64 << 10> room{};
  for (;;) {
    const auto [error, count] = co_await from.async_read_some(asio::buffer(room), kToken);
    into.append(room.data(), count);
    if (error) co_return;
  }
}

class TcpStreamTest : public ::testing::Test {
 protected:
  TcpStreamTest() {
    tcp::acceptor acceptor(context_, {asio::ip::address_v4::loopback(), 0});
    stream_.socket().connect(acceptor.local_endpoint());
    acceptor.accept(peer_);
  }

  // How a read that gets nothing ends, and after what time.
  std::pair<error_code, steady_clock::duration> read_nothing() {
    const auto begun = steady_clock::now();
    const auto error = fakes::run_coroutine(context_, read(stream_));
    return {error, steady_clock::now() - begun};
  }

  asio::io_context context_{1};
  TcpStream stream_{context_.get_executor()};
  tcp::socket peer_{context_};
};

TEST_F(TcpStreamTest, AnOperationEndsAtTheDeadline) {
  stream_.expire_after(20ms);
  const auto [error, time] = read_nothing();
  EXPECT_EQ(error, boost::beast::error::timeout);
  EXPECT_GE(time, 20ms);
  EXPECT_FALSE(stream_.socket().is_open());
}

TEST_F(TcpStreamTest, ADeadlineThatMovedBackCounts) {
  stream_.expire_after(10ms);
  stream_.expire_after(60ms);
  const auto [error, time] = read_nothing();
  EXPECT_EQ(error, boost::beast::error::timeout);
  EXPECT_GE(time, 60ms);
}

TEST_F(TcpStreamTest, ADeadlineThatMovedForwardCounts) {
  stream_.expire_after(5s);
  stream_.expire_after(10ms);
  const auto [error, time] = read_nothing();
  EXPECT_EQ(error, boost::beast::error::timeout);
  EXPECT_LT(time, 5s);
}

TEST_F(TcpStreamTest, WithoutADeadlineNothingEndsAnOperation) {
  stream_.expire_after(10ms);
  stream_.expire_never();
  asio::steady_timer later(context_, 50ms);
  later.async_wait([this](const error_code&) { peer_.close(); });
  const auto [error, time] = read_nothing();
  EXPECT_EQ(error, asio::error::eof);
  EXPECT_GE(time, 50ms);
}

TEST_F(TcpStreamTest, AnErrorBeforeTheDeadlineIsTold) {
  stream_.expire_after(10min);
  peer_.close();
  EXPECT_EQ(read_nothing().first, asio::error::eof);
}

TEST_F(TcpStreamTest, TheTimerMayOutliveTheStream) {
  stream_.expire_after(1ms);
  asio::post(context_, [this] {
    for (const auto until = steady_clock::now() + 5ms; steady_clock::now() < until;) {
    }
    // By its turn the timer has rung, and its handler waits for the next one.
    asio::post(context_, [this] { const TcpStream gone = std::move(stream_); });
  });
  context_.restart();
  EXPECT_EQ(context_.run(), 3U);
}

TEST_F(TcpStreamTest, WritesMoreThanTheKernelTakesAtOnce) {
  const std::string head = "head ";
  const std::string body(16 << 20, 'x');
  std::string received;
  TaskScope scope(context_.get_executor(), {});
  scope.spawn("read", read_all_slowly(peer_, received));
  stream_.expire_after(1min);
  EXPECT_EQ(fakes::run_coroutine(context_, stream_.write({asio::buffer(head), asio::buffer(body)})), error_code{});
  stream_.close();
  context_.restart();
  context_.run();
  EXPECT_EQ(received.size(), head.size() + body.size());
  EXPECT_EQ(received, head + body);
}

TEST_F(TcpStreamTest, AWriteThatNobodyReadsEndsAtTheDeadline) {
  const std::string body(64 << 20, 'x');
  stream_.expire_after(50ms);
  EXPECT_EQ(fakes::run_coroutine(context_, stream_.write({asio::buffer(body)})), boost::beast::error::timeout);
}

TEST_F(TcpStreamTest, AWriteAfterTheDeadlineSaysSo) {
  stream_.expire_after(1ms);
  (void)read_nothing();
  EXPECT_EQ(fakes::run_coroutine(context_, stream_.write({asio::buffer("late", 4)})), boost::beast::error::timeout);
}

}  // namespace
}  // namespace tollgate::net
