// Many streams at once, as the clients of a gateway hold them: asks again and again for a streamed reply and notes when
// its first event came and how long each further one took.
// Usage: stream_load PORT PATH BODY_FILE STREAMS SECONDS; {n} in the body becomes a number of its own for each request.
// Prints one JSON object; times in milliseconds.
#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kEvent = "data: ";
constexpr std::string_view kEnd = "\r\n0\r\n\r\n";

struct Load {
  std::uint16_t port = 0;
  std::string path;
  std::string body;
  Clock::time_point end;
  std::int64_t number = Clock::now().time_since_epoch().count();  // other ones in each run
  int failures = 0;
  std::vector<double> first_event{};  // ms after the request
  std::vector<double> gaps{};         // ms between events that came in different reads
};

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

std::string request_of(Load& load) {
  auto body = load.body;
  if (const auto at = body.find("{n}"); at != std::string::npos) body.replace(at, 3, std::to_string(++load.number));
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      load.path, body.size(), body);
}

// True while the connection may take another request.
asio::awaitable<bool> ask(Load& load, tcp::socket& socket) {
  const auto request = request_of(load);
  const auto sent = Clock::now();
  if (const auto [error, size] = co_await asio::async_write(socket, asio::buffer(request), kAwait); error)
    co_return false;
  auto last = sent;
  std::size_t events = 0;
  std::string tail;
  std::vector<char> piece(16'384);
  while (true) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(piece), kAwait);
    if (error) co_return false;
    const auto now = Clock::now();
    const auto kept = tail.size();
    tail.append(piece.data(), size);
    const bool has_event = tail.find(kEvent, kept - std::min(kept, kEvent.size() - 1)) != std::string::npos;
    if (has_event && events++ == 0) load.first_event.push_back(milliseconds(now - sent));
    if (has_event && events > 1) load.gaps.push_back(milliseconds(now - last));
    if (has_event) last = now;
    if (tail.ends_with(kEnd)) co_return events > 0;
    tail.erase(0, tail.size() - std::min(tail.size(), kEnd.size()));  // an end may come in two reads, as may an event
  }
}

asio::awaitable<void> stream_again_and_again(Load& load, asio::io_context& context) {
  while (Clock::now() < load.end) {
    tcp::socket socket(context);
    const tcp::endpoint server(asio::ip::address_v4::loopback(), load.port);
    const auto [error] = co_await socket.async_connect(server, kAwait);
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    bool is_open = !error;
    while (is_open && Clock::now() < load.end) is_open = co_await ask(load, socket);
    if (!is_open) ++load.failures;
    if (load.failures > 100) co_return;
  }
}

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  std::ifstream file(argv[3]);
  Load load{.port = static_cast<std::uint16_t>(std::stoul(argv[1])),
            .path = argv[2],
            .body = {std::istreambuf_iterator<char>(file), {}},
            .end = Clock::now() + std::chrono::seconds(std::stol(argv[5]))};
  asio::io_context context(1);
  for (int i = 0; i < std::stoi(argv[4]); ++i)
    asio::co_spawn(context, stream_again_and_again(load, context), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  context.run();
  fmt::print(
      R"({{"streams":{},"failures":{},"events":{},"first_p50_ms":{:.3f},"first_p99_ms":{:.3f},"gap_p50_ms":{:.3f},"gap_p99_ms":{:.3f}}})"
      "\n",
      load.first_event.size(), load.failures, load.gaps.size(), percentile(load.first_event, 0.5),
      percentile(load.first_event, 0.99), percentile(load.gaps, 0.5), percentile(load.gaps, 0.99));
  return load.failures == 0 ? 0 : 1;
}
